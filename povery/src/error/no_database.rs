//! What the derive finds in place of a database, without the feature `postgres`: no type is a
//! database error then, and the compiler says why, once.

use super::PoveryError;

/// Stands in for the crate.
#[doc(hidden)]
pub mod sqlx {
    /// Of which there is none.
    #[derive(Debug)]
    pub enum Error {}
}

#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`#[http(database)]` wants the feature `postgres` of povery",
    label = "povery is built without a database"
)]
pub trait DatabaseError: Sized {
    fn from_sqlx(error: sqlx::Error) -> Self;

    fn answer(&self) -> PoveryError;
}

#[doc(hidden)]
pub fn violates(error: &sqlx::Error, _: &str) -> bool {
    match *error {}
}

#[doc(hidden)]
pub fn has_sqlstate(error: &sqlx::Error, _: &str) -> bool {
    match *error {}
}
