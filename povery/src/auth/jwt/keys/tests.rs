use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::*;

const BOUND: Duration = Duration::from_secs(2);

/// A server of keys that answers as it is told, and counts how often it is asked.
struct Server {
    uri: String,
    asked: Arc<AtomicUsize>,
    answer: Arc<Mutex<String>>,
}

impl Server {
    async fn start(kids: &[&str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            uri: format!("http://{}/keys", listener.local_addr().unwrap()),
            asked: Arc::default(),
            answer: Arc::default(),
        };
        server.has(kids);
        let (asked, answer) = (Arc::clone(&server.asked), Arc::clone(&server.answer));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let _ = stream.read(&mut [0; 1024]).await;
                asked.fetch_add(1, Ordering::SeqCst);
                let answer = answer.lock().unwrap().clone();
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        server
    }

    fn has(&self, kids: &[&str]) {
        let keys: Vec<_> = kids
            .iter()
            .map(|kid| json!({"kty": "RSA", "kid": kid, "n": "AQAB", "e": "AQAB"}))
            .collect();
        self.answers("200 OK", &json!({"keys": keys}).to_string());
    }

    fn answers(&self, status: &str, body: &str) {
        let length = body.len();
        *self.answer.lock().unwrap() = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn look(keys: &Keys, kid: &str, uri: &str) -> &'static str {
    match keys.find(kid, uri, BOUND).await {
        Found::Key(key) if key.common.key_id.as_deref() == Some(kid) => "key",
        Found::Key(_) => "another key",
        Found::Unknown => "unknown",
        Found::Unavailable => "unavailable",
    }
}

/// As if so much time had passed.
fn age(keys: &Keys, by: Duration) {
    let mut state = keys.state();
    let back = |at: Option<Instant>| {
        let at = at.and_then(|at| at.checked_sub(by));
        assert!(at.is_some(), "this machine has been up for less");
        at
    };
    state.fetched = back(state.fetched);
    state.tried = back(state.tried);
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_for_a_new_id() {
    let server = Server::start(&["one"]).await;
    let keys = Arc::new(Keys::default());
    let mut all = JoinSet::new();
    for _ in 0..20 {
        let (keys, uri) = (Arc::clone(&keys), server.uri.clone());
        all.spawn(async move { look(&keys, "one", &uri).await });
    }
    assert!(all.join_all().await.iter().all(|found| *found == "key"));
    assert_eq!(server.asked(), 1);
    for kid in ["two", "three", "", "two"] {
        assert_eq!(look(&keys, kid, &server.uri).await, "unknown");
    }
    assert_eq!(server.asked(), 1, "whoever invents ids makes no requests");
    server.has(&["two"]);
    age(&keys, QUIET);
    assert_eq!(look(&keys, "two", &server.uri).await, "key");
    assert_eq!(
        look(&keys, "one", &server.uri).await,
        "unknown",
        "it was taken back"
    );
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn without_keys_nothing_is_believed_and_the_next_try_is_soon() {
    let server = Server::start(&[]).await;
    let keys = Keys::default();
    let large = format!("[{}]", "1,".repeat(200_000));
    for (status, body) in [
        ("200 OK", r#"{"keys":[]}"#),
        ("200 OK", "s3cret"),
        ("200 OK", &large),
        ("500 s3cret", "s3cret"),
        ("302 Found\r\nlocation: http://127.0.0.1:1/", ""),
    ] {
        server.answers(status, body);
        let asked = server.asked();
        assert_eq!(
            look(&keys, "one", &server.uri).await,
            "unavailable",
            "{status}"
        );
        assert_eq!(
            look(&keys, "one", &server.uri).await,
            "unavailable",
            "{status}"
        );
        assert_eq!(server.asked(), asked + 1, "{status}");
        let tried = keys.state().tried.and_then(|at| at.checked_sub(RETRY));
        keys.state().tried = tried;
    }
    server.has(&["one"]);
    assert_eq!(look(&keys, "one", &server.uri).await, "key");
}

#[tokio::test]
async fn old_keys_serve_while_new_ones_are_not_to_be_had() {
    let server = Server::start(&["one"]).await;
    let keys = Keys::default();
    assert_eq!(look(&keys, "one", &server.uri).await, "key");
    server.answers("503 Busy", "");
    age(&keys, QUIET);
    assert_eq!(look(&keys, "two", &server.uri).await, "unknown");
    assert_eq!(look(&keys, "one", &server.uri).await, "key");
    assert_eq!(server.asked(), 2);
    // A clock that has not run for a day cannot be turned back by one.
    let Some(day) = Instant::now().checked_sub(STALE) else {
        return;
    };
    keys.state().fetched = Some(day);
    keys.state().tried = Some(day);
    assert_eq!(look(&keys, "one", &server.uri).await, "unavailable");
}

#[tokio::test]
async fn a_server_that_does_not_answer_takes_no_more_than_the_bound() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/keys", listener.local_addr().unwrap());
    let since = Instant::now();
    let keys = Keys::default();
    let found = keys.find("one", &uri, Duration::from_millis(50)).await;
    assert!(matches!(found, Found::Unavailable));
    assert!(since.elapsed() < BOUND);
}
