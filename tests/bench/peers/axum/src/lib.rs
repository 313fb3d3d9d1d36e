//! The users on axum: what each of its programs serves.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use bench_users::{CreateUser, UserEnvelope, UserPage};
use serde_json::json;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

enum UserError {
    NotFound,
    Invalid(ValidationErrors),
}

impl From<ValidationErrors> for UserError {
    fn from(errors: ValidationErrors) -> Self {
        Self::Invalid(errors)
    }
}

impl IntoResponse for UserError {
    fn into_response(self) -> Response {
        let (status, message) = match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "User not found".to_owned()),
            Self::Invalid(errors) => (StatusCode::BAD_REQUEST, errors.to_string()),
        };
        (status, Json(json!({ "message": message }))).into_response()
    }
}

async fn list_users() -> Json<UserPage> {
    Json(bench_users::list())
}

async fn get_user(Path(id): Path<Uuid>) -> Result<Json<UserEnvelope>, UserError> {
    bench_users::find(id).map(Json).ok_or(UserError::NotFound)
}

async fn create_user(Json(new): Json<CreateUser>) -> Result<impl IntoResponse, UserError> {
    new.validate()?;
    let created = bench_users::create(new);
    let location = [(header::LOCATION, created.location())];
    Ok((StatusCode::CREATED, location, Json(created)))
}

/// The routes.
pub fn users() -> Router {
    Router::new()
        .route("/users", get(list_users).post(create_user))
        .route("/users/{id}", get(get_user))
}
