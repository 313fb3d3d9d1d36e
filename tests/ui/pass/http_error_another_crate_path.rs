mod framework {
    pub use ::povery as web;
}

use framework::web;

// Whoever writes `povery` here means something else.
mod povery {}

#[derive(Debug, thiserror::Error, web::HttpError)]
#[http(crate = web)]
enum UserError {
    #[error("User not found")]
    #[http(404)]
    NotFound(#[http(data)] u32),
    #[error("Failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
    #[error(transparent)]
    #[http(transparent)]
    Funds(#[from] NoFunds),
}

#[derive(Debug, thiserror::Error, web::HttpError)]
#[error("Not enough money")]
#[http(402, crate = crate::http_error_another_crate_path::framework::web)]
struct NoFunds;

#[test]
fn holds() {
    use web::HttpError;

    assert_eq!(UserError::NotFound(7).into_povery_error().status(), 404);
    assert_eq!(UserError::from(NoFunds).into_povery_error().status(), 402);
}
