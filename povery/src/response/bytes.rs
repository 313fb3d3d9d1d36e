//! Bytes of no further type.

use bytes::Bytes;

use super::{IntoResponse, Response, of_type};
use crate::error::PoveryError;

const OCTETS: &str = "application/octet-stream";

/// `application/octet-stream`.
impl IntoResponse for Bytes {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(OCTETS, self))
    }
}

/// `application/octet-stream`.
impl IntoResponse for Vec<u8> {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(OCTETS, self))
    }
}

/// `application/octet-stream`.
impl IntoResponse for &'static [u8] {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(OCTETS, self))
    }
}

/// `application/octet-stream`: a literal such as `b"…"`, or `include_bytes!`.
impl<const N: usize> IntoResponse for &'static [u8; N] {
    fn into_response(self) -> Result<Response, PoveryError> {
        Ok(of_type(OCTETS, self.as_slice()))
    }
}
