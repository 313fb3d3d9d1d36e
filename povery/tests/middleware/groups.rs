//! What the routes of a group have in common, and what keeps an application with groups from starting.

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Authorizer, Group, RouteTable, routes};

#[povery::route(GET, "/plain")]
async fn plain() -> &'static str {
    "plain"
}

#[povery::route(GET, "/own", roles("OWNER"), scopes("own"), tag = "own")]
async fn own(user: User) -> String {
    user.id().to_owned()
}

#[povery::route(GET, "/public", public)]
async fn public() -> &'static str {
    "public"
}

const ROUTES: RouteTable = routes![plain, own];

fn app() -> App {
    let inner = Group::new(routes!["/outer/inner" => ROUTES])
        .roles(["EDITOR", "WRITER"])
        .scopes(["inner"])
        .tag("inner");
    let outer = Group::new(routes!["/outer" => ROUTES])
        .group(inner)
        .roles(vec!["STAFF".to_owned()])
        .scopes([String::from("outer")]);
    App::new()
        .routes(routes![plain])
        .group(outer)
        .authorizer(Authorizer::gateway())
}

#[tokio::test]
async fn every_level_must_hold() {
    let client = TestClient::new(app());
    for (path, roles, scope, status) in [
        ("/plain", &[][..], "", 200),
        ("/outer/plain", &["STAFF"], "outer", 200),
        ("/outer/plain", &["STAFF", "X"], "x outer", 200),
        ("/outer/plain", &["EDITOR"], "outer", 403),
        ("/outer/plain", &["STAFF"], "inner", 403),
        ("/outer/own", &["STAFF", "OWNER"], "own outer", 200),
        ("/outer/own", &["STAFF"], "own outer", 403),
        ("/outer/own", &["OWNER"], "own outer", 403),
        ("/outer/own", &["STAFF", "OWNER"], "own", 403),
        ("/outer/own", &["STAFF", "OWNER"], "outer", 403),
        (
            "/outer/inner/plain",
            &["STAFF", "WRITER"],
            "inner outer",
            200,
        ),
        (
            "/outer/inner/plain",
            &["STAFF", "EDITOR"],
            "inner outer",
            200,
        ),
        ("/outer/inner/plain", &["STAFF"], "inner outer", 403),
        ("/outer/inner/plain", &["WRITER"], "inner outer", 403),
        ("/outer/inner/plain", &["STAFF", "WRITER"], "inner", 403),
        (
            "/outer/inner/own",
            &["STAFF", "WRITER", "OWNER"],
            "own inner outer",
            200,
        ),
        (
            "/outer/inner/own",
            &["STAFF", "WRITER"],
            "own inner outer",
            403,
        ),
    ] {
        let claims = serde_json::json!({ "scope": scope });
        let request = client
            .get(path)
            .claims(claims)
            .user("u", roles.iter().copied());
        let answer = request.send().await;
        assert_eq!(answer.status(), status, "{path} {roles:?} {scope}");
        if answer.status() == 403 {
            assert_eq!(answer.error().code, "FORBIDDEN");
        }
        assert_eq!(client.get(path).send().await.status(), 401, "{path}");
    }
}

#[test]
fn the_table_has_what_groups_add() {
    let app = app();
    let told: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| {
            let lists: Vec<_> = route
                .role_lists()
                .iter()
                .map(|list| list.join("|"))
                .collect();
            let scopes = route.all_scopes().join(" ");
            format!(
                "{} [{}] [{scopes}] {:?}",
                route.path(),
                lists.join(" & "),
                route.tag()
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "/plain [] [] None",
            "/outer/plain [STAFF] [outer] None",
            r#"/outer/own [STAFF & OWNER] [outer own] Some("own")"#,
            r#"/outer/inner/plain [STAFF & EDITOR|WRITER] [outer inner] Some("inner")"#,
            r#"/outer/inner/own [STAFF & EDITOR|WRITER & OWNER] [outer inner own] Some("own")"#,
        ]
    );
    let protected: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| route.is_protected())
        .collect();
    assert_eq!(protected, [false, true, true, true, true]);
}

fn mistakes(app: App) -> Vec<String> {
    let mistakes = app.check().unwrap_err().to_string();
    mistakes.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn without_an_authorizer_a_group_that_asks_is_closed() {
    let app = App::new().group(Group::new(routes![plain, public]).scopes(["a"]));
    let told = mistakes(app.clone());
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].contains("GET /plain") && told[0].contains("no `App::authorizer`"));
    assert!(told[1].contains("GET /public") && told[1].contains("in a group"));
    // Called as a service, without a look at its mistakes.
    for path in ["/plain", "/public"] {
        let request = povery::http::Request::get(path).body(povery::Body::empty());
        let answer = tower::ServiceExt::oneshot(app.clone(), request.unwrap()).await;
        assert_eq!(answer.unwrap().status(), 403, "{path}");
    }
}

#[tokio::test]
async fn a_public_route_in_a_group_that_asks_is_a_mistake_and_closed() {
    for group in [
        Group::new(routes![public]).roles(["ADMIN"]),
        Group::new(routes![public]).scopes(["a"]),
        Group::new(routes![])
            .roles(["ADMIN"])
            .group(Group::new(routes![public])),
    ] {
        let app = App::new().group(group).authorizer(Authorizer::gateway());
        assert!(!app.route_table()[0].is_public());
        let told = mistakes(app.clone());
        assert_eq!(told.len(), 1, "{told:#?}");
        assert!(
            told[0].contains("GET /public") && told[0].contains("take it out"),
            "{told:?}"
        );
        let request = povery::http::Request::get("/public").body(povery::Body::empty());
        let answer = tower::ServiceExt::oneshot(app, request.unwrap()).await;
        assert_eq!(answer.unwrap().status(), 401);
    }
    let open = Group::new(routes![public])
        .tag("open")
        .layer(crate::mark("layer"));
    let app = App::new().group(open).authorizer(Authorizer::gateway());
    let answer = TestClient::new(app).get("/public").send().await;
    assert_eq!(answer.text(), "public");
}

#[test]
fn names_that_are_none_are_told_with_their_place() {
    let nothing: [&str; 0] = [];
    let group = Group::new(routes![plain])
        .roles(nothing)
        .scopes(["a", " b"])
        .group(Group::new(routes![own]).tag(" ").roles([""]));
    let told = mistakes(App::new().group(group).authorizer(Authorizer::gateway()));
    assert_eq!(told.len(), 4, "{told:#?}");
    for (sentence, words) in
        told.iter()
            .zip(["names no role", "neither empty", "a tag", "neither empty"])
    {
        assert!(
            sentence.contains(words) && sentence.contains("groups.rs:"),
            "{sentence}"
        );
    }
}

#[test]
fn routes_that_conflict_are_told_across_groups() {
    let app = App::new()
        .routes(routes!["/a" => ROUTES])
        .group(Group::new(routes!["/a" => ROUTES]));
    let told = mistakes(app);
    assert_eq!(
        told.iter().filter(|told| told.contains("/a/plain")).count(),
        1,
        "{told:#?}"
    );
}

#[test]
fn debug_shows_the_routes() {
    let group = Group::new(routes![plain]).group(Group::new(routes![own]));
    let text = format!("{group:?}");
    assert!(
        text.contains("GET /plain") && text.contains("GET /own"),
        "{text}"
    );
}
