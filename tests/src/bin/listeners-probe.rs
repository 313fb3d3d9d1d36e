//! A function with routes, actions and handlers of events. `PROBE=roles` gives it an action that asks for roles.

use std::time::Duration;

use povery::aws_lambda_events::sqs::SqsMessage;
use povery::prelude::*;
use povery::{Deadline, Record, RequestId, Unvalidated};
use serde_json::Value;
use tokio::sync::Barrier;

#[derive(serde::Deserialize, Validate)]
struct Numbers {
    #[validate(length(min = 1))]
    numbers: Vec<i64>,
}

#[derive(Debug, thiserror::Error, povery::HttpError)]
enum StoreError {
    #[error("Email is already in use")]
    #[http(409, code = "EMAIL_TAKEN", constraint = "users_email_key")]
    EmailTaken,
    #[error("The user was not stored")]
    #[http(database)]
    Database(#[source] sqlx::Error),
    #[error("Nobody is called so")]
    #[http(422)]
    Nobody,
}

/// What was sent to it.
#[povery::route(ANY, "/<_path..>")]
async fn echo(_path: String, Unvalidated(Json(body)): Unvalidated<Json<Value>>) -> Json<Value> {
    Json(body)
}

#[povery::action]
async fn sum(Json(numbers): Json<Numbers>) -> Json<i64> {
    Json(numbers.numbers.iter().sum())
}

/// What an attacker would like to call.
#[povery::action]
async fn wipe(id: RequestId) -> Json<String> {
    println!("wiped");
    Json(id.as_str().to_owned())
}

/// Not listed.
#[povery::action]
async fn hidden() {
    println!("wiped");
}

#[povery::action(roles("ADMIN"))]
async fn admin() {
    println!("wiped");
}

#[povery::action]
async fn wait(deadline: Deadline) {
    deadline.near(Duration::ZERO).await;
}

#[derive(serde::Deserialize, Validate)]
struct NewUser {
    #[validate(email)]
    email: String,
}

/// Stores a user, and fails afterwards where it is called `nobody`.
#[povery::event(sqs, queue = "users", partial, concurrency = 4)]
async fn on_user(Json(new): Json<NewUser>, mut tx: Tx) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO users (id, name, email, created_at, updated_at) \
         VALUES (gen_random_uuid(), 'Ada', $1, now(), now())",
    )
    .bind(&new.email)
    .execute(&mut tx)
    .await?;
    if new.email.starts_with("nobody") {
        return Err(StoreError::Nobody);
    }
    Ok(())
}

/// The same, one after the other, and as a whole.
#[povery::event(sqs, queue = "in-turn")]
async fn in_turn(new: Json<NewUser>, tx: Tx) -> Result<(), StoreError> {
    on_user(new, tx).await
}

/// How often a connection has been validated.
#[povery::action]
async fn validations(pool: Pool) -> Json<u64> {
    Json(pool.stats().validations)
}

/// Ends once four messages are in a transaction at once.
#[povery::event(sqs, queue = "meeting", concurrency = 4)]
async fn on_meeting(place: State<Barrier>, mut tx: Tx) -> Result<(), StoreError> {
    sqlx::query("SELECT 1").execute(&mut tx).await?;
    place.wait().await;
    Ok(())
}

/// Waits for the end of the invocation at the second message.
#[povery::event(sqs, queue = "slow", partial)]
async fn on_slow(Record(message): Record<SqsMessage>) {
    if message.message_id.as_deref() != Some("1") {
        std::future::pending::<()>().await;
    }
}

/// Whatever else comes.
#[povery::event(custom)]
async fn on_rest(Record(rest): Record) -> Json<Value> {
    Json(rest)
}

fn main() -> povery::Exit {
    let app = App::new()
        .routes(povery::routes![echo])
        .actions(povery::actions![sum, wipe, wait, validations])
        .events(povery::events![
            on_user, in_turn, on_meeting, on_slow, on_rest
        ])
        .state(Barrier::new(4));
    // Both are functions, and neither can be called from outside.
    let _ = (hidden::ACTION, admin::ACTION);
    if std::env::var("PROBE").is_ok_and(|probe| probe == "roles") {
        return app.actions(povery::actions![admin]).run();
    }
    app.run()
}
