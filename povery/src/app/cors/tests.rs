use super::*;
use crate::App;
use crate::test::{TestClient, TestResponse};

#[povery_macros::route(GET, "/users/<id>", crate = crate)]
async fn read(id: u32) -> String {
    id.to_string()
}

#[povery_macros::route(DELETE, "/users/<_id>", crate = crate)]
async fn delete(_id: u32) {}

#[povery_macros::route(ANY, "/any", crate = crate)]
async fn any() {}

#[povery_macros::route(GET, "/panics", crate = crate)]
async fn panics() {
    panic!("an unlucky handler");
}

#[povery_macros::route(GET, "/own", crate = crate)]
async fn own() -> ([(&'static str, &'static str); 2], &'static str) {
    (
        [("access-control-allow-origin", "*"), ("vary", "accept")],
        "",
    )
}

const SHOP: &str = "https://shop.example";

fn app() -> App {
    App::new().routes(crate::routes![read, delete, any, panics, own])
}

fn shop() -> TestClient {
    let cors = Cors::origins([SHOP, "http://localhost:5173"]).credentials();
    TestClient::new(app().cors(cors))
}

async fn ask(
    client: &TestClient,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
) -> TestResponse {
    let mut request = client.request(method.parse().unwrap(), path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send().await
}

async fn preflight(client: &TestClient, path: &str, origin: &str, method: &str) -> TestResponse {
    let headers = [
        ("origin", origin),
        ("access-control-request-method", method),
    ];
    ask(client, "OPTIONS", path, &headers).await
}

fn header<'r>(response: &'r TestResponse, name: &str) -> Option<&'r str> {
    response.header(name)
}

#[tokio::test]
async fn off_unless_it_is_asked_for() {
    let client = TestClient::new(app());
    let response = preflight(&client, "/users/1", SHOP, "GET").await;
    for (name, _) in response.headers() {
        assert!(!name.as_str().starts_with("access-control-"), "{name}");
    }
    assert_eq!(header(&response, "vary"), None);
}

#[tokio::test]
async fn a_preflight_is_answered_from_the_route_table() {
    let client = shop();
    for (path, method, methods) in [
        ("/users/1", "DELETE", "GET, HEAD, DELETE, OPTIONS"),
        ("/users/1", "PUT", "GET, HEAD, DELETE, OPTIONS"),
        ("/any", "PUT", "PUT"),
    ] {
        let response = preflight(&client, path, SHOP, method).await;
        assert_eq!(response.status(), 204, "{path}");
        let mut told: Vec<_> = header(&response, "access-control-allow-methods")
            .unwrap()
            .split(", ")
            .collect();
        let mut expected: Vec<_> = methods.split(", ").collect();
        told.sort_unstable();
        expected.sort_unstable();
        assert_eq!(told, expected, "{path}");
        assert_eq!(header(&response, "access-control-allow-origin"), Some(SHOP));
        assert_eq!(
            header(&response, "access-control-allow-credentials"),
            Some("true")
        );
        assert_eq!(
            header(&response, "access-control-allow-headers"),
            Some("authorization, content-type")
        );
        assert_eq!(header(&response, "access-control-max-age"), Some("600"));
        assert_eq!(header(&response, "vary"), Some("origin"));
    }
    // A page that is not allowed hears nothing, and a path that is not there is none.
    let response = preflight(&client, "/users/1", "https://evil.example", "GET").await;
    assert_eq!(response.status(), 204);
    assert_eq!(header(&response, "access-control-allow-origin"), None);
    assert_eq!(header(&response, "access-control-allow-methods"), None);
    assert_eq!(
        preflight(&client, "/nowhere", SHOP, "GET").await.status(),
        404
    );
    // OPTIONS without the question is what it was.
    let response = ask(&client, "OPTIONS", "/users/1", &[("origin", SHOP)]).await;
    assert!(header(&response, "allow").is_some());
    assert_eq!(header(&response, "access-control-allow-methods"), None);
}

