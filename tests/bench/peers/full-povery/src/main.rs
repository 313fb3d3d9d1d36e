//! The users on povery, with what a service in production has around them: scopes from the gateway's authorizer, CORS with
//! credentials, a line of the log for each request, and metrics in CloudWatch's embedded format.

use bench_users::{CreateUser, Created, UserEnvelope, UserPage};
use povery::prelude::*;
use povery::{Authorizer, Cors, Metrics};
use uuid::Uuid;

#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("User not found")]
    #[http(404, code = "USER_NOT_FOUND")]
    NotFound,
}

/// All users.
#[povery::route(GET, "/users", scopes("users:read"))]
async fn list_users() -> Json<UserPage> {
    Json(bench_users::list())
}

/// One user.
#[povery::route(GET, "/users/<id>", scopes("users:read"))]
async fn get_user(id: Uuid) -> Result<Json<UserEnvelope>, UserError> {
    bench_users::find(id).map(Json).ok_or(UserError::NotFound)
}

/// Creates a user.
#[povery::route(POST, "/users", status = 201, scopes("users:write"))]
async fn create_user(Json(new): Json<CreateUser>) -> (Location, Json<Created>) {
    let created = bench_users::create(new);
    (Location::new(created.location()), Json(created))
}

fn main() -> povery::Exit {
    App::new()
        .routes(povery::routes![list_users, get_user, create_user])
        .authorizer(Authorizer::gateway())
        .cors(Cors::origins(["https://console.example.com"]).credentials())
        .metrics(Metrics::new("users").by_route())
        .run()
}
