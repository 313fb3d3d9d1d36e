//! A response as the gateway of its request reads it.

use std::fmt;

use base64::display::Base64Display;
use base64::prelude::BASE64_STANDARD;
use http::header::{CONTENT_ENCODING, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Origin;
use crate::response::Response;

/// A response for one origin.
pub(crate) struct Outgoing {
    origin: Origin,
    response: Response,
}

impl Outgoing {
    /// A header line that is not UTF-8 cannot stand in JSON: it is left out, and the log says so.
    pub(crate) fn new(origin: Origin, mut response: Response, request_id: &str) -> Self {
        let headers = response.headers_mut();
        if !headers.values().all(is_text) {
            let all = std::mem::take(headers);
            let mut name = None;
            for (next, value) in all {
                // A repeated header has its name only at the first value.
                name = next.or(name);
                let Some(name) = &name else { continue };
                if is_text(&value) {
                    headers.append(name, value);
                } else {
                    tracing::error!(
                        request_id,
                        "the response header `{name}` is left out: it is not UTF-8"
                    );
                }
            }
        }
        Self { origin, response }
    }
}

impl Serialize for Outgoing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let headers = self.response.headers();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("statusCode", &self.response.status().as_u16())?;
        if matches!(self.origin, Origin::Alb { .. } | Origin::Lattice) {
            let description = Displayed(Description(self.response.status()));
            map.serialize_entry("statusDescription", &description)?;
        }
        match self.origin {
            Origin::HttpApi | Origin::FunctionUrl => {
                map.serialize_entry(
                    "headers",
                    &Joined {
                        headers,
                        cookies: false,
                    },
                )?;
                // Also if it is empty: `cargo lambda watch` wants it.
                map.serialize_entry("cookies", &Values(headers, &SET_COOKIE))?;
            }
            Origin::Rest | Origin::HttpApiV1 | Origin::Alb { multi: true } => {
                map.serialize_entry("multiValueHeaders", &Lists(headers))?;
            }
            Origin::Alb { multi: false } | Origin::Lattice => {
                map.serialize_entry(
                    "headers",
                    &Joined {
                        headers,
                        cookies: true,
                    },
                )?;
            }
        }
        let body = self.response.body().bytes();
        let text = std::str::from_utf8(body)
            .ok()
            .filter(|_| !headers.contains_key(CONTENT_ENCODING));
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

fn is_text(value: &HeaderValue) -> bool {
    std::str::from_utf8(value.as_bytes()).is_ok()
}

fn text(value: &HeaderValue) -> &str {
    std::str::from_utf8(value.as_bytes()).unwrap_or_default()
}

/// Every header once. Repeated values are joined by commas (RFC 9110, section 5.3), except cookies, which
/// cannot be: these are left out, or get names that differ in case alone.
struct Joined<'a> {
    headers: &'a HeaderMap,
    cookies: bool,
}

impl Serialize for Joined<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for name in self.headers.keys() {
            let mut values = self.headers.get_all(name).iter().map(text);
            if name == SET_COOKIE {
                if self.cookies {
                    for (number, cookie) in values.enumerate() {
                        map.serialize_entry(&cased(name, number), cookie)?;
                    }
                }
                continue;
            }
            let first = values.next().unwrap_or_default();
            if self.headers.get_all(name).iter().nth(1).is_none() {
                map.serialize_entry(name.as_str(), first)?;
                continue;
            }
            let joined = values.fold(first.to_owned(), |joined, value| joined + ", " + value);
            map.serialize_entry(name.as_str(), &joined)?;
        }
        map.end()
    }
}

/// The name with the letters in upper case that `number` has as bits: none for 0.
fn cased(name: &HeaderName, number: usize) -> String {
    let mut bits = number;
    let mut cased = String::with_capacity(name.as_str().len());
    for letter in name.as_str().chars() {
        if letter.is_ascii_lowercase() {
            let upper = bits & 1 == 1;
            bits >>= 1;
            cased.push(if upper {
                letter.to_ascii_uppercase()
            } else {
                letter
            });
        } else {
            cased.push(letter);
        }
    }
    cased
}

/// Every header with the list of its values.
struct Lists<'a>(&'a HeaderMap);

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.0.keys();
        serializer.collect_map(names.map(|name| (name.as_str(), Values(self.0, name))))
    }
}

struct Values<'a>(&'a HeaderMap, &'a HeaderName);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.get_all(self.1).iter().map(text))
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
