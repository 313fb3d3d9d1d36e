//! Database errors: the constraint's variant, else the answer of the SQLSTATE.

use std::borrow::Cow;
use std::error::Error;

use povery::RouteTable;
use povery::prelude::*;
use sqlx::error::{DatabaseError, ErrorKind};

use crate::get;

const ROUTES: RouteTable = povery::routes![create, plain, owned];

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

#[derive(Debug, thiserror::Error, HttpError)]
enum DocumentError {
    #[error("A trigger says no")]
    #[http(400, code = "REFUSED", sqlstate = "P0001")]
    Refused(#[source] sqlx::Error),
    #[error("Too complex")]
    #[http(413, sqlstate = "54")]
    TooComplex,
    #[error("Not yours")]
    #[http(403, sqlstate = "42501")]
    NotYours,
    #[error("Name is taken")]
    #[http(409, code = "NAME_TAKEN", constraint = "documents_name_key")]
    NameTaken,
    #[error("Something of the class")]
    #[http(422, sqlstate = "P0")]
    OfTheClass,
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

#[povery::route(GET, "/owned/<code>/<constraint>")]
async fn owned(code: String, constraint: String) -> Result<(), DocumentError> {
    Ok(fail(code, constraint)?)
}

#[tokio::test]
async fn a_sqlstate_has_its_variant_after_a_constraint_and_before_its_class() {
    let cases = [
        ("/owned/P0001/x", 400, "A trigger says no", "REFUSED"),
        (
            "/owned/P0002/x",
            422,
            "Something of the class",
            "UNPROCESSABLE",
        ),
        (
            "/owned/P0001/documents_name_key",
            409,
            "Name is taken",
            "NAME_TAKEN",
        ),
        ("/owned/42501/x", 403, "Not yours", "FORBIDDEN"),
        ("/owned/54001/x", 413, "Too complex", "PAYLOAD_TOO_LARGE"),
        ("/owned/42P01/x", 500, "Failed", "INTERNAL"),
        ("/owned/23505/x", 409, "Failed", "CONFLICT"),
    ];
    for (path, status, message, code) in cases {
        let (found, _, body) = get(ROUTES, path).await;
        let expected =
            format!(r#"{{"errorMessage":"{message}","errorCode":"{code}","requestId":"r-1"}}"#);
        assert_eq!((found, body), (status, expected), "{path}");
    }
    // What the server has not said has no SQLSTATE.
    let error = DocumentError::from(sqlx::Error::PoolTimedOut).into_povery_error();
    assert_eq!(
        (error.status().as_u16(), error.to_string().as_str()),
        (503, "Failed")
    );
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
