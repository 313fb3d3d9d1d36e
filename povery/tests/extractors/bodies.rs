use povery::{Bytes, Text};
use serde_json::json;

use super::{client, fault};

#[povery::route(POST, "/bytes")]
async fn bytes(body: Bytes) -> String {
    format!("{body:?}")
}

#[povery::route(POST, "/text?<n>")]
async fn text(n: Option<u8>, Text(body): Text) -> String {
    format!("{n:?} {body}")
}

#[povery::route(POST, "/maybe")]
async fn maybe(bytes: Option<Bytes>, text: Option<Text>) -> String {
    format!("{bytes:?} {text:?}")
}

#[tokio::test]
async fn a_body_is_taken_whatever_its_content_type() {
    let client = client(povery::routes![bytes, text]);
    let raw = client.post("/bytes").json(&[1]).send().await;
    assert_eq!(raw.text(), r#"b"[1]""#);
    let raw = client.post("/bytes").body(&b"\x00\xff"[..]).send().await;
    assert_eq!(raw.text(), r#"b"\0\xff""#);
    for request in [
        client.post("/text").text("é"),
        client.post("/text").body("é"),
        client
            .post("/text")
            .header("content-type", "image/png")
            .text("é"),
    ] {
        assert_eq!(request.send().await.text(), "None é");
    }
}

#[tokio::test]
async fn text_that_is_not_utf_8_is_a_fault_of_the_body() {
    let client = client(povery::routes![text]);
    let refused = client.post("/text?n=x").body(&b"\xff"[..]).send().await;
    assert_eq!(refused.status(), 400);
    let faults = json!([
        fault("query", "n", "type", "expected an integer from 0 to 255"),
        fault("body", "", "format", "has the wrong format"),
    ]);
    assert_eq!(refused.error().data, Some(faults));
}

#[tokio::test]
async fn no_body_is_an_absent_one() {
    let client = client(povery::routes![bytes, text, maybe]);
    assert_eq!(client.post("/maybe").send().await.text(), "None None");
    let some = client.post("/maybe").text("a").send().await;
    assert_eq!(some.text(), r#"Some(b"a") Some(Text("a"))"#);
    assert_eq!(client.post("/bytes").send().await.text(), r#"b"""#);
    assert_eq!(client.post("/text").send().await.text(), "None ");
    let refused = client.post("/maybe").body(&b"\xff"[..]).send().await;
    assert_eq!(refused.error().code, "VALIDATION_FAILED");
}
