use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use povery::http::Method;
use povery::prelude::*;
use povery::test::TestClient;
use povery::{
    ClientAddr, Deadline, Group, LambdaContext, MatchedRoute, Rejection, Request, RequestContext,
    RequestId, Stage, middleware,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client;

#[povery::route(GET, "/lambda")]
async fn lambda(context: LambdaContext, id: RequestId) -> String {
    format!("{} {}", context.function_arn, id.as_str())
}

#[povery::route(GET, "/lambda/maybe")]
async fn maybe_lambda(context: Option<LambdaContext>) -> String {
    context.map_or_else(|| "none".to_owned(), |context| context.function_arn)
}

#[povery::route(GET, "/context?<n>")]
async fn context(RequestContext(context): RequestContext, n: Option<u8>) -> Json<Value> {
    let _ = n;
    Json(context)
}

#[derive(Deserialize)]
struct Caller {
    authorizer: Authorizer,
}

#[derive(Deserialize)]
struct Authorizer {
    jwt: Jwt,
}

#[derive(Deserialize)]
struct Jwt {
    claims: Claims,
}

#[derive(Deserialize)]
struct Claims {
    sub: u64,
}

#[povery::route(GET, "/caller")]
async fn caller(context: Option<RequestContext<Caller>>) -> String {
    let caller = context.map(|RequestContext(context)| context.authorizer.jwt.claims.sub);
    format!("{caller:?}")
}

#[povery::route(GET, "/address")]
async fn address(ClientAddr(address): ClientAddr) -> String {
    address.to_string()
}

/// What the log says where there is none, or another one.
#[povery::route(GET, "/why")]
async fn why(
    lambda: Result<LambdaContext, Rejection>,
    address: Result<ClientAddr, Rejection>,
    context: Result<RequestContext<Caller>, Rejection>,
) -> String {
    let why = [lambda.err(), address.err(), context.err()];
    let why = why.into_iter().flatten().map(PoveryError::from);
    why.map(|error| format!("{error:?}\n")).collect()
}

/// Seconds left, as an extractor sees them.
struct Left(Option<u64>);

impl FromRequest for Left {
    const STAGE: Stage = Stage::Resource;

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let left = request.deadline().remaining();
        Ok(Self(left.map(|left| left.as_secs())))
    }
}

#[povery::route(GET, "/left")]
async fn left(Left(left): Left) -> String {
    format!("{left:?}")
}

#[povery::route(GET, "/deadline")]
async fn deadline(deadline: Deadline, maybe: Option<Deadline>) -> String {
    assert_eq!(maybe, deadline.instant().map(Deadline::from));
    format!("{:?}", deadline.remaining().map(|left| left.as_secs()))
}

fn invocation() -> LambdaContext {
    let mut context = LambdaContext::default();
    context.request_id = "r-9".to_owned();
    context.function_arn = "arn:f".to_owned();
    context.deadline = Deadline::after(Duration::from_secs(60));
    context
}

#[tokio::test]
async fn lambdas_context_is_there_on_lambda_only() {
    let client = client(povery::routes![lambda, maybe_lambda, left, deadline]);
    let there = client.get("/lambda").lambda_context(invocation()).send();
    assert_eq!(there.await.text(), "arn:f r-9");
    let there = client.get("/lambda/maybe").lambda_context(invocation());
    assert_eq!(there.send().await.text(), "arn:f");
    let left = client.get("/left").lambda_context(invocation()).send();
    assert_eq!(left.await.text(), "Some(59)");
    let left = client.get("/deadline").lambda_context(invocation()).send();
    assert_eq!(left.await.text(), "Some(59)");
    assert_eq!(client.get("/deadline").send().await.text(), "None");

    assert_eq!(client.get("/lambda/maybe").send().await.text(), "none");
    assert_eq!(client.get("/left").send().await.text(), "None");
    let error = client.get("/lambda").send().await;
    assert_eq!(error.status(), 500);
    assert_eq!(error.error().message, "Internal server error");
}

