//! The users on `lambda_http`: one function that matches method and path by hand.

use bench_users::CreateUser;
use lambda_http::http::{Method, Response, StatusCode};
use lambda_http::{Body, Error, Request, RequestPayloadExt};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;
use validator::Validate;

/// Answers a request.
///
/// # Errors
/// If a response cannot be built.
pub async fn function_handler(event: Request) -> Result<Response<Body>, Error> {
    let path = event.uri().path();
    match (event.method(), path) {
        (&Method::GET, "/users") => answer(StatusCode::OK, &bench_users::list()),
        (&Method::POST, "/users") => create_user(&event),
        (&Method::GET, _) => match path.strip_prefix("/users/") {
            Some(id) => get_user(id),
            None => refuse(StatusCode::NOT_FOUND, "Not found"),
        },
        _ => refuse(StatusCode::NOT_FOUND, "Not found"),
    }
}

fn get_user(id: &str) -> Result<Response<Body>, Error> {
    let Ok(id) = id.parse::<Uuid>() else {
        return refuse(StatusCode::BAD_REQUEST, "The id is no UUID");
    };
    match bench_users::find(id) {
        Some(user) => answer(StatusCode::OK, &user),
        None => refuse(StatusCode::NOT_FOUND, "User not found"),
    }
}

fn create_user(event: &Request) -> Result<Response<Body>, Error> {
    let new = match event.payload::<CreateUser>() {
        Ok(Some(new)) => new,
        Ok(None) => return refuse(StatusCode::BAD_REQUEST, "There is no body"),
        Err(error) => return refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    };
    if let Err(errors) = new.validate() {
        return refuse(StatusCode::BAD_REQUEST, &errors.to_string());
    }
    let created = bench_users::create(new);
    let response = Response::builder()
        .status(StatusCode::CREATED)
        .header("Content-Type", "application/json")
        .header("Location", created.location())
        .body(serde_json::to_string(&created)?.into())?;
    Ok(response)
}

fn answer(status: StatusCode, value: &impl Serialize) -> Result<Response<Body>, Error> {
    let response = Response::builder()
        .status(status)
        .header("Content-Type", "application/json")
        .body(serde_json::to_string(value)?.into())?;
    Ok(response)
}

fn refuse(status: StatusCode, message: &str) -> Result<Response<Body>, Error> {
    answer(status, &json!({ "message": message }))
}