#[tokio::test]
async fn every_answer_says_who_may_read_it() {
    let client = shop();
    for (method, path, status) in [
        ("GET", "/users/1", 200),
        ("GET", "/users/x", 400),
        ("GET", "/nowhere", 404),
        ("PUT", "/users/1", 405),
        ("GET", "/panics", 500),
        ("GET", "/%2e%2e", 400),
    ] {
        for (origin, allowed) in [
            (SHOP, true),
            ("http://localhost:5173", true),
            ("http://localhost", false),
            ("https://shop.example.evil.example", false),
            ("HTTPS://SHOP.EXAMPLE", false),
            ("null", false),
        ] {
            let response = ask(&client, method, path, &[("origin", origin)]).await;
            assert_eq!(response.status(), status, "{path}");
            let told = header(&response, "access-control-allow-origin");
            assert_eq!(told, allowed.then_some(origin), "{path}");
            let credentials = header(&response, "access-control-allow-credentials");
            assert_eq!(credentials.is_some(), allowed);
            assert_eq!(
                header(&response, "access-control-expose-headers").is_some(),
                allowed
            );
            assert_eq!(header(&response, "vary"), Some("origin"), "{path}");
        }
        let response = ask(&client, method, path, &[]).await;
        assert_eq!(header(&response, "access-control-allow-origin"), None);
        assert_eq!(header(&response, "vary"), Some("origin"), "for caches");
    }
    // Two origins are none.
    let response = ask(
        &client,
        "GET",
        "/users/1",
        &[("origin", SHOP), ("origin", SHOP)],
    )
    .await;
    assert_eq!(header(&response, "access-control-allow-origin"), None);
}

#[tokio::test]
async fn any_origin_is_a_star_without_credentials() {
    let client =
        TestClient::new(app().cors(Cors::any().expose(["x-total-count"]).headers([""; 0])));
    let response = ask(&client, "GET", "/users/1", &[("origin", "null")]).await;
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&response, "access-control-allow-credentials"), None);
    assert_eq!(
        header(&response, "access-control-expose-headers"),
        Some("x-total-count")
    );
    assert_eq!(header(&response, "vary"), None);
    let response = preflight(&client, "/users/1", SHOP, "GET").await;
    assert_eq!(header(&response, "access-control-allow-headers"), None);
}

/// As docs/idempotency.md has it.
#[tokio::test]
async fn headers_that_are_named_are_all_that_there_are() {
    let cors = Cors::origins([SHOP])
        .headers(["authorization", "content-type", "idempotency-key"])
        .expose(["location", "idempotency-replayed"]);
    let client = TestClient::new(app().cors(cors));
    let response = preflight(&client, "/users/1", SHOP, "DELETE").await;
    assert_eq!(
        header(&response, "access-control-allow-headers"),
        Some("authorization, content-type, idempotency-key")
    );
    let response = ask(&client, "GET", "/users/1", &[("origin", SHOP)]).await;
    assert_eq!(
        header(&response, "access-control-expose-headers"),
        Some("location, idempotency-replayed")
    );
}

#[tokio::test]
async fn what_a_handler_says_of_origins_does_not_count() {
    let response = ask(
        &shop(),
        "GET",
        "/own",
        &[("origin", "https://evil.example")],
    )
    .await;
    assert_eq!(header(&response, "access-control-allow-origin"), None);
    let vary: Vec<_> = response.headers().get_all("vary").iter().collect();
    assert_eq!(vary, ["accept", "origin"]);
}

#[test]
fn what_is_no_origin_keeps_the_application_from_starting() {
    let cors = Cors::origins([
        "https://shop.example/",
        "https://Shop.example",
        "https://shop.example:443",
        "shop.example",
        "https://me@shop.example",
        "*",
        "null",
        "https://fine.example:8443",
    ]);
    let cors = cors.headers(["x-fine", "not a name", "*"]);
    let told = app().cors(cors).check().unwrap_err().to_string();
    let expected = [
        "CORS: `not a name` is no name of a header",
        "CORS: `*` stands for no header: name those that are meant",
        "CORS: `https://shop.example/` is not what a browser sends: `https://shop.example`",
        "CORS: `https://Shop.example` is not what a browser sends: `https://shop.example`",
        "CORS: `https://shop.example:443` is not what a browser sends: `https://shop.example`",
        "CORS: `shop.example` is no origin, which is a scheme, a host and perhaps a port, such as `https://shop.example`",
        "CORS: `https://me@shop.example` is no origin, which is a scheme, a host and perhaps a port, such as `https://shop.example`",
        "CORS: `*` is no origin: `Cors::any()` allows all",
        "CORS: `null` is what any sandboxed page sends: it names nobody",
    ];
    assert_eq!(told.lines().collect::<Vec<_>>(), expected);
}
