//! Who may call which route, and in which order a request is refused.

use povery::prelude::*;
use povery::test::{TestClient, TestRequest};
use povery::{Authorizer, Caller, Claims, Rejection, Request, Stage, header};
use serde::Deserialize;
use serde_json::{Value, json};

#[povery::route(GET, "/public", public)]
async fn public(user: Option<User>) -> String {
    user.map_or_else(|| "nobody".to_owned(), |user| user.id().to_owned())
}

#[povery::route(GET, "/profile")]
async fn profile(user: User) -> Json<Value> {
    Json(json!([
        user.id(),
        user.roles(),
        user.scopes(),
        user.claim("email")
    ]))
}

#[povery::route(GET, "/unasked")]
async fn unasked() {}

#[povery::route(ANY, "/admin", roles("ADMIN", "ROOT"))]
async fn admin() -> &'static str {
    "administration"
}

#[povery::route(GET, "/admin/<n>", roles("ADMIN"), body_limit = 4)]
async fn numbered(n: u8, _body: povery::Text) -> String {
    n.to_string()
}

#[povery::route(GET, "/reports", scopes("reports:read", "reports:list"))]
async fn reports() {}

#[povery::route(GET, "/both", roles("ADMIN"), scopes("reports:read"))]
async fn both() {}

#[derive(Deserialize)]
struct Account {
    sub: String,
    level: u8,
}

#[povery::route(GET, "/account")]
async fn account(Claims(account): Claims<Account>) -> String {
    format!("{} {}", account.sub, account.level)
}

#[povery::route(GET, "/maybe", public)]
async fn maybe(account: Option<Claims<Account>>, tried: Result<User, Rejection>) -> String {
    format!(
        "{:?} {}",
        account.map(|Claims(account)| account.level),
        tried.is_ok()
    )
}

fn app() -> App {
    App::new()
        .routes(povery::routes![
            public, profile, unasked, admin, numbered, reports, both, account, maybe
        ])
        .authorizer(Authorizer::gateway())
}

async fn answer(request: TestRequest) -> (u16, Option<String>, String) {
    let answer = request.send().await;
    let challenge = answer.header("www-authenticate").map(str::to_owned);
    let text = match answer.status().is_success() {
        true => answer.text().to_owned(),
        false => answer.error().code,
    };
    (answer.status().as_u16(), challenge, text)
}

fn told(status: u16, challenge: &str, text: &str) -> (u16, Option<String>, String) {
    (
        status,
        Some(challenge.to_owned()).filter(|text| !text.is_empty()),
        text.to_owned(),
    )
}

const INSUFFICIENT: &str = r#"Bearer error="insufficient_scope""#;

#[tokio::test]
async fn with_an_authorizer_every_route_is_closed_to_nobody() {
    let client = TestClient::new(app());
    for path in [
        "/profile", "/unasked", "/admin", "/reports", "/both", "/account",
    ] {
        let refused = answer(client.get(path)).await;
        assert_eq!(refused, told(401, "Bearer", "UNAUTHENTICATED"), "{path}");
        let by_header = client
            .get(path)
            .header("authorization", "Bearer e30.eyJzdWIiOiJ1LTEifQ.");
        assert_eq!(answer(by_header).await.0, 401, "{path}");
    }
    assert_eq!(answer(client.get("/public")).await.2, "nobody");
    assert_eq!(answer(client.get("/maybe")).await.2, "None false");
    let user = |path| client.get(path).user("u-1", ["EDITOR"]);
    assert_eq!(answer(user("/unasked")).await.0, 204);
    assert_eq!(answer(user("/public")).await.2, "u-1");
    let profile = client
        .get("/profile")
        .claims(json!({"email": "a@b.c", "scope": "a b"}))
        .user("u-1", ["A", "B,C"]);
    assert_eq!(
        answer(profile).await.2,
        r#"["u-1",["A","B,C"],["a","b"],"a@b.c"]"#
    );
}

