//! A function for the tests of the log and of metrics. `PROBE` has words that say what it has: `metrics`, `pool`, `events`.

use povery::middleware::{self, Next};
use povery::prelude::*;
use povery::{Body, HeaderMap, LambdaContext, Metrics, Redacted, Unit, Unvalidated, http};
use serde_json::Value;

/// The trace header of its invocation.
#[povery::route(GET, "/traces/<number>")]
async fn trace(number: u32, lambda: LambdaContext) -> String {
    tracing::info!(number, "at work");
    lambda.trace_id.unwrap_or_default()
}

/// Says and fails with whatever it is sent, in every way in which that is done by mistake.
#[povery::route(POST, "/careless?<query>")]
async fn careless(
    query: Option<String>,
    headers: HeaderMap,
    Unvalidated(Json(body)): Unvalidated<Json<Value>>,
) -> Result<(), PoveryError> {
    let text = body.to_string();
    tracing::info!(body = %text, escaped = ?text, "{text}");
    tracing::info!(?headers, query, "{headers:?}");
    tracing::info!(headers = %Redacted::headers(&headers), body = %Redacted::json(&body), "with care");
    tracing::info!(
        db_password = body["password"].as_str(),
        iban = "canary-iban",
        "by name"
    );
    let said = body["said"].as_str().unwrap_or_default().to_owned();
    let source = format!("{said}: {text}: {headers:?}");
    Err(PoveryError::internal("Nothing is well").with_source(std::io::Error::other(source)))
}

/// Has a secret in its path, and fails where that is long.
#[povery::route(GET, "/resets/<token>")]
async fn reset(token: String) -> Result<(), PoveryError> {
    match token.len() {
        ..10 => Ok(()),
        _ => Err(PoveryError::internal("It is long")),
    }
}

#[povery::route(GET, "/long/<rest..>")]
async fn long(rest: String) -> Result<(), PoveryError> {
    Err(PoveryError::internal(format!("{} bytes", rest.len())))
}

/// Makes something else of what has failed.
async fn mend(request: http::Request<Body>, next: Next) -> StatusCode {
    match next.run(request).await.status() {
        StatusCode::INTERNAL_SERVER_ERROR => StatusCode::ACCEPTED,
        status => status,
    }
}

#[povery::route(GET, "/mended", layers(middleware::from_fn(mend)))]
async fn mended() -> Result<(), PoveryError> {
    Err(PoveryError::internal("Not by itself"))
}

#[povery::route(GET, "/panic")]
async fn panic() {
    panic!("a login with password=canary: postgres://app:canary@db/shop");
}

#[povery::route(GET, "/error")]
async fn error() {
    tracing::warn!("a warning");
    tracing::error!("an error");
}

#[povery::route(POST, "/orders")]
async fn order() {
    povery::metric("Orders", 1.0, Unit::Count);
    povery::metric("Size", 12.0, Unit::Bytes);
    povery::metric("Size", 13.5, Unit::Bytes);
    povery::metric("Size", f64::NAN, Unit::Bytes);
    povery::metric("Latency", 1.0, Unit::Count);
}

#[povery::route(GET, "/stream")]
async fn stream() -> Body {
    let chunks = futures_util::stream::iter(["one", "two"]);
    Body::from_stream(futures_util::StreamExt::map(chunks, |chunk| {
        tracing::info!("a chunk");
        Ok::<_, std::io::Error>(chunk)
    }))
}

#[povery::route(GET, "/pool")]
async fn pool(pool: Pool) -> Result<Json<i32>, PoveryError> {
    let one = sqlx::query_scalar("SELECT 1").fetch_one(&pool);
    Ok(Json(one.await?))
}

#[povery::action]
async fn act(Unvalidated(Json(fails)): Unvalidated<Json<bool>>) -> Result<Json<bool>, PoveryError> {
    tracing::info!("acting");
    match fails {
        true => Err(PoveryError::internal("Not this time").with_source("token=canary")),
        false => Ok(Json(true)),
    }
}

#[povery::event(sqs, partial)]
async fn on_message(Unvalidated(Json(fails)): Unvalidated<Json<bool>>) -> Result<(), PoveryError> {
    tracing::info!("a message");
    match fails {
        true => Err(PoveryError::internal("Not this one")),
        false => Ok(()),
    }
}

fn main() -> povery::Exit {
    let routes = povery::routes![
        trace, careless, reset, long, mended, panic, error, order, stream
    ];
    let app = App::new().routes(routes).redact(["iban"]);
    let words = std::env::var("PROBE").unwrap_or_default();
    let app = match words.contains("pool") {
        true => app.routes(povery::routes![pool]),
        false => app,
    };
    let app = match words.contains("metrics") {
        true => app.metrics(Metrics::new("Probe").by_route()),
        false => app,
    };
    let app = match words.contains("events") {
        true => app
            .actions(povery::actions![act])
            .events(povery::events![on_message]),
        false => app,
    };
    app.run()
}
