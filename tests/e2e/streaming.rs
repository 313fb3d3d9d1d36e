//! Streamed answers of a program that runs as a function, and over HTTP on this machine.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::base64;
use povery_tests::event::payload_v2;
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::process::Guarded;
use povery_tests::runtime_api::{Part, StreamedResponse};
use povery_tests::workspace;
use serde_json::{Value, json};

const PROBE: &str = env!("CARGO_BIN_EXE_streaming-probe");
const BOUND: Duration = Duration::from_secs(30);

fn event(method: Method, path: &str) -> Value {
    payload_v2(&method, path, "", &HeaderMap::new(), &Bytes::new())
}

async fn host() -> RuntimeHost {
    RuntimeHost::start(Function::new(PROBE)).await
}

async fn streamed(host: &RuntimeHost, path: &str) -> (String, StreamedResponse) {
    let (id, response) = host.invoke_streamed(event(Method::GET, path)).await;
    (id, response.expect("a response"))
}

#[tokio::test]
async fn an_answer_is_a_prelude_and_chunks() {
    let host = host().await;
    let (_, mut response) = streamed(&host, "/lines/2").await;
    for (name, value) in [
        (
            "content-type",
            "application/vnd.awslambda.http-integration-response",
        ),
        ("lambda-runtime-function-response-mode", "streaming"),
        ("transfer-encoding", "chunked"),
    ] {
        assert_eq!(response.headers[name], value);
    }
    assert_eq!(
        response.prelude().await,
        json!({
            "statusCode": 200, "cookies": ["a=1"],
            "headers": {"content-type": "text/plain", "x-a": "1"},
        })
    );
    assert_eq!(response.chunk().await, "line 1\n");
    assert_eq!(response.chunk().await, "line 2\n");
    assert_eq!(response.next().await, None, "no trailers");

    for (method, path, status, text) in [
        (Method::GET, "/whole", 200, "whole"),
        (Method::HEAD, "/endless", 200, ""),
        (Method::GET, "/lines/0", 200, ""),
        (Method::OPTIONS, "/whole", 204, ""),
    ] {
        let (_, response) = host.invoke_streamed(event(method, path)).await;
        let mut response = response.expect("a response");
        assert_eq!(response.prelude().await["statusCode"], status, "{path}");
        assert_eq!(response.rest().await, (text.into(), None), "{path}");
    }
}

/// Its first chunks arrive although it never ends, and a reader who goes away ends it.
#[tokio::test]
async fn a_stream_is_sent_while_it_is_made() {
    let host = host().await;
    let (id, mut response) = streamed(&host, "/endless").await;
    assert_eq!(response.prelude().await["statusCode"], 200);
    for _ in 0..3 {
        assert!(response.chunk().await.starts_with(b"xxx"));
    }
    drop(response);
    let (_, mut next) = streamed(&host, "/whole").await;
    assert_eq!(next.prelude().await["statusCode"], 200);
    let line = host.process().wait_for_line("the response ", BOUND).await;
    assert!(line.contains(&id), "{line}");
}

#[tokio::test]
async fn what_ends_early_is_told_in_trailers_and_logged() {
    let host = host().await;
    for (path, kind, cause) in [
        ("/fails", "Povery.StreamFailed", "s3cret: it broke"),
        (
            "/panics",
            "Povery.StreamPanicked",
            "its stream panicked: s3cret: an unlucky chunk",
        ),
    ] {
        let (id, mut response) = streamed(&host, path).await;
        assert_eq!(response.prelude().await["statusCode"], 200);
        let (bytes, trailers) = response.rest().await;
        assert_eq!(bytes, "one", "nothing else is in the body");
        let trailers = trailers.expect("trailers");
        assert_eq!(trailers["lambda-runtime-function-error-type"], kind);
        let error = &trailers["lambda-runtime-function-error-body"];
        let error = base64::decode(error.to_str().unwrap()).expect("base64");
        let error: Value = serde_json::from_slice(&error).expect("JSON");
        assert_eq!(error["errorType"], kind);
        assert!(!error.to_string().contains("s3cret"), "{error}");
        let line = host.process().wait_for_line(cause, BOUND).await;
        for part in ["ERROR", "the response ended early: ", path, &id] {
            assert!(line.contains(part), "{line}");
        }
    }
    let (_, response) = streamed(&host, "/whole").await;
    assert!(response.rest().await.0.ends_with(b"whole"));
}

#[tokio::test]
async fn the_invocation_bounds_a_stream() {
    let function = Function::new(PROBE).timeout(Duration::from_secs(1));
    let host = RuntimeHost::start(function).await;
    let start = Instant::now();
    let (id, mut response) = streamed(&host, "/pending").await;
    assert_eq!(response.prelude().await["statusCode"], 200);
    assert_eq!(response.chunk().await, "one");
    let Some(Part::Trailers(trailers)) = response.next().await else {
        panic!("no trailers");
    };
    assert!(start.elapsed() < BOUND);
    let kind = &trailers["lambda-runtime-function-error-type"];
    assert_eq!(kind, "Povery.StreamTimedOut");
    let told = "the response ended early: the invocation is about to end";
    let line = host.process().wait_for_line(told, BOUND).await;
    assert!(line.contains(&id), "{line}");
    assert_eq!(response.next().await, None);
    let (_, mut next) = streamed(&host, "/whole").await;
    assert_eq!(next.prelude().await["statusCode"], 200);
}

