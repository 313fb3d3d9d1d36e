//! `User`: who calls.

use super::{FromRequest, Rejection};
use crate::auth::{User, refusal};
use crate::request::Request;
use crate::route::Caller;

impl FromRequest for User {
    const CALLER: Caller = Caller::Required;

    /// Whether nobody is named: on a `public` route alone.
    fn is_absent(request: &Request) -> bool {
        request.user.is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let user = request.user.clone();
        Ok(user.ok_or_else(refusal::unauthenticated)?)
    }
}
