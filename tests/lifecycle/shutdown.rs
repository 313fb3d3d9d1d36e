//! SIGTERM, which Lambda sends to functions with an extension.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::client::exchange;
use povery_tests::event::payload_v2;
use povery_tests::function::RuntimeHost;
use povery_tests::process::{Guarded, Signal};
use povery_tests::workspace;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::{BOUND, end, ends_well, get, hooks, probe};

#[tokio::test]
async fn hooks_run_from_the_last_to_the_first_without_any_invocation() {
    let host = RuntimeHost::start(probe("end-first end end-last")).await;
    let seen = host.api().wait_for(|seen| seen.serves && seen.polls > 0);
    let seen = seen.await;
    assert_eq!(
        seen.extensions,
        [("povery-shutdown".to_owned(), json!([]))],
        "registered before the first invocation is asked for"
    );
    ends_well(&host).await;
    assert_eq!(hooks(&host), ["end-last", "end", "end-first"]);
    assert_eq!(seen.polls, host.api().lifecycle().polls, "asked once");
}

#[tokio::test]
async fn a_function_with_nothing_to_do_is_no_extension() {
    for words in ["", "before after"] {
        let host = RuntimeHost::start(probe(words)).await;
        assert_eq!(get(&host, "/left").await.0, 200);
        let seen = host.api().lifecycle();
        assert_eq!((seen.extensions, seen.polls), (vec![], 0));
        host.process().signal(Signal::TERM);
        let ended = end(&host).await;
        assert_eq!(ended.signal, Some(15), "nothing listens");
        assert!(hooks(&host).is_empty());
    }
}

#[tokio::test]
async fn a_hook_that_fails_panics_or_hangs_keeps_none_from_running() {
    let host = RuntimeHost::start(probe("end end-hangs end-panics end-fails")).await;
    assert_eq!(get(&host, "/left").await.0, 200);
    ends_well(&host).await;
    assert_eq!(
        hooks(&host),
        ["end-fails", "end-panics", "end-hangs", "end"]
    );
    let log = host.log();
    for told in [
        "failed: no route to the cache",
        "panicked: the cache is not there",
        "had not ended when its time was up",
    ] {
        assert!(log.contains(told), "no `{told}` in\n{log}");
    }
    assert!(log.contains("lifecycle-probe.rs:"), "{log}");
}

/// Lambda has none under way then; a host that does not wait gets the answer still.
#[tokio::test]
async fn an_invocation_under_way_is_answered_before_the_hooks() {
    for concurrency in ["1", "4"] {
        let function = probe("end").env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        let (answer, ()) = tokio::join!(get(&host, "/last"), async {
            host.process().wait_for_line("begun", BOUND).await;
            host.process().signal(Signal::TERM);
        });
        assert_eq!(answer, (200, "in time".to_owned()));
        let ended = end(&host).await;
        assert!(ended.success(), "{ended}: {}", host.log());
        assert_eq!(hooks(&host), ["end"]);
    }
}

#[tokio::test]
async fn an_invocation_that_does_not_end_is_given_up() {
    for concurrency in ["1", "4"] {
        let function = probe("end").env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency);
        let host = RuntimeHost::start(function).await;
        let _invocation = host.api().enqueue(never());
        host.process().wait_for_line("begun", BOUND).await;
        ends_well(&host).await;
        assert_eq!(hooks(&host), ["end"]);
    }
}

#[tokio::test]
async fn no_invocation_begins_once_the_hooks_do() {
    let function = probe("end-hangs").env("AWS_LAMBDA_MAX_CONCURRENCY", "4");
    let host = RuntimeHost::start(function).await;
    let _under_way = host.api().enqueue(never());
    host.process().wait_for_line("begun", BOUND).await;
    host.process().signal(Signal::TERM);
    host.process().wait_for_line("hook end-hangs", BOUND).await;
    let _late = host.api().enqueue(never());
    let ended = end(&host).await;
    assert!(ended.success(), "{ended}: {}", host.log());
    let lines = host.process().lines();
    let begun = lines.iter().filter(|line| *line == "begun");
    assert_eq!(begun.count(), 1, "{lines:?}");
}

fn never() -> Bytes {
    let (none, body) = (HeaderMap::new(), Bytes::new());
    let event = payload_v2(&Method::GET, "/never", "", &none, &body);
    event.to_string().into()
}

/// As under `cargo lambda watch`, which knows no extensions and sends Ctrl-C.
#[tokio::test]
async fn a_local_host_is_asked_for_nothing_and_hooks_run() {
    for signal in [Signal::TERM, Signal::INT] {
        let local = probe("end")
            .env("LAMBDA_TASK_ROOT", "")
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "");
        let host = RuntimeHost::start(local).await;
        assert_eq!(get(&host, "/left").await.0, 200);
        assert!(host.api().lifecycle().extensions.is_empty());
        host.process().signal(signal);
        assert!(end(&host).await.success(), "{}", host.log());
        assert_eq!(host.process().lines(), ["hook end"], "and nothing else");
    }
}

#[tokio::test]
async fn the_local_server_runs_them_after_the_requests_under_way() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifecycle-probe"));
    workspace::forget_surroundings(&mut command);
    command
        .args(["--port", "0"])
        .env("PROBE", "before end-first end-fails");
    let server = Guarded::spawn("lifecycle-probe", command);
    let line = server.wait_for_line("Serving", BOUND).await;
    let address = line.split("http://").nth(1).expect("an address");
    let address = address.split(' ').next().expect("an address");
    let address: SocketAddr = address.parse().expect("an address");
    let (none, body) = (HeaderMap::new(), Bytes::new());
    let request = exchange(address, Method::GET, "/last", none, body, BOUND);
    let (answer, ()) = tokio::join!(request, async {
        server.wait_for_line("begun", BOUND).await;
        server.signal(Signal::TERM);
    });
    assert_eq!(answer.expect("it is answered").status, 200);
    let ended = server.wait(BOUND).expect("it ends");
    assert!(ended.success(), "{}", server.log());
    let log = server.log();
    let order = ["GET /last 200", "hook end-fails", "hook end-first"].map(|what| log.find(what));
    assert!(order.iter().all(Option::is_some), "{log}");
    // The hooks say it on the standard output, the request is logged on the other.
    assert!(order[1] < order[2], "{log}");
    assert!(
        log.contains("of the shutdown (") && !log.contains("hook before"),
        "{log}"
    );
}

/// A host that knows neither extensions nor invocations.
#[tokio::test]
async fn an_extension_that_is_refused_is_one_warning() {
    let host = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let host = host.expect("a port");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lifecycle-probe"));
    workspace::forget_surroundings(&mut command);
    command
        .env("PROBE", "end")
        .env("LAMBDA_TASK_ROOT", "/")
        .env(
            "AWS_LAMBDA_RUNTIME_API",
            host.local_addr().expect("an address").to_string(),
        )
        .env("AWS_LAMBDA_FUNCTION_NAME", "probe")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1");
    let function = Guarded::spawn("lifecycle-probe", command);
    let refused = async {
        while let Ok((mut stream, _)) = host.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
            let answer =
                b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    };
    let warned = function.wait_for_line("nothing will run at shutdown", BOUND);
    let line = tokio::select! {
        line = warned => line,
        () = refused => panic!("it serves until the end"),
    };
    assert!(line.contains("404") && line.contains("WARN"), "{line}");
}
