//! What of a request comes through layers, and what they may make of it.

use std::net::Ipv4Addr;
use std::time::Duration;

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{
    Authorizer, Body, BoxError, Bytes, ClientAddr, Deadline, FromRequest, LambdaContext,
    MatchedRoute, Rejection, Request, RequestContext, RequestId, Response, http,
};
use serde_json::{Value, json};

use crate::{note, noted};

async fn passed(request: http::Request<Body>, next: Next) -> Response {
    next.run(request).await
}

/// Through layers of the application and of the route, or through none.
fn both(app: App) -> [TestClient; 2] {
    let layered = app
        .clone()
        .layer(middleware::from_fn(passed))
        .route_layer(middleware::from_fn(passed));
    [app, layered].map(TestClient::new)
}

#[povery::route(GET, "/host")]
async fn host(
    id: RequestId,
    deadline: Option<Deadline>,
    lambda: Option<LambdaContext>,
    context: Option<RequestContext<Value>>,
    client: Option<ClientAddr>,
    user: Option<User>,
) -> Json<Value> {
    Json(json!([
        id.as_str(),
        deadline.is_some(),
        lambda.map(|lambda| lambda.function_name),
        context.map(|RequestContext(context)| context["stage"].clone()),
        client.map(|ClientAddr(address)| address.to_string()),
        user.map(|user| user.id().to_owned()),
    ]))
}

#[tokio::test]
async fn nothing_that_the_host_knows_is_lost() {
    let app = App::new()
        .routes(povery::routes![host])
        .authorizer(Authorizer::gateway());
    for client in both(app) {
        let mut lambda = LambdaContext::default();
        lambda.function_name = "users".to_owned();
        lambda.deadline = Deadline::after(Duration::from_secs(60));
        lambda.request_id = "r-1".to_owned();
        let request = client
            .get("/host")
            .lambda_context(lambda)
            .request_context(json!({"stage": "prod"}))
            .client_addr(Ipv4Addr::new(192, 0, 2, 7))
            .user("u-1", ["A"]);
        let known: Value = request.send().await.json();
        assert_eq!(
            known,
            json!(["r-1", true, "users", "prod", "192.0.2.7", "u-1"])
        );
        // As a load balancer says it: what is at the end of the header, and in the event alone.
        let event = json!({
            "path": "/host", "httpMethod": "GET", "requestContext": {"elb": {}},
            "headers": {"x-forwarded-for": "198.51.100.1, 192.0.2.8"},
        });
        let answer = client.invoke(&event).await.unwrap();
        assert_eq!(answer["statusCode"], 401, "{answer}");
    }
}

#[povery::route(GET, "/address")]
async fn address(ClientAddr(address): ClientAddr) -> String {
    address.to_string()
}

#[tokio::test]
async fn an_address_that_is_read_from_headers_is_the_hosts() {
    let event = json!({
        "path": "/address", "httpMethod": "GET", "requestContext": {"elb": {}},
        "headers": {"x-forwarded-for": "198.51.100.1, 192.0.2.8"},
    });
    for client in both(App::new().routes(povery::routes![address])) {
        assert_eq!(client.invoke(&event).await.unwrap()["body"], "192.0.2.8");
    }
    let believed = middleware::from_fn(|mut request: http::Request<Body>, next: Next| {
        let address = ClientAddr(Ipv4Addr::new(203, 0, 113, 9).into());
        request.extensions_mut().insert(address);
        next.run(request)
    });
    let app = App::new().routes(povery::routes![address]).layer(believed);
    let answer = TestClient::new(app).get("/address").send().await;
    assert_eq!(answer.text(), "203.0.113.9");
}

struct Tenant(String);

impl FromRequest for Tenant {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let tenant = request.extensions().get::<&'static str>();
        let tenant = tenant.ok_or_else(|| PoveryError::internal("no layer has set a tenant"))?;
        Ok(Self((*tenant).to_owned()))
    }
}

#[povery::route(POST, "/tenants/<id>?<q>")]
async fn tenant(id: u8, q: Option<String>, Tenant(tenant): Tenant, body: Bytes) -> String {
    format!("{id} {q:?} {tenant} {}", body.len())
}

#[tokio::test]
async fn a_layer_may_change_the_request_and_the_answer() {
    let changed = middleware::from_fn(|request: http::Request<Body>, next: Next| async move {
        let (mut parts, body) = request.into_parts();
        parts.method = http::Method::POST;
        parts.uri = http::Uri::from_static("/tenants/7?q=a%20b");
        parts.extensions.insert("acme");
        let body = body.into_bytes(100).await.unwrap();
        let body = Body::from([body.clone(), body].concat());
        let mut response = next.run(http::Request::from_parts(parts, body)).await;
        response
            .headers_mut()
            .insert("x-layer", "1".parse().unwrap());
        (StatusCode::ACCEPTED, response)
    });
    let app = App::new().routes(povery::routes![tenant]).layer(changed);
    let client = TestClient::new(app);
    let answer = client.get("/elsewhere").body("body").send().await;
    assert_eq!(answer.status(), 202);
    assert_eq!(answer.text(), r#"7 Some("a b") acme 8"#);
    assert_eq!(answer.header("x-layer"), Some("1"));
    // The method of the answer is that of the caller.
    let answer = client.head("/elsewhere").body("body").send().await;
    assert_eq!(
        (answer.text(), answer.header("content-length")),
        ("", Some("20"))
    );
}

#[povery::route(GET, "/open", public)]
async fn open() -> &'static str {
    "open"
}

#[povery::route(GET, "/closed", roles("ADMIN"))]
async fn closed() -> &'static str {
    "closed"
}

