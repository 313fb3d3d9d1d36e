use povery::cookie::{Cookie, SameSite};
use povery::headers::{ContentLength, UserAgent};
use povery::http::{HeaderMap, Method, Uri};
use povery::prelude::*;
use povery::{Cookies, RequestId, SetCookie};
use serde_json::json;

use super::{client, fault};

#[povery::route(GET, "/typed?<n>")]
async fn typed(
    n: Option<u8>,
    Header(agent): Header<UserAgent>,
    length: Option<Header<ContentLength>>,
) -> String {
    format!("{n:?} {agent} {:?}", length.map(|length| length.0.0))
}

#[povery::route(GET, "/parts?<q>")]
async fn parts(q: String, headers: HeaderMap, method: Method, uri: Uri, id: RequestId) -> String {
    let notes = headers.get_all("x-note").iter().count();
    format!("{q} {notes} {method} {uri} {}", id.as_str())
}

#[povery::route(GET, "/cookies")]
async fn cookies(cookies: Cookies) -> Json<Vec<(String, String)>> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    Json(cookies.iter().map(owned).collect())
}

#[povery::route(POST, "/sessions", status = 201)]
async fn begin() -> (SetCookie, [SetCookie; 1], &'static str) {
    let session = Cookie::build(("session", "a b;c"))
        .path("/")
        .http_only(true)
        .secure(true)
        .same_site(SameSite::Strict);
    let theme = Cookie::new("theme", "dark");
    (SetCookie(session.into()), [SetCookie(theme)], "begun")
}

#[tokio::test]
async fn a_typed_header_is_read() {
    let client = client(povery::routes![typed]);
    let agent = client.get("/typed").header("User-Agent", "curl/8");
    assert_eq!(agent.send().await.text(), "None curl/8 None");
    let both = client
        .get("/typed")
        .header("user-agent", "curl/8")
        .header("content-length", "7");
    assert_eq!(both.send().await.text(), "None curl/8 Some(7)");
}

#[tokio::test]
async fn faults_of_headers_come_with_those_of_the_query() {
    let client = client(povery::routes![typed]);
    let refused = client
        .get("/typed?n=x")
        .header("content-length", "a secret")
        .send()
        .await;
    assert_eq!(refused.status(), 400);
    assert_eq!(refused.error().code, "VALIDATION_FAILED");
    let faults = json!([
        fault("query", "n", "type", "expected an integer from 0 to 255"),
        fault("header", "user-agent", "required", "is required"),
        fault("header", "content-length", "format", "has the wrong format"),
    ]);
    assert_eq!(refused.error().data, Some(faults));
}

#[tokio::test]
async fn what_every_request_has_is_handed_on() {
    let client = client(povery::routes![parts]);
    let request = client.get("/parts?q=%20a").request_id("r-7");
    assert_eq!(request.send().await.text(), " a 0 GET /parts?q=%20a r-7");
    let request = client.head("/parts?q=%20a").request_id("r-7");
    let response = request.header("x-note", "1").header("x-note", "2").send();
    // The GET route answers HEAD, and is told so.
    let length = " a 2 HEAD /parts?q=%20a r-7".len().to_string();
    assert_eq!(
        response.await.header("content-length"),
        Some(length.as_str())
    );
}

#[tokio::test]
async fn cookies_go_out_and_come_back() {
    let client = client(povery::routes![cookies, begin]);
    let response = client.post("/sessions").send().await;
    assert_eq!(response.status(), 201);
    let set: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
    assert_eq!(
        set,
        [
            "theme=dark",
            "session=a%20b%3Bc; HttpOnly; SameSite=Strict; Secure; Path=/"
        ]
    );
    let back = client
        .get("/cookies")
        .cookie("session", "a b;c")
        .cookie("theme", "dark")
        .header("cookie", "broken; more=1");
    let pairs: Vec<(String, String)> = back.send().await.json();
    let expected = [("more", "1"), ("session", "a b;c"), ("theme", "dark")];
    assert_eq!(
        pairs,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let none: Vec<(String, String)> = client.get("/cookies").send().await.json();
    assert!(none.is_empty(), "{none:?}");
}

#[tokio::test]
async fn a_handler_with_cookies_is_a_plain_function() {
    let Json(pairs) = cookies([("a", "1")].into_iter().collect()).await;
    assert_eq!(pairs, [("a".to_owned(), "1".to_owned())]);
}
