//! What every request has: `RequestId`, `Method` and `Uri` as arguments.

use http::{Method, Uri};

use super::{FromRequest, Rejection};
use crate::request::{Request, RequestId};

/// The id under which the request is logged.
impl FromRequest for RequestId {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.id().clone())
    }
}

/// The method: HEAD, too, where a GET route answers it.
impl FromRequest for Method {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.method().clone())
    }
}

/// The target as it was sent.
impl FromRequest for Uri {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.uri().clone())
    }
}
