//! The routes of the users application, without what they do.

use povery::prelude::*;
use uuid::Uuid;

#[derive(serde::Deserialize, Validate)]
struct CreateUser {
    #[validate(length(min = 2, max = 50))]
    name: String,
    #[validate(email)]
    email: String,
}

#[derive(Debug, thiserror::Error, HttpError)]
enum UserError {
    #[error("User not found")]
    #[http(404, code = "USER_NOT_FOUND")]
    NotFound,
    #[error("Email is already in use")]
    #[http(409, code = "EMAIL_TAKEN", constraint = "users_email_key")]
    EmailTaken,
    #[error("Failed to fetch users")]
    #[http(database)]
    Database(#[source] sqlx::Error),
    #[error(transparent)]
    #[http(transparent)]
    Povery(#[from] PoveryError),
}

/// A page of users, newest first.
#[povery::route(GET, "/users?<limit>&<after>")]
async fn list_users(
    #[validate(range(min = 1, max = 100))] limit: Option<u32>,
    after: Option<Uuid>,
    pool: Pool,
) -> Result<Json<Vec<Uuid>>, UserError> {
    let users = sqlx::query_scalar("SELECT id FROM users WHERE id > $1 LIMIT $2");
    let users = users.bind(after).bind(limit.map(i64::from));
    Ok(Json(users.fetch_all(&pool).await?))
}

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: Uuid, pool: Pool) -> Result<Json<Uuid>, UserError> {
    let user = sqlx::query_scalar("SELECT id FROM users WHERE id = $1").bind(id);
    user.fetch_optional(&pool)
        .await?
        .map(Json)
        .ok_or(UserError::NotFound)
}

#[povery::route(POST, "/users", status = 201)]
async fn create_user(
    Json(new): Json<CreateUser>,
    pool: Pool,
) -> Result<(Location, Json<Uuid>), UserError> {
    let id = sqlx::query_scalar("INSERT INTO users (name, email) VALUES ($1, $2) RETURNING id");
    let id: Uuid = id.bind(new.name).bind(new.email).fetch_one(&pool).await?;
    Ok((Location::new(format!("/users/{id}")), Json(id)))
}

#[test]
fn holds() {
    let app = App::new().routes(povery::routes![list_users, get_user, create_user]);
    let table = app.route_table();
    let names: Vec<_> = table.iter().map(|route| route.name()).collect();
    assert_eq!(names, ["list_users", "get_user", "create_user"]);
    assert_eq!(table[0].summary(), "A page of users, newest first.");
    let taken = UserError::EmailTaken.into_povery_error();
    assert_eq!(
        (taken.status().as_u16(), taken.code()),
        (409, "EMAIL_TAKEN")
    );
    let failed = UserError::from(sqlx::Error::PoolTimedOut).into_povery_error();
    assert_eq!(failed.status(), 503);
    let passed = UserError::Povery(PoveryError::not_found("gone")).into_povery_error();
    assert_eq!(passed.to_string(), "gone");
}
