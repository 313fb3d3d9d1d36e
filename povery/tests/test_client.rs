//! `TestClient` itself: what it sends, what it shows, and when it panics.

use povery::headers::ContentType;
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Bytes, http::Method};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
struct Point {
    x: i32,
    #[validate(range(max = 9))]
    y: i32,
}

#[povery::route(POST, "/points?<scale>", status = 201)]
async fn scale(scale: Option<i32>, Json(point): Json<Point>) -> (Location, Json<Point>) {
    let factor = scale.unwrap_or(1);
    let (x, y) = (point.x * factor, point.y * factor);
    (Location::new("/points/1"), Json(Point { x, y }))
}

#[povery::route(POST, "/raw")]
async fn raw() -> povery::Response {
    povery::Response::new(b"\xff".to_vec().into())
}

/// Method, content type and body as they arrive.
async fn echoed(method: Method, kind: Option<Header<ContentType>>, body: Option<Bytes>) -> String {
    let kind = kind.map_or_else(|| "none".to_owned(), |Header(kind)| kind.to_string());
    format!("{method} {kind} {:?}", body.unwrap_or_default())
}

macro_rules! echoes {
    ($($name:ident $method:ident)*) => {
        $(
            #[povery::route($method, "/echo")]
            async fn $name(
                method: Method,
                kind: Option<Header<ContentType>>,
                body: Option<Bytes>,
            ) -> String {
                echoed(method, kind, body).await
            }
        )*
        const ECHOES: povery::RouteTable = povery::routes![$($name),*];
    };
}

echoes! { get GET post POST put PUT patch PATCH delete DELETE }

fn client() -> TestClient {
    let routes = povery::routes![scale, raw];
    TestClient::new(App::new().routes(routes).routes(ECHOES))
}

#[tokio::test]
async fn requests_and_answers_are_typed() {
    let request = client()
        .post("/points?scale=2")
        .json(&json!({"x": 1, "y": 2}));
    let response = request.send().await;
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.header("location"), Some("/points/1"));
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.json::<Point>(), Point { x: 2, y: 4 });
    assert_eq!(response.bytes().as_ref(), br#"{"x":2,"y":4}"#);
}

#[tokio::test]
async fn errors_are_read_in_either_format() {
    let app = App::new().routes(povery::routes![scale]);
    for app in [app.clone(), app.problem_json()] {
        let client = TestClient::new(app);
        let request = client.post("/points").json(&Point { x: 1, y: 10 });
        let response = request.request_id("r-1").send().await;
        let error = response.error();
        assert_eq!(response.status(), 400);
        assert_eq!(error.message, "Validation failed");
        assert_eq!(error.code, "VALIDATION_FAILED");
        assert_eq!(error.data.unwrap()[0]["property"], "y");
        assert_eq!(error.request_id, "r-1");
        let missing = client.get("/nowhere").send().await.error();
        assert_eq!((missing.code.as_str(), missing.data), ("NOT_FOUND", None));
    }
}

#[tokio::test]
async fn every_method_is_sent() {
    let client = client();
    for (request, text) in [
        (client.get("/echo"), "GET none b\"\""),
        (client.post("/echo"), "POST none b\"\""),
        (client.put("/echo"), "PUT none b\"\""),
        (client.patch("/echo"), "PATCH none b\"\""),
        (client.delete("/echo"), "DELETE none b\"\""),
        (client.request(Method::PUT, "/echo"), "PUT none b\"\""),
    ] {
        assert_eq!(request.send().await.text(), text);
    }
    let head = client.head("/echo").send().await;
    assert_eq!((head.status().as_u16(), head.text()), (200, ""));
    let options = client.options("/echo").send().await;
    assert_eq!(options.status(), 204);
    assert!(options.header("allow").unwrap().contains("PATCH"));
}

