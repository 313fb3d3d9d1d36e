//! The body of a request: whole, within the limit, and as it was before it was encoded.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::coding;
use crate::error::{BoxError, PoveryError};
use crate::request::Headers;

/// Reads the body up to the limit, and decodes it up to the limit. One that announces more is refused
/// before anything is read. The headers then tell of what was decoded.
pub(super) async fn read<B>(
    headers: &mut Headers,
    body: B,
    limit: usize,
) -> Result<Bytes, PoveryError>
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    let body = whole(body, limit).await?;
    if body.is_empty() {
        return Ok(body);
    }
    coding::decoded(headers, body, limit)
}

async fn whole<B>(body: B, limit: usize) -> Result<Bytes, PoveryError>
where
    B: http_body::Body<Data: Into<Bytes>, Error: Into<BoxError>>,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large(limit));
    }
    let body = body.map_frame(|frame| frame.map_data(Into::into));
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large(limit)),
        // A host that knows the answer says it.
        Err(error) => Err(match error.downcast::<PoveryError>() {
            Ok(error) => *error,
            Err(error) => PoveryError::bad_request("The body could not be read").with_source(error),
        }),
    }
}

pub(super) fn too_large(limit: usize) -> PoveryError {
    PoveryError::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        format!("The body is larger than {limit} bytes"),
    )
}
