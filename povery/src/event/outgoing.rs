//! A response as the gateway of its request reads it.

mod headers;
mod text;

pub(crate) use headers::is_coded;

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use headers::{Joined, Lists, Values, keep_cookies, keep_text};
use http::header::{CONTENT_LENGTH, SET_COOKIE};
use http::response::{Parts, Response};
use http::{HeaderMap, StatusCode};
use serde::ser::{Serialize, SerializeMap, Serializer};
use text::write_text;

use super::Origin;

/// A response for one origin, all of it.
pub(crate) struct Outgoing {
    origin: Origin,
    response: Response<Bytes>,
}

impl Outgoing {
    /// A header line that is not UTF-8 cannot stand in JSON: it is left out, and the log says so.
    pub(crate) fn new(origin: Origin, mut response: Response<Bytes>, request_id: &str) -> Self {
        keep_text(response.headers_mut(), request_id);
        keep_cookies(response.headers_mut(), origin, request_id);
        Self { origin, response }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// All of it as JSON.
    ///
    /// # Errors
    ///
    /// None that is known.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let headers = self.response.headers();
        let body = self.response.body();
        let text = std::str::from_utf8(body).ok();
        let text = text.filter(|text| text.is_empty() || !is_coded(headers));
        let mut json = Vec::with_capacity(usual_length(body.len(), text.is_none()));
        let (origin, status) = (self.origin, self.response.status());
        serde_json::to_writer(
            &mut json,
            &Head {
                origin,
                status,
                headers,
            },
        )?;
        // The body goes into the same object.
        json.pop();
        json.extend_from_slice(b",\"body\":");
        match text {
            Some(text) => write_text(text, &mut json),
            None => write_base64(body, &mut json),
        }
        json.extend_from_slice(b",\"isBase64Encoded\":");
        json.extend_from_slice(if text.is_some() { b"false}" } else { b"true}" });
        Ok(json)
    }
}

/// How long most are: with a few headers, and with a body in base64, or of which every sixth byte is escaped.
fn usual_length(body: usize, is_binary: bool) -> usize {
    const HEAD: usize = 512;
    match is_binary {
        true => HEAD + body.div_ceil(3) * 4,
        false => HEAD + body + body / 6,
    }
}

fn write_base64(bytes: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let start = out.len();
    out.resize(start + bytes.len().div_ceil(3) * 4, b'=');
    // It is as long as that.
    let _ = BASE64_STANDARD.encode_slice(bytes, &mut out[start..]);
    out.push(b'"');
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
        let Self {
            origin,
            status,
            headers,
        } = self;
        let head = Head {
            origin: *origin,
            status: *status,
            headers,
        };
        head.serialize(serializer)
    }
}

/// Status and headers.
struct Head<'a> {
    origin: Origin,
    status: StatusCode,
    headers: &'a HeaderMap,
}

impl Serialize for Head<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            origin,
            status,
            headers,
        } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("statusCode", &status.as_u16())?;
        if matches!(origin, Origin::Alb { .. } | Origin::Lattice) {
            map.serialize_entry("statusDescription", &Displayed(Description(status)))?;
        }
        match origin {
            Origin::HttpApi | Origin::FunctionUrl => {
                let cookies = false;
                map.serialize_entry("headers", &Joined { headers, cookies })?;
                // Also if it is empty: `cargo lambda watch` wants it.
                map.serialize_entry("cookies", &Values(headers, &SET_COOKIE))?;
            }
            Origin::Rest | Origin::HttpApiV1 | Origin::Alb { multi: true } => {
                map.serialize_entry("multiValueHeaders", &Lists(headers))?;
            }
            Origin::Alb { multi: false } | Origin::Lattice => {
                let cookies = true;
                map.serialize_entry("headers", &Joined { headers, cookies })?;
            }
        }
        map.end()
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
