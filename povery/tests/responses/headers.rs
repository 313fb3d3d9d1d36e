//! The headers before an answer.

use povery::prelude::*;
use povery::{HeaderMap, HeaderName, HeaderValue, RouteTable};

use crate::{get, types};

const ROUTES: RouteTable = povery::routes![
    several,
    types::error,
    types::error_in_a_tuple,
    types::response,
    types::opaque,
    types::six,
    types::to,
    types::temporary,
    types::permanent
];

#[povery::route(GET, "/several")]
async fn several() -> (HeaderMap, [(HeaderName, &'static str); 3], Json<u8>) {
    let mut outer = HeaderMap::new();
    for (name, value) in [
        ("x-a", "1"),
        ("x-a", "2"),
        ("set-cookie", "c=3"),
        ("x-b", "1"),
    ] {
        outer.append(name, HeaderValue::from_static(value));
    }
    let name = HeaderName::from_static;
    (
        outer,
        [
            (name("x-a"), "0"),
            (name("set-cookie"), "a=1"),
            (name("set-cookie"), "b=2"),
        ],
        Json(1),
    )
}

#[tokio::test]
async fn headers_are_written() {
    for (path, location) in [
        ("/to", "/text"),
        ("/temporary", "https://example.org/?a=b"),
        ("/permanent", "../a"),
        ("/opaque", "/a?b=%20#c"),
    ] {
        assert_eq!(get(ROUTES, path).await.1["location"], location, "{path}");
    }
    let (_, headers, _) = get(ROUTES, "/six").await;
    assert_eq!(
        (&headers["x"], &headers["y"], &headers["z"]),
        (&value("1"), &value("3"), &value("4"))
    );
    assert!(!headers.contains_key("location"));
    assert_eq!(get(ROUTES, "/error").await.1["vary"], "a");
    assert!(
        !get(ROUTES, "/error/in/a/tuple")
            .await
            .1
            .contains_key("etag")
    );
    assert_eq!(get(ROUTES, "/response").await.1["etag"], "1");
}

fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

#[tokio::test]
async fn a_header_replaces_the_one_behind_it_and_cookies_add_up() {
    let (_, headers, _) = get(ROUTES, "/several").await;
    let all = |name: &str| -> Vec<_> {
        headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    };
    assert_eq!(all("x-a"), ["1", "2"]);
    assert_eq!(all("x-b"), ["1"]);
    assert_eq!(all("set-cookie"), ["a=1", "b=2", "c=3"]);
    assert_eq!(all("content-type"), ["application/json"]);
}
