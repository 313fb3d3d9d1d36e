//! Transactions where layers and hooks stand around the handler.

use std::convert::Infallible;
use std::time::Duration;

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, MatchedRequest, Response, http};
use tower::timeout::TimeoutLayer;

use super::credentials;

/// The answer has the status that is asked for, after that time.
#[povery::route(POST, "/numbers/<status>/<millis>")]
async fn insert(status: u16, millis: u64, mut tx: Tx) -> Result<StatusCode, PoveryError> {
    sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(&mut tx)
        .await?;
    tokio::time::sleep(Duration::from_millis(millis)).await;
    StatusCode::from_u16(status).map_err(PoveryError::internal)
}

#[povery::route(POST, "/panic")]
async fn panics(mut tx: Tx) -> Result<(), PoveryError> {
    sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(&mut tx)
        .await?;
    panic!("on the way")
}

struct Bench {
    app: App,
    watching: Pool,
}

async fn bench() -> Bench {
    let credentials = credentials().await;
    let (served, watching) = (Pool::new(credentials.clone(), 2), Pool::new(credentials, 1));
    let table = "CREATE TABLE numbers (n int)";
    sqlx::raw_sql(table).execute(&watching).await.unwrap();
    let app = App::new()
        .routes(povery::routes![insert, panics])
        .pool(served);
    Bench { app, watching }
}

/// What is stored, which is taken out, and how many transactions are open.
async fn state(watching: &Pool) -> (i64, i64) {
    let state = sqlx::query_as(
        "SELECT (SELECT count(*) FROM numbers), (SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL)",
    );
    let state = state.fetch_one(watching).await.unwrap();
    sqlx::query("DELETE FROM numbers")
        .execute(watching)
        .await
        .unwrap();
    state
}

async fn passed(request: http::Request<Body>, next: Next) -> Response {
    next.run(request).await
}

#[tokio::test]
async fn it_ends_by_what_the_handler_answers() {
    let Bench { app, watching } = bench().await;
    let answered = |status: StatusCode| {
        tower::util::MapResultLayer::new(move |answer: Result<Response, Infallible>| {
            answer.map(|mut response| {
                *response.status_mut() = status;
                response
            })
        })
    };
    let (fine, broken) = (StatusCode::OK, StatusCode::INTERNAL_SERVER_ERROR);
    let after = |_: &MatchedRequest, response: &mut Response| {
        *response.status_mut() = StatusCode::IM_A_TEAPOT;
        async {}
    };
    for (app, path, stored, status) in [
        (
            app.clone().route_layer(answered(broken)),
            "/numbers/201/0",
            1,
            500,
        ),
        (
            app.clone().route_layer(answered(fine)),
            "/numbers/409/0",
            0,
            200,
        ),
        (
            app.clone().layer(answered(broken)),
            "/numbers/201/0",
            1,
            500,
        ),
        (app.clone().layer(answered(fine)), "/numbers/409/0", 0, 200),
        (
            app.clone().route_layer(middleware::from_fn(passed)),
            "/panic",
            0,
            500,
        ),
        (
            app.clone().layer(middleware::from_fn(passed)),
            "/panic",
            0,
            500,
        ),
        (app.clone().after(after), "/panic", 0, 418),
        (app.clone().after(after), "/numbers/201/0", 1, 418),
    ] {
        let answer = TestClient::new(app).post(path).send().await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(state(&watching).await, (stored, 0), "{path} {status}");
    }
}

/// It has ended when a layer, or a hook, sees the answer.
#[tokio::test]
async fn layers_and_hooks_see_what_is_stored() {
    let Bench { app, watching } = bench().await;
    let looked = watching.clone();
    let look = middleware::from_fn(move |request: http::Request<Body>, next: Next| {
        let watching = looked.clone();
        async move {
            let response = next.run(request).await;
            assert_eq!(state(&watching).await, (1, 0));
            response
        }
    });
    for app in [
        app.clone().route_layer(look.clone()),
        app.clone().layer(look),
    ] {
        let answer = TestClient::new(app).post("/numbers/201/0").send().await;
        assert_eq!(answer.status(), 201);
    }
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let app = app.after(move |_: &MatchedRequest, _: &mut Response| {
        let (watching, sender) = (watching.clone(), sender.clone());
        async move { sender.send(state(&watching).await) }
    });
    TestClient::new(app).post("/numbers/201/0").send().await;
    assert_eq!(seen.recv().await, Some((1, 0)));
}

#[tokio::test]
async fn what_a_layer_drops_is_rolled_back_before_the_answer() {
    let Bench { app, watching } = bench().await;
    let timeout = TimeoutLayer::new(Duration::from_millis(300));
    for app in [
        app.clone().route_layer(timeout.clone()),
        app.clone().layer(timeout.clone()),
        app.after(|_: &MatchedRequest, _: &mut Response| async {})
            .layer(timeout),
    ] {
        let client = TestClient::new(app);
        let answer = client.post("/numbers/201/60000").send().await;
        assert_eq!(answer.status(), 504);
        assert_eq!(state(&watching).await, (0, 0));
        assert_eq!(client.post("/numbers/201/0").send().await.status(), 201);
        assert_eq!(state(&watching).await, (1, 0));
    }
}

/// Its commit takes half a second: a constraint that is looked at only then.
const SLOW_COMMIT: &str = "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS \
    'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'; \
    CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON numbers DEFERRABLE INITIALLY DEFERRED \
    FOR EACH ROW EXECUTE FUNCTION wait()";

#[tokio::test]
async fn a_commit_that_a_layer_cuts_off_is_told_as_unknown() {
    let Bench { app, watching } = bench().await;
    sqlx::raw_sql(SLOW_COMMIT).execute(&watching).await.unwrap();
    let timeout = TimeoutLayer::new(Duration::from_millis(200));
    for app in [
        app.clone().route_layer(timeout.clone()),
        app.clone().layer(timeout),
    ] {
        let answer = TestClient::new(app).post("/numbers/201/0").send().await;
        assert_eq!(answer.status(), 503);
        assert!(
            answer.text().contains("The outcome is unknown"),
            "{}",
            answer.text()
        );
    }
}

/// As those do who do not want a handler to be cancelled.
#[tokio::test]
async fn what_a_layer_runs_on_after_the_answer_stores_nothing() {
    let Bench { app, watching } = bench().await;
    let detached = middleware::from_fn(|request: http::Request<Body>, next: Next| async move {
        let work = tokio::spawn(async move { next.run(request).await });
        let answer = tokio::time::timeout(Duration::from_millis(200), work).await;
        let late = || PoveryError::timeout("too late");
        answer.map_err(|_| late())?.map_err(|_| late())
    });
    for app in [
        app.clone().route_layer(detached),
        app.clone().layer(detached),
    ] {
        let client = TestClient::new(app);
        assert_eq!(client.post("/numbers/201/600").send().await.status(), 504);
        assert_eq!(state(&watching).await, (0, 0));
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert_eq!(state(&watching).await, (0, 0), "after the answer");
        assert_eq!(client.post("/numbers/201/0").send().await.status(), 201);
        assert_eq!(state(&watching).await, (1, 0));
    }
}
