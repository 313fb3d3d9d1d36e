//! Users as the table has them and as the wire shows them.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// A user.
#[derive(Debug, FromRow, Serialize)]
pub struct User {
    id: Uuid,
    name: String,
    email: String,
    #[sqlx(try_from = "NaiveDateTime")]
    created_at: Time,
    #[sqlx(try_from = "NaiveDateTime")]
    updated_at: Time,
}

impl User {
    /// The id.
    pub fn id(&self) -> Uuid {
        self.id
    }
}

/// A time, which the table keeps in UTC without saying so and the wire shows as RFC 3339 with `Z`.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Time(DateTime<Utc>);

impl From<NaiveDateTime> for Time {
    fn from(utc: NaiveDateTime) -> Self {
        Self(utc.and_utc())
    }
}

/// What a user is created from.
#[derive(Debug, Deserialize, Validate)]
pub struct CreateUser {
    /// 2 to 50 characters.
    #[validate(length(min = 2, max = 50), custom(function = "no_nul"))]
    pub name: String,
    /// An address of at most 100 characters.
    #[validate(email, length(max = 100))]
    pub email: String,
}

/// PostgreSQL's text cannot hold U+0000.
fn no_nul(text: &str) -> Result<(), ValidationError> {
    if text.contains('\0') {
        return Err(ValidationError::new("no_nul")
            .with_message("must not contain the character U+0000".into()));
    }
    Ok(())
}

/// A page of users, newest first.
#[derive(Debug, Serialize)]
pub struct UserPage {
    /// The users.
    pub users: Vec<User>,
    /// What to pass as `after` for the next page; `null` on the last one.
    pub next: Option<Uuid>,
}

/// One user.
#[derive(Debug, Serialize)]
pub struct UserEnvelope {
    /// The user.
    pub user: User,
}

/// A user that was just created.
#[derive(Debug, Serialize)]
pub struct Created {
    /// A sentence for people.
    pub message: &'static str,
    /// The user.
    pub user: User,
}
