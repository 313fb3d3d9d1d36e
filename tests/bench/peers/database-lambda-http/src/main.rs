//! One user from PostgreSQL, on `lambda_http`, as the READMEs of the four show: configuration and secret are loaded
//! and the pool connects before the first invocation is asked for.

use std::env;

use aws_config::BehaviorVersion;
use lambda_http::http::StatusCode;
use lambda_http::{Body, Error, Request, Response, run, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use uuid::Uuid;

#[derive(Deserialize)]
struct Secret {
    username: String,
    password: String,
    host: String,
    port: u16,
    dbname: String,
}

#[derive(Debug, Serialize, sqlx::FromRow)]
struct User {
    id: Uuid,
    name: String,
    email: String,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    let pool = connect().await?;
    run(service_fn(|event: Request| function_handler(&pool, event))).await
}

async fn connect() -> Result<PgPool, Error> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = aws_sdk_secretsmanager::Client::new(&config);
    let answer = client
        .get_secret_value()
        .secret_id(env::var("DB_SECRET_ID")?)
        .send()
        .await?;
    let secret: Secret = serde_json::from_str(answer.secret_string().unwrap_or_default())?;
    let options = PgConnectOptions::new()
        .host(&secret.host)
        .port(secret.port)
        .username(&secret.username)
        .password(&secret.password)
        .database(&secret.dbname)
        .ssl_mode(PgSslMode::VerifyFull)
        .ssl_root_cert(env::var("DB_SSL_CA")?);
    let pool = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    Ok(pool)
}

async fn function_handler(pool: &PgPool, event: Request) -> Result<Response<Body>, Error> {
    let Some(id) = event.uri().path().strip_prefix("/users/") else {
        return answer(
            StatusCode::NOT_FOUND,
            &json!({ "message": "Nothing is found at this path" }),
        );
    };
    let Ok(id) = id.parse::<Uuid>() else {
        return answer(
            StatusCode::BAD_REQUEST,
            &json!({ "message": "The id is no UUID" }),
        );
    };
    let user: Option<User> = sqlx::query_as("SELECT id, name, email FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(pool)
        .await?;
    match user {
        Some(user) => answer(StatusCode::OK, &user),
        None => answer(
            StatusCode::NOT_FOUND,
            &json!({ "message": "User not found" }),
        ),
    }
}

fn answer(status: StatusCode, value: &impl Serialize) -> Result<Response<Body>, Error> {
    let response = Response::builder()
        .status(status)
        .header("Content-Type", "application/json")
        .body(serde_json::to_string(value)?.into())?;
    Ok(response)
}
