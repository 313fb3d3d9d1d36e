//! The headers of an event.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::value::RawValue;

use super::fields::Fields;
use super::{Origin, Unknown, pairs};
use crate::error::PoveryError;

/// Room for the headers of most requests through a gateway.
const USUAL: usize = 24;

/// The headers, or a 400 for one that cannot stand in HTTP: a name that is none, a value with control
/// characters. That answer does not repeat it.
pub(super) fn headers(
    origin: Origin,
    fields: &Fields<'_>,
) -> Result<Result<HeaderMap, PoveryError>, Unknown> {
    let mut sink = Sink {
        // So that they are not moved again and again while they come in.
        headers: HeaderMap::with_capacity(USUAL),
        refused: false,
    };
    match origin {
        Origin::HttpApi | Origin::FunctionUrl => {
            sink.add(fields.headers, "headers")?;
            if let Some(raw) = fields.cookies {
                sink.set_cookies(raw)?;
            }
        }
        Origin::Lattice => sink.add(fields.headers, "headers")?,
        // Only here are the repeated ones; the other map has the last of each.
        Origin::Rest | Origin::HttpApiV1 | Origin::Alb { .. } => {
            sink.add(fields.multi_headers, "multiValueHeaders")?;
            if sink.is_untouched() {
                sink.add(fields.headers, "headers")?;
            }
        }
    }
    Ok(sink.finish())
}

struct Sink {
    headers: HeaderMap,
    refused: bool,
}

impl Sink {
    fn add(&mut self, raw: Option<&RawValue>, field: &'static str) -> Result<(), Unknown> {
        let Some(raw) = raw else { return Ok(()) };
        pairs::for_each(raw, field, |name, value| {
            let name = HeaderName::from_bytes(name.as_bytes());
            let value = HeaderValue::from_str(value);
            let added = match (name, value) {
                (Ok(name), Ok(value)) => self.headers.try_append(name, value).is_ok(),
                _ => false,
            };
            self.refused |= !added;
        })
    }

    /// A gateway that has split the cookies may have left them in the headers too.
    fn set_cookies(&mut self, raw: &RawValue) -> Result<(), Unknown> {
        let mut line = String::new();
        pairs::for_each_item(raw, "cookies", |cookie| {
            if !line.is_empty() {
                line.push_str("; ");
            }
            line.push_str(cookie);
        })?;
        if line.is_empty() {
            return Ok(());
        }
        let added = HeaderValue::try_from(line)
            .is_ok_and(|line| self.headers.try_insert(header::COOKIE, line).is_ok());
        self.refused |= !added;
        Ok(())
    }

    fn is_untouched(&self) -> bool {
        self.headers.is_empty() && !self.refused
    }

    fn finish(self) -> Result<HeaderMap, PoveryError> {
        if self.refused {
            let text =
                "A header is not valid: its name is none, or its value has control characters";
            return Err(PoveryError::bad_request(text));
        }
        Ok(self.headers)
    }
}
