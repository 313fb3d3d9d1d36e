//! The pool behind a route: one invocation after the other.

use bytes::Bytes;
use http_body_util::Full;
use povery::Response;
use povery::prelude::*;
use tower::ServiceExt;

use super::{backend, pool};

#[povery::route(GET, "/backend")]
async fn which(pool: Pool) -> Result<Json<i32>, PoveryError> {
    Ok(Json(
        sqlx::query_scalar("SELECT pg_backend_pid()")
            .fetch_one(&pool)
            .await?,
    ))
}

/// Terminates its own idle connection within the invocation, where nothing validates it again.
#[povery::route(GET, "/validated-once")]
async fn validated_once(pool: Pool, other: povery::State<Pool>) -> Result<Json<bool>, PoveryError> {
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&pool)
        .await?;
    sqlx::query("SELECT pg_terminate_backend($1, 5000)")
        .bind(pid)
        .execute(&*other)
        .await?;
    Ok(Json(sqlx::query("SELECT 1").execute(&pool).await.is_err()))
}

#[povery::route(GET, "/missing")]
async fn missing(pool: Pool) -> Result<(), PoveryError> {
    sqlx::query("SELECT * FROM no_such_table")
        .execute(&pool)
        .await?;
    Ok(())
}

#[povery::route(GET, "/faulty?<number>")]
async fn faulty(number: u8, pool: Pool) -> Result<Json<u8>, PoveryError> {
    backend(&pool).await;
    Ok(Json(number))
}

async fn get(app: &App, path: &str) -> (u16, String) {
    let request = http::Request::get(path)
        .body(Full::new(Bytes::new()))
        .unwrap();
    let response: Response = app.clone().oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().into_bytes(usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn a_connection_lost_between_invocations_fails_no_request() {
    let (served, other) = (pool(2).await, pool(1).await);
    let app = App::new().routes(povery::routes![which]).pool(served);
    let (status, first) = get(&app, "/backend").await;
    assert_eq!(status, 200);
    assert_eq!(
        get(&app, "/backend").await.1,
        first,
        "the connection is kept"
    );
    for _ in 0..5 {
        let (_, pid) = get(&app, "/backend").await;
        let pid: i32 = pid.parse().unwrap();
        sqlx::query("SELECT pg_terminate_backend($1, 5000)")
            .bind(pid)
            .execute(&other)
            .await
            .unwrap();
        let (status, next) = get(&app, "/backend").await;
        assert_eq!(status, 200, "{next}");
        assert_ne!(next, pid.to_string());
    }
}

#[tokio::test]
async fn a_connection_is_validated_once_in_an_invocation() {
    let app = App::new()
        .routes(povery::routes![validated_once])
        .pool(pool(1).await)
        .state(pool(1).await);
    assert_eq!(get(&app, "/validated-once").await, (200, "true".to_owned()));
    assert_eq!(
        get(&app, "/validated-once").await,
        (200, "true".to_owned()),
        "the next one validates it"
    );
}

#[tokio::test]
async fn an_error_of_ours_shows_nothing_of_the_statement() {
    let app = App::new()
        .routes(povery::routes![missing])
        .pool(pool(1).await);
    let (status, body) = get(&app, "/missing").await;
    assert_eq!(status, 500);
    assert!(!body.contains("no_such_table"), "{body}");
}

#[tokio::test]
async fn a_refused_request_opens_no_connection() {
    let closed = pool(1).await;
    closed.close().await;
    let app = App::new().routes(povery::routes![faulty]).pool(closed);
    assert_eq!(get(&app, "/faulty?number=x").await.0, 400);
}