#[tokio::test]
async fn the_gateways_context_is_read_into_a_type() {
    let client = client(povery::routes![context, caller]);
    let raw = client
        .get("/context")
        .claims(json!({"sub": 7}))
        .request_context(json!({"stage": "prod", "authorizer": {"principalId": "p"}}));
    let expected = json!({
        "stage": "prod",
        "authorizer": {"principalId": "p", "jwt": {"claims": {"sub": 7}}}
    });
    assert_eq!(raw.send().await.json::<Value>(), expected);
    let caller = client.get("/caller").claims(json!({"sub": 7})).send().await;
    assert_eq!(caller.text(), "Some(7)");
}

#[tokio::test]
async fn without_a_gateway_there_is_no_context() {
    let client = client(povery::routes![context, caller]);
    assert_eq!(client.get("/caller").send().await.text(), "None");
    assert_eq!(client.get("/context").send().await.status(), 500);
    // Faults of the caller's come first: the host's lack is of the resource stage.
    assert_eq!(client.get("/context?n=x").send().await.status(), 400);
}

#[tokio::test]
async fn a_context_of_another_shape_is_an_error_of_the_application() {
    let client = client(povery::routes![caller, why]);
    let claims = json!({"sub": "a secret"});
    let refused = client.get("/caller").claims(&claims).send().await;
    assert_eq!(refused.status(), 500);
    assert!(!refused.text().contains("secret"), "{refused:?}");
    let why = client.get("/why").claims(&claims).send().await;
    assert!(
        why.text().contains(
            "does not fit `extractors::contexts::Caller`, at `authorizer.jwt.claims.sub`"
        ),
        "{why:?}"
    );
    assert!(!why.text().contains("secret"), "{why:?}");
}

#[tokio::test]
async fn the_log_says_what_the_host_lacks() {
    let why = client(povery::routes![why]).get("/why").send().await;
    for sentence in [
        "`LambdaContext`: this host is not Lambda",
        "`RequestContext`: no gateway stands before this host",
    ] {
        assert!(why.text().contains(sentence), "{why:?}");
    }
}

#[tokio::test]
async fn the_client_has_an_address() {
    let client = client(povery::routes![address]);
    assert_eq!(client.get("/address").send().await.text(), "127.0.0.1");
    let request = client.get("/address").client_addr(Ipv6Addr::LOCALHOST);
    // Whatever the caller writes into it says nothing.
    let request = request.header("x-forwarded-for", "9.9.9.9");
    assert_eq!(request.send().await.text(), "::1");
}

#[tokio::test]
async fn another_host_says_the_address_itself_or_there_is_none() {
    use tower::ServiceExt;

    #[povery::route(GET, "/maybe")]
    async fn maybe(address: Option<ClientAddr>) -> String {
        format!("{:?}", address.map(|address| address.0))
    }

    let app = App::new().routes(povery::routes![maybe, address]);
    let send = async |path: &str, address: Option<IpAddr>| {
        let mut request = povery::http::Request::new(povery::Body::default());
        *request.uri_mut() = path.parse().unwrap();
        request.extensions_mut().extend(
            address
                .map(|address| {
                    let mut one = povery::http::Extensions::new();
                    one.insert(ClientAddr(address));
                    one
                })
                .unwrap_or_default(),
        );
        let Ok(response) = app.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let body = body.as_bytes().cloned().unwrap();
        (parts.status.as_u16(), body)
    };
    let local = IpAddr::from(Ipv6Addr::LOCALHOST);
    assert_eq!(send("/maybe", Some(local)).await, (200, "Some(::1)".into()));
    assert_eq!(send("/maybe", None).await, (200, "None".into()));
    assert_eq!(send("/address", None).await.0, 500);
}

/// The route, as the type and the request say it.
struct Template(Option<String>);

impl FromRequest for Template {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(Self(request.route().map(|route| route.path().to_owned())))
    }
}

