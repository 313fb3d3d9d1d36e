//! Documented, public, and not one warning from generated code.
#![deny(
    warnings,
    missing_docs,
    missing_copy_implementations,
    missing_debug_implementations,
    nonstandard_style,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unreachable_pub,
    unused,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use povery::{HttpError, Json, Pool, State};

/// An error.
#[derive(Debug, thiserror::Error, HttpError)]
pub enum UserError {
    /// There is none.
    #[error("none")]
    #[http(404)]
    None,
    /// The database.
    #[error("failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

/// A user.
#[povery::route(GET, "/users/<id>?<limit>")]
pub async fn get_user(
    #[validate(range(min = 1, message = "positive"))] id: u32,
    #[validate(length(max = 3, code = "long"))] limit: Option<String>,
    state: State<u8>,
    pool: Pool,
) -> Result<Json<u32>, UserError> {
    let row = sqlx::query_scalar("SELECT 1").fetch_optional(&pool).await?;
    let _: (Option<String>, Option<i32>) = (limit, row);
    if *state == 0 {
        Err(UserError::None)
    } else {
        Ok(Json(id))
    }
}

mod inner {
    #[povery::route(GET, "/inner")]
    async fn inner() {}

    pub(crate) const ROUTES: povery::RouteTable = povery::routes![inner];
}

#[test]
fn holds() {
    let app = povery::App::new().routes(povery::routes![get_user, "/v1" => inner::ROUTES]);
    assert_eq!(app.route_table().len(), 2);
}
