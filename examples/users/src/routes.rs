//! The routes.

use povery::prelude::*;
use uuid::Uuid;

use crate::error::{CreateError, FetchError};
use crate::model::{CreateUser, Created, User, UserEnvelope, UserPage};

const LARGEST_PAGE: u32 = 100;

/// A page of users, newest first.
///
/// `after` is the last id of the page before.
#[povery::route(GET, "/users?<limit>&<after>")]
pub async fn list_users(
    #[validate(range(min = 1, max = 100))] limit: Option<u32>,
    after: Option<Uuid>,
    pool: Pool,
) -> Result<Json<UserPage>, FetchError> {
    let limit = limit.unwrap_or(LARGEST_PAGE);
    let mut db = pool.acquire().await?;
    // The row before the page, if one is asked for, and the page with one row more, which tells
    // whether another page follows.
    let before: Option<(chrono::NaiveDateTime, Uuid)> = match after {
        None => None,
        Some(id) => {
            let row = sqlx::query_as("SELECT created_at, id FROM users WHERE id = $1").bind(id);
            Some(
                row.fetch_optional(&mut db)
                    .await?
                    .ok_or_else(FetchError::unknown_after)?,
            )
        }
    };
    let (created_at, id) = before.unzip();
    let mut users: Vec<User> = sqlx::query_as(
        "SELECT id, name, email, created_at, updated_at FROM users \
         WHERE $1 IS NULL OR (created_at, id) < ($1, $2) \
         ORDER BY created_at DESC, id DESC LIMIT $3",
    )
    .bind(created_at)
    .bind(id)
    .bind(i64::from(limit) + 1)
    .fetch_all(&mut db)
    .await?;
    let more = users.len() > limit as usize;
    users.truncate(limit as usize);
    let next = users.last().filter(|_| more).map(User::id);
    Ok(Json(UserPage { users, next }))
}

/// One user.
#[povery::route(GET, "/users/<id>")]
pub async fn get_user(id: Uuid, pool: Pool) -> Result<Json<UserEnvelope>, FetchError> {
    let user =
        sqlx::query_as("SELECT id, name, email, created_at, updated_at FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(&pool)
            .await?;
    user.map(|user| Json(UserEnvelope { user }))
        .ok_or(FetchError::NotFound)
}

/// Creates a user.
#[povery::route(POST, "/users", status = 201)]
pub async fn create_user(
    Json(new): Json<CreateUser>,
    mut tx: Tx,
) -> Result<(Location, Json<Created>), CreateError> {
    let user: User = sqlx::query_as(
        "INSERT INTO users (id, name, email, created_at, updated_at) \
         SELECT gen_random_uuid(), $1, $2, now, now FROM (SELECT now() AT TIME ZONE 'utc' AS now) AS clock \
         RETURNING id, name, email, created_at, updated_at",
    )
    .bind(new.name)
    .bind(new.email)
    .fetch_one(&mut tx)
    .await?;
    let location = Location::new(format!("/users/{}", user.id()));
    Ok((
        location,
        Json(Created {
            message: "User created successfully",
            user,
        }),
    ))
}
