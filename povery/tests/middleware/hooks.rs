//! Hooks before and after requests.

use std::time::Duration;

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Authorizer, Body, Deadline, HeaderValue, MatchedRequest, Response, http};
use tower_http::timeout::TimeoutLayer;

use crate::{mark, note, noted};

#[povery::route(GET, "/users/<id>")]
async fn user(id: u8) -> String {
    note("handler");
    id.to_string()
}

#[povery::route(GET, "/fails", public)]
async fn fails() -> Result<(), PoveryError> {
    Err(PoveryError::conflict("Taken"))
}

#[povery::route(GET, "/panics", public)]
async fn panics() {
    panic!("a secret");
}

#[povery::route(GET, "/hangs", public)]
async fn hangs() {
    std::future::pending().await
}

fn app() -> App {
    App::new()
        .routes(povery::routes![user, fails, panics, hangs])
        .authorizer(Authorizer::gateway())
}

/// Notes the request, and that its future has run.
fn before(name: &'static str) -> impl Fn(&MatchedRequest) -> Noted + Clone + Send + Sync + 'static {
    move |request| {
        note(format!("{name} {}", request.route().path()));
        Box::pin(async move { note(format!("{name} done")) })
    }
}

fn after(
    name: &'static str,
) -> impl Fn(&MatchedRequest, &mut Response) -> Noted + Clone + Send + Sync + 'static {
    move |request, response| {
        note(format!(
            "{name} {} {}",
            request.route().path(),
            response.status().as_u16()
        ));
        Box::pin(async move { note(format!("{name} done")) })
    }
}

type Noted = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

#[tokio::test]
async fn they_stand_around_the_layers_of_the_route() {
    let app = app()
        .before(before("b1"))
        .after(after("a1"))
        .before(before("b2"))
        .after(after("a2"))
        .layer(mark("app"))
        .route_layer(mark("route"));
    let client = TestClient::new(app);
    let answer = client.get("/users/7").user("u", ["A"]).send().await;
    assert_eq!(answer.text(), "7");
    assert_eq!(
        noted(),
        [
            "+app",
            "b1 /users/<id>",
            "b1 done",
            "b2 /users/<id>",
            "b2 done",
            "+route",
            "handler",
            "-route",
            "a2 /users/<id> 200",
            "a2 done",
            "a1 /users/<id> 200",
            "a1 done",
            "-app",
        ]
    );
    for (request, status) in [
        (client.get("/nowhere"), 404),
        (client.post("/fails"), 405),
        (client.options("/fails"), 204),
        (client.get("/users/7"), 401),
    ] {
        assert_eq!(request.send().await.status(), status);
        assert_eq!(noted(), ["+app", "-app"], "{status}");
    }
}

#[tokio::test]
async fn they_are_told_of_the_request() {
    let told = |request: &MatchedRequest| {
        let user = request.user().map(|user| user.id().to_owned());
        format!(
            "{} {} {:?} {:?} {} {:?} {}",
            request.method(),
            request.uri(),
            request.route().name(),
            request.headers().get("x-a").map(HeaderValue::as_bytes),
            request.id().as_str(),
            user,
            request.deadline().instant().is_some(),
        )
    };
    let app = app()
        .before(move |request: &MatchedRequest| {
            note(told(request));
            async {}
        })
        .after(move |request: &MatchedRequest, response: &mut Response| {
            let same = told(request);
            assert!(request.elapsed() < Duration::from_secs(60));
            note(same);
            response
                .headers_mut()
                .insert("x-after", HeaderValue::from_static("1"));
            async {}
        });
    let request = TestClient::new(app).head("/users/7?a=1").header("x-a", "b");
    let request = request
        .user("u-1", ["A"])
        .request_id("r-1")
        .deadline(Deadline::after(Duration::from_secs(60)));
    let answer = request.send().await;
    assert_eq!(
        (answer.header("x-after"), answer.header("content-length")),
        (Some("1"), Some("1"))
    );
    let told = r#"HEAD /users/7?a=1 "user" Some([98]) r-1 Some("u-1") true"#;
    assert_eq!(noted(), [told, "handler", told]);
}

#[derive(Debug, thiserror::Error, HttpError)]
enum Refusal {
    #[error("Not on Sundays")]
    #[http(403, code = "SUNDAY")]
    Sunday,
}

#[tokio::test]
async fn one_before_may_refuse() {
    let app = app()
        .before(before("b1"))
        .before(|request: &MatchedRequest| {
            let refuses = request.headers().contains_key("x-sunday");
            async move {
                match refuses {
                    true => Err(Refusal::Sunday),
                    false => Ok(()),
                }
            }
        })
        .before(before("b3"))
        .after(after("a"))
        .route_layer(mark("route"));
    let client = TestClient::new(app);
    let request = client
        .get("/users/7")
        .header("x-sunday", "1")
        .user("u", ["A"]);
    assert_eq!(request.send().await.error().code, "SUNDAY");
    let refused = ["b1 /users/<id>", "b1 done", "a /users/<id> 403", "a done"];
    assert_eq!(noted(), refused);
    let request = client.get("/users/7").user("u", ["A"]);
    assert_eq!(request.send().await.text(), "7");
}

