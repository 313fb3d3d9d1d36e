//! `Pool` as an argument.

use super::{FromRequest, Rejection, Stage};
use crate::db::Pool;
use crate::request::Request;

impl FromRequest for Pool {
    const STAGE: Stage = Stage::Resource;
    const DATABASE: bool = true;

    /// Opens no connection: the first statement does.
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.pool.for_invocation(request.deadline().instant()))
    }
}