/// Back-pressure: the function makes no more than is taken, and gives it up in time.
#[tokio::test]
async fn a_reader_who_stops_does_not_hold_the_function() {
    let function = Function::new(PROBE).timeout(Duration::from_secs(1));
    let host = RuntimeHost::start(function).await;
    let (id, mut response) = streamed(&host, "/endless").await;
    assert_eq!(response.prelude().await["statusCode"], 200);
    let text = "the response was not taken before the invocation ends";
    let line = host.process().wait_for_line(text, BOUND).await;
    assert!(line.contains(&id), "{line}");
    let (_, mut next) = streamed(&host, "/whole").await;
    assert_eq!(next.prelude().await["statusCode"], 200);
}

#[tokio::test]
async fn invocations_stream_at_once() {
    let function = Function::new(PROBE).env("AWS_LAMBDA_MAX_CONCURRENCY", "2");
    let host = RuntimeHost::start(function).await;
    let (_, mut one) = streamed(&host, "/endless").await;
    let (_, mut two) = streamed(&host, "/endless").await;
    for response in [&mut one, &mut two] {
        assert_eq!(response.prelude().await["statusCode"], 200);
    }
    for _ in 0..3 {
        assert!(!one.chunk().await.is_empty());
        assert!(!two.chunk().await.is_empty());
    }
}

#[tokio::test]
async fn what_is_no_http_is_an_error() {
    let host = host().await;
    let (_, response) = host.invoke_streamed(json!({"action": "s3cret"})).await;
    let error = response.expect_err("an error");
    assert_eq!(error.error_type, "Povery.UnknownEvent");
    assert!(!error.message.contains("s3cret"), "{error}");
    let (_, mut next) = streamed(&host, "/whole").await;
    assert_eq!(next.prelude().await["statusCode"], 200);
}

/// A load balancer, also before a function that streams elsewhere, and every gateway of a function
/// that does not.
#[tokio::test]
async fn where_nothing_streams_it_is_collected() {
    let balancer = |path: &str| {
        json!({
            "httpMethod": "GET", "path": path, "headers": {}, "body": "", "isBase64Encoded": false,
            "queryStringParameters": {}, "requestContext": {"elb": {"targetGroupArn": "arn"}},
        })
    };
    let url = |path: &str| event(Method::GET, path);
    let streaming = host().await;
    let buffered = Function::new(PROBE).env("INVOKE_MODE", "BUFFERED");
    let buffered = RuntimeHost::start(buffered).await;
    for host in [&streaming, &buffered] {
        let event = |path| {
            let is_streaming = std::ptr::eq(host, &raw const streaming);
            if is_streaming {
                balancer(path)
            } else {
                url(path)
            }
        };
        let answer = host.invoke(event("/lines/2")).await.expect("an answer");
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["body"], "line 1\nline 2\n");
        assert_eq!(answer["headers"]["x-a"], "1");
        for (path, cause) in [
            ("/fails", "s3cret: it broke"),
            ("/panics", "an unlucky chunk"),
            ("/endless", "more than the 6 MB that Lambda takes"),
        ] {
            let answer = host.invoke(event(path)).await.expect("an answer");
            assert_eq!(answer["statusCode"], 500, "{path}: {answer}");
            let body = answer["body"].as_str().expect("text");
            let body: Value = serde_json::from_str(body).expect("JSON");
            assert_eq!(body["errorCode"], "INTERNAL");
            assert!(!body.to_string().contains("s3cret"), "{body}");
            let id = body["requestId"].as_str().expect("an id");
            let line = host.process().wait_for_line(id, BOUND).await;
            assert!(line.contains(cause), "{line}");
        }
    }
}

#[tokio::test]
async fn over_http_it_is_chunked() {
    let mut command = Command::new(PROBE);
    workspace::forget_surroundings(&mut command);
    command.args(["--port", "0"]);
    let server = Guarded::spawn("streaming-probe", command);
    let line = server.wait_for_line("Serving", BOUND).await;
    let address = line
        .split("http://")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let address = address.expect("an address").to_owned();
    let connect = |path: &str| {
        let mut stream = TcpStream::connect(&address).expect("a connection");
        stream.set_read_timeout(Some(BOUND)).expect("a bound");
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("sent");
        stream
    };
    let whole = |path: &str| {
        let mut text = String::new();
        connect(path).read_to_string(&mut text).expect("an answer");
        text
    };
    let answer = whole("/lines/2");
    assert!(
        answer.contains("\r\ntransfer-encoding: chunked\r\n"),
        "{answer}"
    );
    assert!(
        answer.ends_with("\r\n\r\n7\r\nline 1\n\r\n7\r\nline 2\n\r\n0\r\n\r\n"),
        "{answer}"
    );
    for path in ["/fails", "/panics"] {
        let answer = whole(path);
        assert!(
            answer.ends_with("\r\n\r\n3\r\none\r\n"),
            "it is cut off: {answer}"
        );
        assert!(!answer.contains("s3cret"), "{answer}");
    }
    let mut endless = connect("/endless");
    let mut start = [0; 4096];
    endless.read_exact(&mut start).expect("its beginning");
    drop(endless);
    assert!(whole("/whole").ends_with("\r\n\r\nwhole"));
    assert!(server.log().contains("the response ended early"));
}