#[tokio::test]
async fn one_of_the_roles_and_all_of_the_scopes() {
    let client = TestClient::new(app());
    for (path, roles, scope, expected) in [
        (
            "/admin",
            &["ADMIN"][..],
            "",
            told(200, "", "administration"),
        ),
        (
            "/admin",
            &["EDITOR", "ROOT"],
            "",
            told(200, "", "administration"),
        ),
        (
            "/admin",
            &["EDITOR", "admin", "ADMIN,X"],
            "",
            told(403, "", "FORBIDDEN"),
        ),
        ("/admin", &[], "ADMIN", told(403, "", "FORBIDDEN")),
        (
            "/reports",
            &[],
            "reports:list x reports:read",
            told(204, "", ""),
        ),
        (
            "/reports",
            &["ADMIN"],
            "reports:read",
            told(403, INSUFFICIENT, "FORBIDDEN"),
        ),
        ("/both", &["ADMIN"], "reports:read", told(204, "", "")),
        (
            "/both",
            &["ADMIN"],
            "",
            told(403, INSUFFICIENT, "FORBIDDEN"),
        ),
        ("/both", &[], "reports:read", told(403, "", "FORBIDDEN")),
    ] {
        let request = client
            .get(path)
            .claims(json!({"scope": scope}))
            .user("u-1", roles.iter().copied());
        assert_eq!(answer(request).await, expected, "{path} {roles:?} {scope}");
    }
    // The route that the method finds, also for HEAD.
    let head = client.head("/admin").user("u-1", ["EDITOR"]).send().await;
    assert_eq!(head.status(), 403);
    let options = client.options("/profile").send().await;
    assert_eq!(
        (options.status().as_u16(), options.header("allow")),
        (204, Some("GET, HEAD, OPTIONS"))
    );
}

/// Of several things that are wrong, the first in the documented order answers.
#[tokio::test]
async fn the_caller_comes_after_the_route_and_before_the_body() {
    let client = TestClient::new(app());
    assert_eq!(client.get("/nowhere").send().await.status(), 404);
    assert_eq!(client.post("/profile").send().await.status(), 405);
    let large = || client.get("/admin/x").text("12345");
    assert_eq!(large().send().await.status(), 401);
    assert_eq!(large().user("u-1", ["EDITOR"]).send().await.status(), 403);
    assert_eq!(large().user("u-1", ["ADMIN"]).send().await.status(), 413);
    let small = client
        .get("/admin/x")
        .text("1")
        .user("u-1", ["ADMIN"])
        .send()
        .await;
    assert_eq!(small.error().code, "VALIDATION_FAILED");
}

#[tokio::test]
async fn claims_are_read_into_a_type() {
    let client = TestClient::new(app());
    let account = |claims| client.get("/account").claims(claims).send();
    assert_eq!(
        account(json!({"sub": "u-1", "level": "7"})).await.text(),
        "u-1 7"
    );
    let unfit = account(json!({"sub": "u-1", "level": "s3cret"})).await;
    assert_eq!(
        (unfit.status().as_u16(), unfit.error().message.as_str()),
        (500, "Internal server error")
    );
    let maybe = client
        .get("/maybe")
        .claims(json!({"sub": "u-1", "level": 7}))
        .send()
        .await;
    assert_eq!(maybe.text(), "Some(7) true");
}

#[tokio::test]
async fn the_claim_with_the_roles_is_the_applications_choice() {
    let authorizer = Authorizer::gateway()
        .role_claim("custom:roles")
        .scope_claim("scp")
        .id_claim("oid");
    let client = TestClient::new(
        App::new()
            .routes(povery::routes![admin, reports, public])
            .authorizer(authorizer),
    );
    let request = |path, claims| client.get(path).claims(claims).send();
    let claims =
        json!({"oid": "o-1", "custom:roles": ["ADMIN"], "scp": ["reports:read", "reports:list"]});
    assert_eq!(request("/admin", claims.clone()).await.status(), 200);
    assert_eq!(request("/reports", claims.clone()).await.status(), 204);
    assert_eq!(request("/public", claims).await.text(), "o-1");
    let default =
        json!({"oid": "o-1", "cognito:groups": ["ADMIN"], "scope": "reports:read reports:list"});
    assert_eq!(request("/admin", default.clone()).await.status(), 403);
    assert_eq!(request("/reports", default).await.status(), 403);
    assert_eq!(
        request("/admin", json!({"sub": "u-1", "custom:roles": ["ADMIN"]}))
            .await
            .status(),
        401
    );
}

