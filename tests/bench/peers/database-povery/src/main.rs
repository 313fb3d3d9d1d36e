//! One user from PostgreSQL, on povery.

use povery::prelude::*;
use serde::Serialize;
use uuid::Uuid;

#[derive(Debug, Serialize, sqlx::FromRow)]
struct User {
    id: Uuid,
    name: String,
    email: String,
}

#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("User not found")]
    #[http(404, code = "USER_NOT_FOUND")]
    NotFound,
    #[error("Failed to fetch users")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

/// One user.
#[povery::route(GET, "/users/<id>")]
async fn get_user(id: Uuid, pool: Pool) -> Result<Json<User>, UserError> {
    let user = sqlx::query_as("SELECT id, name, email FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(&pool)
        .await?;
    user.map(Json).ok_or(UserError::NotFound)
}

fn main() -> povery::Exit {
    App::new().routes(povery::routes![get_user]).run()
}
