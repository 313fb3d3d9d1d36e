//! A response as the gateway of its request reads it.

mod headers;

pub(crate) use headers::is_coded;

use std::fmt;

use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use headers::{Joined, Lists, Values, keep_cookies, keep_text};
use http::header::{CONTENT_LENGTH, SET_COOKIE};
use http::response::{Parts, Response};
use http::{HeaderMap, StatusCode};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Origin;

/// A response for one origin, all of it.
pub(crate) struct Outgoing {
    origin: Origin,
    response: Response<Bytes>,
}

impl Outgoing {
    /// A header line that is not UTF-8 cannot stand in JSON: it is left out, and the log says so. So are extensions, which
    /// nobody reads behind it.
    pub(crate) fn new(origin: Origin, mut response: Response<Bytes>, request_id: &str) -> Self {
        response.extensions_mut().clear();
        keep_text(response.headers_mut(), request_id);
        keep_cookies(response.headers_mut(), origin, request_id);
        Self { origin, response }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// How long most of its kind are as JSON: with a few headers, and with a body in base64, or of which every sixth byte is
    /// escaped.
    pub(crate) fn usual_length(&self) -> usize {
        const HEAD: usize = 512;
        let body = self.response.body().len();
        match is_coded(self.response.headers()) {
            true => HEAD + body.div_ceil(3) * 4,
            false => HEAD + body + body / 6,
        }
    }
}

impl Serialize for Outgoing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let headers = self.response.headers();
        let mut map = serializer.serialize_map(None)?;
        head(&mut map, self.origin, self.response.status(), headers)?;
        let body = self.response.body();
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|text| text.is_empty() || !is_coded(headers));
        match text {
            Some(text) => map.serialize_entry("body", text)?,
            None => {
                let encoded = Displayed(Base64Display::new(body, &BASE64_STANDARD));
                map.serialize_entry("body", &encoded)?;
            }
        }
        map.serialize_entry("isBase64Encoded", &text.is_none())?;
        map.end()
    }
}

/// What stands before the body of a streamed response.
pub(crate) struct Prelude {
    origin: Origin,
    status: StatusCode,
    headers: HeaderMap,
}

impl Prelude {
    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// Without lines that are not UTF-8, and without a length: the gateway sends chunks, whose end says it.
    pub(crate) fn new(origin: Origin, parts: Parts, request_id: &str) -> Self {
        let mut headers = parts.headers;
        keep_text(&mut headers, request_id);
        headers.remove(CONTENT_LENGTH);
        Self {
            origin,
            status: parts.status,
            headers,
        }
    }
}

impl Serialize for Prelude {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        head(&mut map, self.origin, self.status, &self.headers)?;
        map.end()
    }
}

/// Status and headers.
fn head<M: SerializeMap>(
    map: &mut M,
    origin: Origin,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<(), M::Error> {
    map.serialize_entry("statusCode", &status.as_u16())?;
    if matches!(origin, Origin::Alb { .. } | Origin::Lattice) {
        map.serialize_entry("statusDescription", &Displayed(Description(status)))?;
    }
    match origin {
        Origin::HttpApi | Origin::FunctionUrl => {
            let cookies = false;
            map.serialize_entry("headers", &Joined { headers, cookies })?;
            // Also if it is empty: `cargo lambda watch` wants it.
            map.serialize_entry("cookies", &Values(headers, &SET_COOKIE))
        }
        Origin::Rest | Origin::HttpApiV1 | Origin::Alb { multi: true } => {
            map.serialize_entry("multiValueHeaders", &Lists(headers))
        }
        Origin::Alb { multi: false } | Origin::Lattice => {
            let cookies = true;
            map.serialize_entry("headers", &Joined { headers, cookies })
        }
    }
}

/// What is written as it displays.
struct Displayed<T>(T);

impl<T: fmt::Display> Serialize for Displayed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// `200 OK`.
struct Description(StatusCode);

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = self.0.canonical_reason().unwrap_or("Unknown");
        write!(f, "{} {reason}", self.0.as_str())
    }
}

#[cfg(test)]
mod tests;
