//! A task in this process plays the function.

use http::HeaderMap;

use super::*;
use crate::client::exchange;
use crate::home::Answer;

const BOUND: Duration = Duration::from_secs(10);

async fn call(address: SocketAddr, method: Method, path: &str, body: &str) -> Answer {
    let body = Bytes::copy_from_slice(body.as_bytes());
    let path = format!("{PREFIX}{path}");
    exchange(address, method, &path, HeaderMap::new(), body, BOUND)
        .await
        .expect("an answer")
}

/// Answers one invocation: with an error if the event is `"fail"`, else by echoing it.
async fn answer_one(address: SocketAddr) -> String {
    let next = call(address, Method::GET, "invocation/next", "").await;
    assert_eq!(next.status, 200);
    let id = next
        .header("lambda-runtime-aws-request-id")
        .expect("an id")
        .to_owned();
    let event = String::from_utf8(next.body.to_vec()).expect("text");
    let (path, body) = if event == "\"fail\"" {
        (
            "error",
            r#"{"errorType":"Oops","errorMessage":"it broke","stackTrace":[]}"#,
        )
    } else {
        ("response", &*event)
    };
    let path = format!("invocation/{id}/{path}");
    assert_eq!(call(address, Method::POST, &path, body).await.status, 202);
    assert_eq!(
        call(address, Method::POST, &path, body).await.status,
        400,
        "a second answer"
    );
    id
}

#[tokio::test]
async fn hands_out_invocations_and_takes_their_outcomes() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let first = api.enqueue(Bytes::from_static(b"{\"n\":1}"));
    let second = api.enqueue(Bytes::from_static(b"\"fail\""));
    assert_eq!(answer_one(api.address()).await, first.request_id);
    assert_eq!(answer_one(api.address()).await, second.request_id);
    assert_eq!(
        first.outcome.await.expect("told"),
        Ok(Bytes::from_static(b"{\"n\":1}"))
    );
    let failed = second.outcome.await.expect("told").expect_err("an error");
    assert_eq!(
        (&*failed.error_type, &*failed.message),
        ("Oops", "it broke")
    );
}

#[tokio::test]
async fn a_waiting_function_gets_what_comes_later_and_several_may_wait() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let address = api.address();
    let one = tokio::spawn(answer_one(address));
    let two = tokio::spawn(answer_one(address));
    let first = api.enqueue(Bytes::from_static(b"1"));
    let second = api.enqueue(Bytes::from_static(b"2"));
    assert_eq!(
        first.outcome.await.expect("told"),
        Ok(Bytes::from_static(b"1"))
    );
    assert_eq!(
        second.outcome.await.expect("told"),
        Ok(Bytes::from_static(b"2"))
    );
    let mut answered = [one.await.expect("ran"), two.await.expect("ran")];
    let mut asked = [first.request_id, second.request_id];
    answered.sort();
    asked.sort();
    assert_eq!(answered, asked);
}

#[tokio::test]
async fn the_deadline_and_the_other_headers_are_there() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let _waiting = api.enqueue(Bytes::from_static(b"{}"));
    let next = call(api.address(), Method::GET, "invocation/next", "").await;
    let deadline = next
        .header("lambda-runtime-deadline-ms")
        .expect("a deadline");
    let deadline = Duration::from_millis(deadline.parse().expect("a number"));
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .expect("after 1970");
    let left = deadline.saturating_sub(now);
    assert!((25..=30).contains(&left.as_secs()), "{left:?}");
    assert_eq!(
        next.header("lambda-runtime-invoked-function-arn"),
        Some(ARN)
    );
    let trace = next.header("lambda-runtime-trace-id").expect("a trace id");
    assert_eq!(
        trace.len(),
        "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0".len()
    );
}

#[tokio::test]
async fn a_failed_initialisation_is_the_outcome_of_everything() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let before = api.enqueue(Bytes::from_static(b"{}"));
    let body = r#"{"errorType":"Runtime.Init","errorMessage":"no database"}"#;
    assert_eq!(
        call(api.address(), Method::POST, "init/error", body)
            .await
            .status,
        202
    );
    let after = api.enqueue(Bytes::from_static(b"{}"));
    for invocation in [before, after] {
        let error = invocation
            .outcome
            .await
            .expect("told")
            .expect_err("an error");
        assert_eq!(error.to_string(), "Runtime.Init: no database");
    }
    assert_eq!(
        api.init_error().map(|error| error.message),
        Some("no database".into())
    );
}

#[tokio::test]
async fn an_unknown_path_is_not_found() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    assert_eq!(
        call(api.address(), Method::GET, "nowhere", "").await.status,
        404
    );
}

#[tokio::test]
async fn a_snapshot_waits_for_the_function_and_the_function_for_the_restore() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let address = api.address();
    let waiting = tokio::spawn(call_owned(address, "restore/next"));
    api.wait_for(|seen| seen.waits).await;
    assert!(!waiting.is_finished());
    api.restore();
    assert_eq!(waiting.await.expect("ran"), 200);

    let body = r#"{"errorType":"Oops","errorMessage":"not fresh"}"#;
    let told = call(address, Method::POST, "restore/error", body).await;
    assert_eq!(told.status, 202);
    let error = api.lifecycle().restore_error.expect("it was told");
    assert_eq!(error.to_string(), "Oops: not fresh");
}

async fn call_owned(address: SocketAddr, path: &'static str) -> u16 {
    call(address, Method::GET, path, "").await.status
}

#[tokio::test]
async fn extensions_register_before_the_first_invocation_and_wait() {
    let api = RuntimeApi::start(Duration::from_secs(30)).await;
    let address = api.address();
    let send = async |method, path: &str, name: &'static str, value: &'static str| {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header"));
        let path = format!("/2020-01-01/extension/{path}");
        let body = Bytes::from_static(br#"{"events":[]}"#);
        exchange(address, method, &path, headers, body, BOUND).await
    };
    let (name, id) = ("lambda-extension-name", "lambda-extension-identifier");
    let answer = send(Method::POST, "register", name, "ours").await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.header(id)), (200, Some("1")));
    let extensions = api.lifecycle().extensions;
    assert_eq!(extensions, [("ours".to_owned(), serde_json::json!([]))]);

    let stranger = send(Method::GET, "event/next", id, "2").await;
    assert_eq!(stranger.expect("an answer").status, 403);
    let (broken, ()) = tokio::join!(send(Method::GET, "event/next", id, "1"), async {
        api.wait_for(|seen| seen.polls == 1).await;
        api.restore();
    });
    assert!(broken.is_err(), "a connection does not survive: {broken:?}");

    let _waiting = api.enqueue(Bytes::from_static(b"{}"));
    call(address, Method::GET, "invocation/next", "").await;
    let late = send(Method::POST, "register", name, "late").await;
    assert_eq!(late.expect("an answer").status, 403);
}
