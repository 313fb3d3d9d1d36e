//! What HTTP expects of any application, whatever its routes: RFC 9110 by the answers.

use povery::prelude::*;
use povery::test::TestClient;

#[povery::route(GET, "/files")]
async fn list() -> &'static str {
    "files"
}

#[povery::route(POST, "/files", status = 201)]
async fn create() {}

#[povery::route(GET, "/files/<name>/versions/<version>")]
async fn version(name: String, version: u32) -> String {
    format!("{name}@{version}")
}

#[povery::route(GET, "/tree/<path..>")]
async fn tree(path: Vec<String>) -> Json<Vec<String>> {
    Json(path)
}

#[povery::route(GET, "/raw/<path..>")]
async fn raw(path: String) -> String {
    path
}

#[povery::route(PUT, "/numbers/<numbers..>")]
async fn numbers(#[validate(length(max = 3))] numbers: Vec<u8>) -> String {
    numbers
        .iter()
        .map(|number| u32::from(*number))
        .sum::<u32>()
        .to_string()
}

#[povery::route(ANY, "/proxy")]
async fn proxy(method: povery::http::Method) -> String {
    method.to_string()
}

#[povery::route(DELETE, "/proxy", status = 202)]
async fn stop() {}

#[povery::route(OPTIONS, "/options")]
async fn options() -> &'static str {
    "mine"
}

fn client() -> TestClient {
    let nested = povery::routes![list, create, version];
    TestClient::new(
        App::new()
            .routes(nested)
            .routes(povery::routes![tree, raw, numbers, proxy, stop, options]),
    )
}

#[tokio::test]
async fn what_is_not_there_and_what_is_not_allowed() {
    let client = client();
    for (method, target, status, allow) in [
        ("GET", "/nowhere", 404, None),
        ("POST", "/nowhere", 404, None),
        ("OPTIONS", "/nowhere", 404, None),
        ("GET", "/files/", 404, None),
        ("GET", "/tree/a/", 404, None),
        ("GET", "/tree", 404, None),
        ("DELETE", "/files", 405, Some("GET, HEAD, POST, OPTIONS")),
        ("PROPFIND", "/files", 405, Some("GET, HEAD, POST, OPTIONS")),
        ("HEAD", "/numbers/1", 405, Some("PUT, OPTIONS")),
        ("GET", "//files", 400, None),
        ("GET", "/files//versions/1", 400, None),
        ("GET", "/files/a%2Fb/versions/1", 400, None),
        ("GET", "/files/%00/versions/1", 400, None),
        ("GET", "/files/%ff/versions/1", 400, None),
        ("GET", "/files/%zz/versions/1", 400, None),
        ("GET", "/tree/a/../b", 400, None),
        ("GET", "/tree/a/%2e%2e/b", 400, None),
    ] {
        let answer = client.request(method.parse().unwrap(), target).send().await;
        assert_eq!(answer.status(), status, "{method} {target}");
        assert_eq!(answer.header("allow"), allow, "{method} {target}");
    }
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let answer = client().head("/files").send().await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("content-length"), Some("5"));
    assert_eq!(answer.text(), "");
    let answer = client().head("/nowhere").send().await;
    assert_eq!((answer.status().as_u16(), answer.text()), (404, ""));
}

#[tokio::test]
async fn options_are_told_unless_a_route_answers() {
    let answer = client().options("/files").send().await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST, OPTIONS"));
    assert_eq!(client().options("/options").send().await.text(), "mine");
}

#[tokio::test]
async fn any_takes_what_no_other_route_of_the_path_takes() {
    for method in ["GET", "POST", "OPTIONS", "PROPFIND"] {
        assert_eq!(
            client()
                .request(method.parse().unwrap(), "/proxy")
                .send()
                .await
                .text(),
            method
        );
    }
    assert_eq!(client().delete("/proxy").send().await.status(), 202);
}

#[tokio::test]
async fn every_segment_is_decoded_once() {
    for (target, expected) in [
        ("/files/a%20b/versions/1", "a b@1"),
        ("/files/%C3%A9/versions/%31", "é@1"),
        ("/files/%2541/versions/1", "%41@1"),
        ("/files/a+b/versions/1", "a+b@1"),
        ("/files/%3Cid%3E/versions/1", "<id>@1"),
    ] {
        assert_eq!(
            client().get(target).send().await.text(),
            expected,
            "{target}"
        );
    }
}

#[tokio::test]
async fn a_tail_is_a_list_or_a_text() {
    let segments = client().get("/tree/a%20b/c/%2541").send().await;
    assert_eq!(segments.json::<Vec<String>>(), ["a b", "c", "%41"]);
    assert_eq!(client().get("/raw/a/b%20c").send().await.text(), "a/b c");
    assert_eq!(client().put("/numbers/1/2/3").send().await.text(), "6");
    for (target, constraint) in [("/numbers/1/x", "type"), ("/numbers/1/2/3/4", "length")] {
        let error = client().put(target).send().await.error();
        let fault = &error.data.unwrap()[0];
        assert_eq!(
            (&fault["property"], &fault["in"]),
            (&"numbers".into(), &"path".into())
        );
        assert!(fault["constraints"][constraint].is_string(), "{fault}");
    }
}

