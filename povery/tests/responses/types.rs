//! Status, media type and body of each type, beside a `status` of the route.

use std::borrow::Cow;

use bytes::Bytes;
use povery::prelude::*;
use povery::{HeaderValue, Response, RouteTable, header};

use crate::get;

const JSON: Option<&str> = Some("application/json");
const TEXT: Option<&str> = Some("text/plain; charset=utf-8");
const OCTETS: Option<&str> = Some("application/octet-stream");

type One = [(&'static str, &'static str); 1];

const ROUTES: RouteTable = povery::routes![
    json,
    str_,
    string,
    cow,
    html,
    html_bytes,
    octets,
    vec,
    slice,
    array,
    unit,
    unit_accepted,
    nothing,
    status,
    status_ok,
    option,
    result,
    error,
    error_in_a_tuple,
    response,
    response_teapot,
    opaque,
    content_type,
    six,
    to,
    temporary,
    permanent
];

#[povery::route(GET, "/json", status = 203)]
pub(crate) async fn json() -> Json<[u8; 2]> {
    Json([1, 2])
}

#[povery::route(GET, "/str", status = 203)]
pub(crate) async fn str_() -> &'static str {
    "a"
}

#[povery::route(GET, "/string", status = 203)]
pub(crate) async fn string() -> String {
    "é".to_owned()
}

#[povery::route(GET, "/cow/<owned>", status = 203)]
pub(crate) async fn cow(owned: bool) -> Cow<'static, str> {
    if owned {
        "b".to_owned().into()
    } else {
        "c".into()
    }
}

#[povery::route(GET, "/html", status = 203)]
pub(crate) async fn html() -> Html<String> {
    Html("<p>".to_owned())
}

#[povery::route(GET, "/html/bytes", status = 203)]
pub(crate) async fn html_bytes() -> Html<Bytes> {
    Html(Bytes::from_static(b"<p>"))
}

#[povery::route(GET, "/bytes", status = 203)]
pub(crate) async fn octets() -> Bytes {
    Bytes::from_static(b"a")
}

#[povery::route(GET, "/vec", status = 203)]
pub(crate) async fn vec() -> Vec<u8> {
    b"b".to_vec()
}

#[povery::route(GET, "/slice", status = 203)]
pub(crate) async fn slice() -> &'static [u8] {
    b"c"
}

#[povery::route(GET, "/array", status = 203)]
pub(crate) async fn array() -> &'static [u8; 1] {
    b"d"
}

#[povery::route(GET, "/unit")]
pub(crate) async fn unit() {}

#[povery::route(GET, "/unit/accepted", status = 202)]
pub(crate) async fn unit_accepted() {}

#[povery::route(GET, "/nothing", status = 203)]
pub(crate) async fn nothing() -> NoContent {
    NoContent
}

#[povery::route(GET, "/status", status = 203)]
pub(crate) async fn status() -> StatusCode {
    StatusCode::ACCEPTED
}

#[povery::route(GET, "/status/ok", status = 203)]
pub(crate) async fn status_ok() -> (StatusCode, &'static str) {
    (StatusCode::OK, "a")
}

#[povery::route(GET, "/option/<some>", status = 203)]
pub(crate) async fn option(some: bool) -> Option<Json<u8>> {
    some.then_some(Json(1))
}

#[povery::route(GET, "/result/<ok>", status = 203)]
pub(crate) async fn result(ok: bool) -> Result<Option<&'static str>, PoveryError> {
    ok.then_some(Some("a"))
        .ok_or_else(|| PoveryError::conflict("Busy"))
}

#[povery::route(GET, "/error", status = 203)]
pub(crate) async fn error() -> PoveryError {
    PoveryError::gone("It was here")
        .with_data([1])
        .with_header(header::VARY, HeaderValue::from_static("a"))
}

#[povery::route(GET, "/error/in/a/tuple", status = 203)]
pub(crate) async fn error_in_a_tuple()
-> (StatusCode, [(&'static str, &'static str); 1], PoveryError) {
    (
        StatusCode::OK,
        [("etag", "1")],
        PoveryError::not_found("No"),
    )
}