/// What a gateway says elsewhere in its context is no identity.
#[tokio::test]
async fn a_context_alone_is_nobody() {
    let client = TestClient::new(app());
    let context =
        json!({"identity": {"userArn": "arn"}, "http": {"sourceIp": "192.0.2.1"}, "sub": "u-1"});
    assert_eq!(
        client
            .get("/unasked")
            .request_context(context)
            .send()
            .await
            .status(),
        401
    );
    let rest = json!({"resourcePath": "/unasked", "identity": {"userArn": "arn"}});
    assert_eq!(
        client
            .get("/unasked")
            .request_context(rest)
            .send()
            .await
            .status(),
        204
    );
}

/// An extractor of the developer's own that asks for the caller.
struct Tenant(String);

impl FromRequest for Tenant {
    const STAGE: Stage = Stage::Input;
    const CALLER: Caller = Caller::Required;

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let user = User::from_request(request).await?;
        let tenant = user.claim("tenant").and_then(Value::as_str);
        let tenant = tenant.ok_or_else(|| PoveryError::forbidden("You belong to no tenant"))?;
        Ok(Self(tenant.to_owned()))
    }
}

#[povery::route(GET, "/tenant")]
async fn tenant(Tenant(tenant): Tenant) -> String {
    tenant
}

#[povery::route(GET, "/open", public)]
async fn open(_user: User) {}

#[tokio::test]
async fn an_extractor_may_ask_for_the_caller() {
    let client = TestClient::new(
        App::new()
            .routes(povery::routes![tenant])
            .authorizer(Authorizer::gateway()),
    );
    let request = |claims| client.get("/tenant").claims(claims).send();
    assert_eq!(
        request(json!({"sub": "u-1", "tenant": "t-1"})).await.text(),
        "t-1"
    );
    assert_eq!(
        request(json!({"sub": "u-1"})).await.error().message,
        "You belong to no tenant"
    );
}

#[test]
fn what_nobody_keeps_is_told_at_start() {
    let routes = povery::routes![
        public, profile, unasked, admin, reports, account, tenant, maybe
    ];
    let told = App::new().routes(routes).check().unwrap_err().to_string();
    let lines: Vec<_> = told.lines().collect();
    let expected = [
        ("`GET /public` (public", "is `public`"),
        ("`GET /profile` (profile", "takes who calls"),
        ("`ANY /admin` (admin", "asks for roles or scopes"),
        ("`GET /reports` (reports", "asks for roles or scopes"),
        ("`GET /account` (account", "takes who calls"),
        ("`GET /tenant` (tenant", "takes who calls"),
        ("`GET /maybe` (maybe", "is `public`"),
    ];
    assert_eq!(lines.len(), expected.len(), "{told}");
    for (line, (route, asks)) in lines.iter().zip(expected) {
        assert!(
            line.starts_with(route) && line.contains(asks) && line.ends_with("`App::authorizer`"),
            "{line}"
        );
    }
    let app = App::new()
        .routes(povery::routes![open, public])
        .authorizer(Authorizer::gateway());
    let told = app.check().unwrap_err().to_string();
    assert!(
        told.starts_with("`GET /open` (open") && told.contains("write `Option<User>`"),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1);
}

/// An application that does not start is closed all the same when it is called as a service.
#[tokio::test]
async fn what_cannot_be_protected_is_closed() {
    let app = App::new().routes(povery::routes![admin, reports, profile, account]);
    for path in ["/admin", "/reports", "/profile", "/account"] {
        let request =
            povery::http::Request::get(path).header(header::AUTHORIZATION, "Bearer e30.e30.");
        let request = request.body(povery::Body::default()).unwrap();
        let answer = tower::ServiceExt::oneshot(app.clone(), request)
            .await
            .unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
}