#[tokio::test]
async fn a_prefix_stands_before_every_route_of_a_table() {
    const DEEP: povery::RouteTable = povery::routes![tree];
    const INNER: povery::RouteTable = povery::routes![list, "/deep" => DEEP];
    let client = TestClient::new(App::new().routes(povery::routes!["/v1/admin" => INNER, raw]));
    assert_eq!(client.get("/v1/admin/files").send().await.text(), "files");
    assert_eq!(
        client
            .get("/v1/admin/deep/tree/a")
            .send()
            .await
            .json::<Vec<String>>(),
        ["a"]
    );
    assert_eq!(client.get("/raw/a").send().await.text(), "a");
    assert_eq!(client.get("/files").send().await.status(), 404);
}

#[test]
fn all_conflicts_of_an_application_are_told_at_once() {
    mod other {
        #[povery::route(GET, "/files")]
        pub(super) async fn list() {}

        #[povery::route(GET, "/tree/<id>")]
        pub(super) async fn one(id: u32) -> String {
            id.to_string()
        }
    }
    let app = App::new()
        .routes(povery::routes![list, tree, raw])
        .routes(povery::routes![other::list])
        .routes(povery::routes![other::one]);
    let told = app.check().unwrap_err().to_string();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    for (line, names) in lines.iter().zip([
        [
            "`GET /files` (list, povery/tests/manners.rs:",
            "answers the same requests",
        ],
        [
            "`GET /tree/<id>` (one, povery/tests/manners.rs:",
            "the tail of `GET /tree/<path..>`",
        ],
    ]) {
        for name in names {
            assert!(line.contains(name), "{line}");
        }
    }
}

#[povery::route(DELETE, "/files")]
async fn delete() {}

#[povery::route(GET, "/empty")]
async fn empty() {}

#[povery::route(GET, "/unchanged")]
async fn unchanged() -> StatusCode {
    StatusCode::NOT_MODIFIED
}

#[povery::route(GET, "/framed")]
async fn framed() -> ([(&'static str, &'static str); 4], &'static str) {
    let headers = [
        ("content-length", "99"),
        ("transfer-encoding", "chunked"),
        ("connection", "close"),
        ("x-kept", "yes"),
    ];
    (headers, "b")
}

#[povery::route(GET, "/measured-twice")]
async fn measured_twice() -> ([(&'static str, &'static str); 4], &'static str) {
    let headers = [
        ("content-length", "4"),
        ("content-length", "9"),
        ("te", "trailers"),
        ("proxy-connection", "keep-alive"),
    ];
    (headers, "four")
}

#[povery::route(HEAD, "/measured")]
async fn measured() -> ([(&'static str, &'static str); 1], &'static str) {
    ([("content-length", "4096")], "")
}

#[tokio::test]
async fn answers_are_framed_by_the_host_alone() {
    let routes = povery::routes![delete, empty, unchanged, framed, measured, measured_twice];
    let client = TestClient::new(App::new().routes(routes));
    for (method, target, status, length) in [
        ("DELETE", "/files", 204, None),
        ("HEAD", "/empty", 204, None),
        ("HEAD", "/unchanged", 304, None),
        ("HEAD", "/framed", 200, Some("1")),
        ("HEAD", "/measured", 200, Some("4096")),
        ("GET", "/framed", 200, None),
        ("GET", "/measured-twice", 200, None),
    ] {
        let request = client.request(method.parse().unwrap(), target);
        let answer = request.send().await;
        assert_eq!(answer.status(), status, "{method} {target}");
        assert_eq!(answer.header("content-length"), length, "{method} {target}");
        assert_eq!(answer.header("transfer-encoding"), None);
        assert_eq!(answer.header("connection"), None);
        assert_eq!(answer.header("proxy-connection"), None);
        assert_eq!(answer.header("te"), None);
    }
    let framed = client.get("/framed").send().await;
    assert_eq!(framed.header("x-kept"), Some("yes"));
}

#[povery::route(GET, "/search?<text>&<pair>")]
async fn search(text: Option<String>, pair: Option<(u8, String)>) -> String {
    format!("{text:?} {pair:?}")
}

#[povery::route(GET, "/pairs/<pair..>")]
async fn pairs(pair: (u8, String)) -> String {
    format!("{pair:?}")
}

#[tokio::test]
async fn values_are_text_and_as_many_as_are_asked_for() {
    let client = TestClient::new(App::new().routes(povery::routes![search, pairs]));
    for (target, text) in [
        ("/search?text=%C3%A9+b&other=%ff", r#"Some("é b") None"#),
        ("/search?%ff=1&text=%zz", r#"Some("%zz") None"#),
        ("/search?pair=1&pair=x", r#"None Some((1, "x"))"#),
        ("/pairs/1/x", r#"(1, "x")"#),
    ] {
        assert_eq!(client.get(target).send().await.text(), text, "{target}");
    }
    for (target, constraint) in [
        ("/search?text=%ff", "format"),
        ("/search?text=a&text=%ff", "format"),
        ("/search?pair=1&pair=x&pair=y", "type"),
        ("/search?pair=1", "type"),
        ("/pairs/1/x/y", "type"),
    ] {
        let data = client.get(target).send().await.error().data.unwrap();
        let told = &data[0]["constraints"][constraint];
        assert!(told.is_string(), "{target}: {data}");
    }
}
