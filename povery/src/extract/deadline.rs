//! `Deadline` as an argument.

use super::{FromRequest, Rejection, Stage};
use crate::request::{Deadline, Request};

impl FromRequest for Deadline {
    const STAGE: Stage = Stage::Resource;

    /// Whether the request may take as long as it likes.
    fn is_absent(request: &Request) -> bool {
        request.deadline() == Self::NONE
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.deadline())
    }
}
