//! Users in memory: the data, the types and the rules that every peer shares, so that only the way from
//! event to handler and from answer to response differs.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

/// The id of the first user; the others count up from it.
const FIRST: u128 = 0x3f2b_7a10_9c4d_4e6f_8a1b_0000_0000_0001;
/// When they were all created.
const CREATED: &str = "2026-02-01T10:00:00.000000Z";

/// A user.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// The id.
    pub id: Uuid,
    /// The name.
    pub name: String,
    /// The email address.
    pub email: String,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub updated_at: String,
}

/// What a user is created from.
#[derive(Debug, Deserialize, Validate)]
pub struct CreateUser {
    /// 2 to 50 characters.
    #[validate(length(min = 2, max = 50))]
    pub name: String,
    /// An address of at most 100 characters.
    #[validate(email, length(max = 100))]
    pub email: String,
}

/// One user.
#[derive(Debug, Serialize)]
pub struct UserEnvelope {
    /// The user.
    pub user: &'static User,
}

/// All users.
#[derive(Debug, Serialize)]
pub struct UserPage {
    /// The users.
    pub users: &'static [User],
    /// Always `null`: there is no other page.
    pub next: Option<Uuid>,
}

/// A user that was just created.
#[derive(Debug, Serialize)]
pub struct Created {
    /// A sentence for people.
    pub message: &'static str,
    /// The user.
    pub user: User,
}

impl Created {
    /// The path of the user.
    pub fn location(&self) -> String {
        format!("/users/{}", self.user.id)
    }
}

static USERS: LazyLock<Vec<User>> = LazyLock::new(|| {
    let user = |index: u128| User {
        id: Uuid::from_u128(FIRST + index),
        name: format!("Ada Lovelace {index}"),
        email: format!("ada.lovelace.{index}@example.com"),
        created_at: CREATED.to_owned(),
        updated_at: CREATED.to_owned(),
    };
    (0..100).map(user).collect()
});

static BY_ID: LazyLock<HashMap<Uuid, &'static User>> =
    LazyLock::new(|| USERS.iter().map(|user| (user.id, user)).collect());

/// The hundred users.
pub fn list() -> UserPage {
    UserPage {
        users: &USERS,
        next: None,
    }
}

/// The user of that id.
pub fn find(id: Uuid) -> Option<UserEnvelope> {
    BY_ID.get(&id).map(|&user| UserEnvelope { user })
}

/// What creating a user answers. Nothing is kept, so that a run of any length finds the same memory; the
/// id is always the same, so that answers can be compared.
pub fn create(new: CreateUser) -> Created {
    Created {
        message: "User created successfully",
        user: User {
            id: Uuid::from_u128(FIRST + 100),
            name: new.name,
            email: new.email,
            created_at: CREATED.to_owned(),
            updated_at: CREATED.to_owned(),
        },
    }
}