/// Authorisation is by the route that runs, whatever a layer has made of the path.
#[tokio::test]
async fn a_changed_path_opens_nothing() {
    let changed = middleware::from_fn(|mut request: http::Request<Body>, next: Next| {
        *request.uri_mut() = match request.uri().path() {
            "/open" => "/closed".parse().unwrap(),
            _ => "/open".parse().unwrap(),
        };
        next.run(request)
    });
    let app = App::new()
        .routes(povery::routes![open, closed])
        .authorizer(Authorizer::gateway())
        .layer(changed);
    let client = TestClient::new(app.clone());
    assert_eq!(client.get("/open").send().await.status(), 401);
    let editor = client.get("/open").user("u", ["EDITOR"]);
    assert_eq!(editor.send().await.status(), 403);
    let admin = client.get("/open").user("u", ["ADMIN"]);
    assert_eq!(admin.send().await.text(), "closed");
    assert_eq!(client.get("/closed").send().await.text(), "open");
    // A layer of the route comes after that: its path routes nothing.
    let app = App::new()
        .routes(povery::routes![open, closed])
        .authorizer(Authorizer::gateway())
        .route_layer(middleware::from_fn(
            |mut request: http::Request<Body>, next: Next| {
                *request.uri_mut() = http::Uri::from_static("/closed");
                next.run(request)
            },
        ));
    let answer = TestClient::new(app).get("/open").send().await;
    assert_eq!(answer.text(), "open");
}

async fn knows(request: http::Request<Body>, next: Next) -> Response {
    let extensions = request.extensions();
    let route = extensions.get::<MatchedRoute>();
    let route = route.map(|route| format!("{} {} {}", route.method(), route.path(), route.name()));
    let user = extensions.get::<User>().map(|user| user.id().to_owned());
    let id = extensions
        .get::<RequestId>()
        .map(|id| id.as_str().to_owned());
    note(format!("{route:?} {user:?} {id:?}"));
    next.run(request).await
}

#[povery::route(GET, "/users/<id>", tag = "users")]
async fn user(id: u8, user: User) -> String {
    format!("{id} {}", user.id())
}

const USERS: povery::RouteTable = povery::routes![user];

#[tokio::test]
async fn layers_of_routes_know_the_route_and_who_calls() {
    let app = App::new()
        .routes(povery::routes!["/v1" => USERS, open])
        .authorizer(Authorizer::gateway())
        .layer(middleware::from_fn(knows))
        .route_layer(middleware::from_fn(knows));
    let client = TestClient::new(app);
    let request = client.get("/v1/users/7").user("u-1", ["A"]);
    assert_eq!(request.request_id("r-1").send().await.text(), "7 u-1");
    assert_eq!(
        noted(),
        [
            r#"None None Some("r-1")"#,
            r#"Some("GET /v1/users/<id> user") Some("u-1") Some("r-1")"#
        ]
    );
    client.get("/open").request_id("r-2").send().await;
    assert_eq!(noted()[1], r#"Some("GET /open open") None Some("r-2")"#);
}

#[povery::route(POST, "/echo", body_limit = 10)]
async fn echo(body: Bytes) -> Vec<u8> {
    body.to_vec()
}

#[povery::route(GET, "/stream")]
async fn stream() -> Body {
    let chunks = ["a", "b"].map(Ok::<_, BoxError>);
    Body::from_stream(futures_util::stream::iter(chunks))
}

#[tokio::test]
async fn limits_streams_and_lengths_are_as_without_layers() {
    for client in both(App::new().routes(povery::routes![echo, stream, open_to_all])) {
        let answer = client.post("/echo").body("0123456789").send().await;
        assert_eq!(answer.text(), "0123456789");
        let answer = client.post("/echo").body("0123456789a").send().await;
        assert_eq!(answer.error().code, "PAYLOAD_TOO_LARGE");
        let mut stream = client.get("/stream").send_stream().await;
        assert_eq!(stream.next().await.unwrap().unwrap(), "a");
        assert_eq!(stream.next().await.unwrap().unwrap(), "b");
        assert!(stream.next().await.is_none());
        let head = client.head("/open").send().await;
        assert_eq!(
            (head.text(), head.header("content-length")),
            ("", Some("4"))
        );
        let event = json!({
            "version": "2.0", "rawPath": "/echo", "body": "*", "isBase64Encoded": true,
            "requestContext": {"stage": "$default", "http": {"method": "POST"}},
        });
        assert_eq!(client.invoke(&event).await.unwrap()["statusCode"], 400);
    }
}

#[povery::route(GET, "/open")]
async fn open_to_all() -> &'static str {
    "open"
}

#[tokio::test]
async fn a_header_that_is_none_is_refused_within_the_layers() {
    let app = App::new()
        .routes(povery::routes![open_to_all])
        .layer(crate::mark("app"));
    let event = json!({
        "version": "2.0", "rawPath": "/open", "headers": {"a b": "c"},
        "requestContext": {"stage": "$default", "http": {"method": "GET"}},
    });
    let answer = TestClient::new(app).invoke(&event).await.unwrap();
    assert_eq!(answer["statusCode"], 400, "{answer}");
    assert_eq!(noted(), ["+app", "-app"]);
}

/// How an answer is sent is not for layers to say.
#[tokio::test]
async fn what_the_host_decides_is_taken_off() {
    let liar = middleware::from_fn(|request: http::Request<Body>, next: Next| async move {
        let mut response = next.run(request).await;
        for (name, value) in [("connection", "close"), ("content-length", "99")] {
            response.headers_mut().insert(name, value.parse().unwrap());
        }
        response
    });
    let app = App::new().routes(povery::routes![open_to_all]).layer(liar);
    let answer = TestClient::new(app).get("/open").send().await;
    assert_eq!(answer.text(), "open");
    assert_eq!(
        (answer.header("connection"), answer.header("content-length")),
        (None, None)
    );
}