#[povery::route(GET, "/response", status = 203)]
pub(crate) async fn response() -> Response {
    let mut response = Response::new("a".into());
    response
        .headers_mut()
        .insert("etag", HeaderValue::from_static("1"));
    response
}

#[povery::route(GET, "/response/teapot", status = 203)]
pub(crate) async fn response_teapot() -> Response {
    let mut response = Response::new("a".into());
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response
}

#[povery::route(GET, "/opaque", status = 203)]
pub(crate) async fn opaque() -> impl IntoResponse {
    (Location::new("/a?b=%20#c"), Json(1))
}

#[povery::route(GET, "/content-type", status = 203)]
pub(crate) async fn content_type() -> ([(&'static str, &'static str); 1], &'static str) {
    ([("content-type", "text/csv")], "a,b")
}

#[povery::route(GET, "/six", status = 203)]
pub(crate) async fn six() -> (StatusCode, One, One, One, Option<One>, Option<Location>, ()) {
    (
        StatusCode::CREATED,
        [("x", "1")],
        [("x", "2")],
        [("y", "3")],
        Some([("z", "4")]),
        None,
        (),
    )
}

#[povery::route(GET, "/to", status = 203)]
pub(crate) async fn to() -> Redirect {
    Redirect::to("/text")
}

#[povery::route(GET, "/temporary", status = 203)]
pub(crate) async fn temporary() -> Redirect {
    Redirect::temporary("https://example.org/?a=b")
}

#[povery::route(GET, "/permanent", status = 203)]
pub(crate) async fn permanent() -> Redirect {
    Redirect::permanent("../a")
}

#[tokio::test]
async fn every_type_has_its_status_type_and_body() {
    let not_found = r#"{"errorMessage":"Not found","errorCode":"NOT_FOUND","requestId":"r-1"}"#;
    let cases = [
        ("/json", 203, JSON, "[1,2]"),
        ("/str", 203, TEXT, "a"),
        ("/string", 203, TEXT, "é"),
        ("/cow/true", 203, TEXT, "b"),
        ("/cow/false", 203, TEXT, "c"),
        ("/html", 203, Some("text/html; charset=utf-8"), "<p>"),
        ("/html/bytes", 203, Some("text/html; charset=utf-8"), "<p>"),
        ("/bytes", 203, OCTETS, "a"),
        ("/vec", 203, OCTETS, "b"),
        ("/slice", 203, OCTETS, "c"),
        ("/array", 203, OCTETS, "d"),
        ("/unit", 204, None, ""),
        ("/unit/accepted", 202, None, ""),
        ("/nothing", 204, None, ""),
        ("/status", 202, None, ""),
        ("/status/ok", 200, TEXT, "a"),
        ("/option/true", 203, JSON, "1"),
        ("/option/false", 404, JSON, not_found),
        ("/result/true", 203, TEXT, "a"),
        (
            "/result/false",
            409,
            JSON,
            r#"{"errorMessage":"Busy","errorCode":"CONFLICT","requestId":"r-1"}"#,
        ),
        (
            "/error",
            410,
            JSON,
            r#"{"errorMessage":"It was here","errorCode":"GONE","errorData":[1],"requestId":"r-1"}"#,
        ),
        (
            "/error/in/a/tuple",
            404,
            JSON,
            r#"{"errorMessage":"No","errorCode":"NOT_FOUND","requestId":"r-1"}"#,
        ),
        ("/response", 203, None, "a"),
        ("/response/teapot", 418, None, "a"),
        ("/opaque", 203, JSON, "1"),
        ("/content-type", 203, Some("text/csv"), "a,b"),
        ("/six", 201, None, ""),
        ("/to", 303, None, ""),
        ("/temporary", 307, None, ""),
        ("/permanent", 308, None, ""),
    ];
    for (path, status, media_type, body) in cases {
        let (found, headers, text) = get(ROUTES, path).await;
        assert_eq!((found, text.as_str()), (status, body), "{path}");
        let found = headers
            .get("content-type")
            .map(|value| value.to_str().unwrap());
        assert_eq!(found, media_type, "{path}");
    }
}
