//! The users at the floor.

use bench_users::CreateUser;
use floor::{Event, Response};
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde::Serialize;
use uuid::Uuid;
use validator::Validate;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .without_time()
        .with_max_level(tracing::Level::WARN)
        .init();

    run(service_fn(handler)).await
}

async fn handler(event: LambdaEvent<Event>) -> Result<Response, Error> {
    let event = event.payload;
    match (event.method(), event.path()) {
        ("GET", "/users") => answer(200, &bench_users::list()),
        ("POST", "/users") => create_user(&event),
        ("GET", path) => match path.strip_prefix("/users/") {
            Some(id) => get_user(id),
            None => refuse(404, "Not found"),
        },
        _ => refuse(404, "Not found"),
    }
}

fn get_user(id: &str) -> Result<Response, Error> {
    let Ok(id) = id.parse::<Uuid>() else {
        return refuse(400, "The id is no UUID");
    };
    match bench_users::find(id) {
        Some(user) => answer(200, &user),
        None => refuse(404, "User not found"),
    }
}

fn create_user(event: &Event) -> Result<Response, Error> {
    let new: CreateUser = match serde_json::from_str(event.body.as_deref().unwrap_or_default()) {
        Ok(new) => new,
        Err(error) => return refuse(400, &error.to_string()),
    };
    if let Err(errors) = new.validate() {
        return refuse(400, &errors.to_string());
    }
    let created = bench_users::create(new);
    let mut response = answer(201, &created)?;
    response.headers.location = Some(created.location());
    Ok(response)
}

fn answer(status: u16, value: &impl Serialize) -> Result<Response, Error> {
    Ok(Response::json(status, serde_json::to_string(value)?))
}

fn refuse(status: u16, message: &str) -> Result<Response, Error> {
    answer(status, &serde_json::json!({ "message": message }))
}
