//! Who may call which route of a function: identities of gateways, and tokens that it verifies itself.

mod actions;
mod issuer;
mod tokens;
mod watch;

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::event::{decode_v2, payload_v2};
use povery_tests::function::{Function, RuntimeHost};
use povery_tests::home::Answer;

fn probe() -> Function {
    Function::new(env!("CARGO_BIN_EXE_auth-probe"))
}

/// A GET through a Function URL, with that `Authorization`.
async fn get(host: &RuntimeHost, path: &str, authorization: Option<&str>) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(value) = authorization {
        headers.insert("authorization", value.parse().expect("a value"));
    }
    let event = payload_v2(&Method::GET, path, "", &headers, &Bytes::new());
    let answer = host.invoke(event).await.expect("an answer");
    decode_v2(&answer).expect("a response")
}
