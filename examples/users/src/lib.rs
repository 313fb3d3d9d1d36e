//! The reference application of povery: users in PostgreSQL.

pub mod error;
pub mod model;
pub mod routes;

use povery::App;
use sqlx::migrate::Migrator;

/// The schema, embedded.
pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The application.
pub fn app() -> App {
    App::new()
        .routes(povery::routes![
            routes::list_users,
            routes::get_user,
            routes::create_user
        ])
        .migrations(&MIGRATIONS)
}