#[povery::route(GET, "/items/<id>", tag = "items")]
async fn item(id: u8, route: MatchedRoute, Template(path): Template) -> String {
    assert_eq!(path.as_deref(), Some(route.path()));
    format!("{id} {} {:?}", route.path(), route.tag())
}

#[tokio::test]
async fn a_handler_knows_its_route() {
    const ITEMS: povery::RouteTable = povery::routes![item];
    let plain = client(povery::routes!["/v1" => ITEMS]);
    let answer = plain.get("/v1/items/7").send().await;
    assert_eq!(answer.text(), "7 /v1/items/<id> Some(\"items\")");

    // Whatever a layer does.
    let group = Group::new(povery::routes!["/v2" => ITEMS]).layer(middleware::from_fn(
        |mut request: povery::http::Request<povery::Body>, next: middleware::Next| {
            request.extensions_mut().remove::<MatchedRoute>();
            next.run(request)
        },
    ));
    let layered = TestClient::new(App::new().group(group));
    let answer = layered.get("/v2/items/7").send().await;
    assert_eq!(answer.text(), "7 /v2/items/<id> Some(\"items\")");
}

#[povery::route(GET, "/as/<id>")]
async fn answered_as(id: u8, route: Result<MatchedRoute, Rejection>, asked: Method) -> String {
    let route = route.expect("a route");
    format!("{id} {asked} {} {}", route.method(), route.path())
}

#[povery::route(ANY, "/any/<id>")]
async fn anyhow(
    id: u8,
    route: Option<MatchedRoute>,
) -> ([(&'static str, String); 1], &'static str) {
    let route = route.map(|route| format!("{id} {} {}", route.method(), route.path()));
    ([("x-route", route.unwrap_or_default())], "")
}

#[tokio::test]
async fn the_route_is_the_one_that_answers() {
    let rewritten = middleware::from_fn(
        |mut request: povery::http::Request<povery::Body>, next: middleware::Next| {
            if request.uri() == "/old/7" {
                *request.uri_mut() = "/as/7".parse().unwrap();
            }
            next.run(request)
        },
    );
    // What a layer of routes changes routes nothing any more.
    let late = middleware::from_fn(
        |mut request: povery::http::Request<povery::Body>, next: middleware::Next| {
            *request.method_mut() = Method::PATCH;
            next.run(request)
        },
    );
    let app = App::new().routes(povery::routes![answered_as, anyhow]);
    let client = TestClient::new(app.route_layer(late).layer(rewritten));
    let answer = client.get("/old/7").send().await;
    assert_eq!(answer.text(), "7 PATCH GET /as/<id>");
    for method in [Method::HEAD, Method::OPTIONS, Method::PUT] {
        let answer = client.request(method, "/any/7").send().await;
        assert_eq!(answer.header("x-route"), Some("7 ANY /any/<id>"));
    }
}

#[povery::action]
async fn routeless(route: Option<MatchedRoute>, Template(path): Template) -> Json<bool> {
    Json(route.is_none() && path.is_none())
}

#[povery::action]
async fn lost(route: MatchedRoute) -> Json<String> {
    Json(route.path().to_owned())
}

#[cfg(feature = "events")]
#[povery::event(custom)]
async fn on_anything(route: Option<MatchedRoute>, Template(path): Template) -> Json<bool> {
    Json(route.is_none() && path.is_none())
}

#[cfg(feature = "events")]
#[tokio::test]
async fn an_event_has_no_route() {
    let client = TestClient::new(App::new().events(povery::events![on_anything]));
    assert_eq!(client.invoke(json!({"any": 1})).await.unwrap(), json!(true));
}

#[tokio::test]
async fn an_action_has_no_route() {
    let client = TestClient::new(App::new().actions(povery::actions![routeless, lost]));
    let answer = client.action("routeless", ()).await;
    assert_eq!(answer.unwrap(), json!(true));
    let error = client.action("lost", ()).await.unwrap_err();
    assert_eq!(error.kind, "INTERNAL");
}