#[tokio::test]
async fn one_before_that_panics_refuses_too() {
    for early in [true, false] {
        let app = app().after(after("a")).before(move |_: &MatchedRequest| {
            if early {
                panic!("a secret");
            }
            async move {
                if !early {
                    panic!("a secret");
                }
            }
        });
        let answer = TestClient::new(app).get("/fails").send().await;
        assert_eq!(answer.error().code, "INTERNAL");
        assert_eq!(noted(), ["a /fails 500", "a done"]);
    }
}

/// A deadline on tokio's clock, which a test can stop.
fn in_a_second() -> Deadline {
    (tokio::time::Instant::now() + Duration::from_secs(1))
        .into_std()
        .into()
}

#[tokio::test(start_paused = true)]
async fn those_after_run_whatever_became_of_the_request() {
    async fn broken(_: http::Request<Body>, _: Next) -> Response {
        panic!("a secret");
    }
    async fn hanging(request: http::Request<Body>, next: Next) -> Response {
        next.run(request).await;
        std::future::pending().await
    }
    let app = app().after(after("a"));
    let dropping =
        TimeoutLayer::with_status_code(StatusCode::IM_A_TEAPOT, Duration::from_millis(50));
    for (app, path, seen, status) in [
        (app.clone(), "/fails", 409, 409),
        (app.clone(), "/panics", 500, 500),
        (app.clone(), "/hangs", 504, 504),
        (app.clone().layer(mark("app")), "/hangs", 504, 504),
        (app.clone().route_layer(mark("route")), "/hangs", 504, 504),
        (
            app.clone().route_layer(middleware::from_fn(broken)),
            "/fails",
            500,
            500,
        ),
        (
            app.clone().route_layer(middleware::from_fn(hanging)),
            "/fails",
            504,
            504,
        ),
        (app.clone().route_layer(dropping), "/hangs", 418, 418),
        // A layer of the application, too, that has dropped all of it.
        (app.clone().layer(dropping), "/hangs", 418, 418),
        (
            app.clone().layer(middleware::from_fn(hanging)),
            "/fails",
            409,
            504,
        ),
    ] {
        let client = TestClient::new(app);
        let answer = client.get(path).deadline(in_a_second()).send().await;
        assert_eq!(answer.status(), status, "{path}");
        let mut log = noted();
        log.retain(|note| !note.starts_with(['+', '-']));
        assert_eq!(log, [format!("a {path} {seen}"), "a done".to_owned()]);
    }
}

#[tokio::test(start_paused = true)]
async fn one_after_that_fails_panics_or_hangs_changes_nothing() {
    let app = app()
        .after(after("first"))
        .after(|_: &MatchedRequest, _: &mut Response| async { Err::<(), _>("a secret") })
        .after(|_: &MatchedRequest, _: &mut Response| async {
            if true {
                panic!("a secret");
            }
        })
        .after(|_: &MatchedRequest, _: &mut Response| std::future::pending::<()>());
    let client = TestClient::new(app);
    for path in ["/fails", "/hangs"] {
        let start = tokio::time::Instant::now();
        let answer = client.get(path).deadline(in_a_second()).send().await;
        assert_eq!(answer.status(), if path == "/fails" { 409 } else { 504 });
        assert!(
            start.elapsed() <= Duration::from_millis(926),
            "{:?}",
            start.elapsed()
        );
        // Begun, though there is no time for it.
        assert_eq!(noted().len(), 2);
    }
}

/// A layer that drops the request in the midst of them, or runs it on.
#[tokio::test]
async fn each_runs_once_whatever_a_layer_does() {
    let stuck = |request: &MatchedRequest, response: &mut Response| -> Noted {
        drop(after("stuck")(request, response));
        Box::pin(std::future::pending())
    };
    let app = || {
        let app = app().after(after("a1")).after(stuck);
        app.layer(tower::timeout::TimeoutLayer::new(Duration::from_millis(50)))
    };
    let answer = TestClient::new(app()).get("/fails").send().await;
    assert_eq!(answer.status(), 504);
    assert_eq!(noted(), ["stuck /fails 409", "a1 /fails 504", "a1 done"]);

    let detached = middleware::from_fn(|request: http::Request<Body>, next: Next| async move {
        let work = tokio::spawn(async move { next.run(request).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(work);
        StatusCode::ACCEPTED
    });
    let slow = |_: &MatchedRequest| async { tokio::time::sleep(Duration::from_millis(60)).await };
    let app = super::hooks::app()
        .before(slow)
        .after(after("a"))
        .layer(detached);
    let answer = TestClient::new(app).get("/fails").send().await;
    assert_eq!(answer.status(), 202);
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(noted(), ["a /fails 202", "a done"]);
}
