//! Database errors: the constraint's variant, else the answer of the SQLSTATE.

use std::borrow::Cow;
use std::error::Error;

use povery::RouteTable;
use povery::prelude::*;
use sqlx::error::{DatabaseError, ErrorKind};

use crate::get;

const ROUTES: RouteTable = povery::routes![create, plain];

/// What a server says.
#[derive(Debug, thiserror::Error)]
#[error("a secret")]
struct Said {
    code: String,
    constraint: String,
}

impl DatabaseError for Said {
    fn message(&self) -> &str {
        "a secret"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.as_str().into())
    }

    fn constraint(&self) -> Option<&str> {
        Some(&self.constraint)
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

#[derive(Debug, thiserror::Error, HttpError)]
enum UserError {
    #[error("Email is already in use")]
    #[http(409, code = "EMAIL_TAKEN", constraint = "users_email_key")]
    EmailTaken,
    #[error("There is no such team")]
    #[http(404, constraint = "users_team_fkey")]
    NoTeam(#[source] sqlx::Error),
    #[error("Failed to create user")]
    #[http(database)]
    Database { source: sqlx::Error },
}

fn fail(code: String, constraint: String) -> Result<(), sqlx::Error> {
    Err(sqlx::Error::Database(Box::new(Said { code, constraint })))
}

#[povery::route(GET, "/users/<code>/<constraint>")]
async fn create(code: String, constraint: String) -> Result<(), UserError> {
    Ok(fail(code, constraint)?)
}

#[povery::route(GET, "/plain/<code>/<constraint>")]
async fn plain(code: String, constraint: String) -> Result<(), PoveryError> {
    Ok(fail(code, constraint)?)
}

#[tokio::test]
async fn a_constraint_has_its_variant_and_the_rest_that_of_the_sqlstate() {
    let cases = [
        (
            "/users/23505/users_email_key",
            409,
            "Email is already in use",
            "EMAIL_TAKEN",
        ),
        (
            "/users/23503/users_team_fkey",
            404,
            "There is no such team",
            "NOT_FOUND",
        ),
        (
            "/users/23505/users_pkey",
            409,
            "Failed to create user",
            "CONFLICT",
        ),
        (
            "/users/23514/users_name_check",
            422,
            "Failed to create user",
            "UNPROCESSABLE",
        ),
        ("/users/57014/x", 504, "Failed to create user", "TIMEOUT"),
        ("/users/42P01/x", 500, "Failed to create user", "INTERNAL"),
        ("/plain/23505/users_email_key", 409, "Conflict", "CONFLICT"),
        (
            "/plain/53300/x",
            503,
            "Service Unavailable",
            "SERVICE_UNAVAILABLE",
        ),
        ("/plain/XX000/x", 500, "Internal Server Error", "INTERNAL"),
    ];
    for (path, status, message, code) in cases {
        let (found, _, body) = get(ROUTES, path).await;
        let expected =
            format!(r#"{{"errorMessage":"{message}","errorCode":"{code}","requestId":"r-1"}}"#);
        assert_eq!((found, body), (status, expected), "{path}");
    }
}