#[tokio::test]
async fn a_body_brings_its_content_type_unless_a_header_says_another() {
    let client = client();
    let post = || client.post("/echo");
    let plain = "text/plain; charset=utf-8";
    for (request, kind, body) in [
        (post().json("a"), "application/json", r#"b"\"a\"""#),
        (post().text("a"), plain, r#"b"a""#),
        (
            post().form([("a b", "1&2"), ("c", "")]),
            "application/x-www-form-urlencoded",
            r#"b"a+b=1%262&c=""#,
        ),
        (post().body("a"), "none", r#"b"a""#),
        (post().text("a").body("b"), "none", r#"b"b""#),
        (
            post().text("a").header("content-type", "text/csv"),
            "text/csv",
            r#"b"a""#,
        ),
        (
            post().header("Content-Type", "text/csv").text("a"),
            "text/csv",
            r#"b"a""#,
        ),
    ] {
        let expected = format!("POST {kind} {body}");
        assert_eq!(request.send().await.text(), expected);
    }
}

/// What a panic says.
fn panic(act: impl FnOnce()) -> String {
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(act)).expect_err("a panic");
    *panic.downcast::<String>().expect("a message")
}

#[tokio::test]
async fn what_is_not_as_asked_panics_with_the_answer() {
    let client = client();
    let echo = client.get("/echo").send().await;
    for (panic, beginning) in [
        (
            panic(|| drop(echo.json::<Value>())),
            "the body is not the JSON that was asked for",
        ),
        (panic(|| drop(echo.error())), "this is no error"),
    ] {
        assert!(panic.starts_with(beginning), "{panic}");
        assert!(
            panic.contains("200 OK\ncontent-type: text/plain"),
            "{panic}"
        );
        assert!(panic.ends_with("GET none b\"\""), "{panic}");
    }
    let binary = client.post("/raw").send().await;
    let panic = panic(|| assert!(binary.text().is_empty()));
    assert!(panic.starts_with("the body is no text"), "{panic}");
}

#[test]
fn a_request_that_cannot_be_made_panics() {
    let client = client();
    for (panic, beginning) in [
        (panic(|| drop(client.get("/a b"))), "`/a b` is no path"),
        (
            panic(|| drop(client.get("http://a/b"))),
            "`http://a/b` is no path",
        ),
        (
            panic(|| drop(client.get("/").header("a b", ""))),
            "`a b` is no name",
        ),
        (
            panic(|| drop(client.get("/").header("a", "\n"))),
            "the value of `a`",
        ),
    ] {
        assert!(panic.starts_with(beginning), "{panic}");
    }
}

#[test]
#[should_panic(expected = "a request context is a JSON object")]
fn a_request_context_is_an_object() {
    let _ = client().get("/").request_context(7);
}

#[test]
#[should_panic(expected = "the application cannot start")]
fn conflicting_routes_panic() {
    TestClient::new(App::new().routes(ECHOES).routes(ECHOES));
}

#[cfg(feature = "postgres")]
mod database {
    use povery::Credentials;

    use super::*;

    #[povery::route(GET, "/idle")]
    async fn idle(pool: Pool) -> &'static str {
        drop(pool);
        "idle"
    }

    #[povery::route(GET, "/busy")]
    async fn busy(pool: Result<Pool, povery::Rejection>) -> Result<(), PoveryError> {
        pool?.acquire().await?;
        Ok(())
    }

    #[tokio::test]
    async fn an_application_with_a_pool_is_served_too() {
        // Nobody listens on port 1.
        let nobody = Credentials::new("127.0.0.1", "u", "p", "d").with_port(1);
        let app = App::new()
            .routes(povery::routes![idle, busy])
            .pool(Pool::new(nobody, 1));
        let client = TestClient::new(app);
        assert_eq!(client.get("/idle").send().await.text(), "idle");
        let away = client.get("/busy").send().await;
        assert_eq!(
            (away.status().as_u16(), away.header("retry-after")),
            (503, Some("1"))
        );
        let app = App::new().routes(povery::routes![busy]);
        assert!(app.route_table()[0].uses_database());
    }
}
