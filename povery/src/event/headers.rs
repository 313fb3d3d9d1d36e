//! The headers of an event.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::value::RawValue;

use super::fields::{Fields, Raw};
use super::{KEPT, Origin, Unknown, pairs};
use crate::request::{Content, HeaderSource};

/// Room for the headers of most requests through a gateway.
const USUAL: usize = 24;

/// The headers of an event as they stand in it, in the order in which they are asked for: parts of the event, of which
/// most requests need none.
pub(super) struct Undecoded {
    maps: [Option<Bytes>; 2],
    cookies: Option<Bytes>,
}

impl Undecoded {
    /// # Errors
    ///
    /// A field of another shape. What is in it is looked at with the headers.
    pub(super) fn of(event: &Bytes, origin: Origin, fields: &Fields<'_>) -> Result<Self, Unknown> {
        let single = map(fields.headers, "headers")?;
        let (maps, cookies) = match origin {
            Origin::HttpApi | Origin::FunctionUrl => {
                let cookies = fields.cookies.filter(|raw| raw.get() != "[]");
                if cookies.is_some_and(|raw| !raw.get().starts_with('[')) {
                    return Err(Unknown::Field("cookies"));
                }
                ([single, None], cookies)
            }
            Origin::Lattice => ([single, None], None),
            // Only the first has the repeated ones; the second has the last of each.
            Origin::Rest | Origin::HttpApiV1 | Origin::Alb { .. } => {
                let multi = map(fields.multi_headers, "multiValueHeaders")?;
                ([multi, single], None)
            }
        };
        let part = |raw: &RawValue| match event.len() {
            ..=KEPT => event.slice_ref(raw.get().as_bytes()),
            _ => Bytes::copy_from_slice(raw.get().as_bytes()),
        };
        Ok(Self {
            maps: maps.map(|raw| raw.map(part)),
            cookies: cookies.map(part),
        })
    }
}

fn map<'a>(raw: Raw<'a>, field: &'static str) -> Result<Raw<'a>, Unknown> {
    match raw {
        Some(raw) if !raw.get().starts_with('{') => Err(Unknown::Field(field)),
        raw => Ok(raw.filter(|raw| raw.get() != "{}")),
    }
}

impl HeaderSource for Undecoded {
    fn decode(&self) -> (HeaderMap, bool) {
        // So that they are not moved again and again while they come in.
        let mut headers = HeaderMap::with_capacity(USUAL);
        let mut sound = true;
        for raw in self.maps.iter().flatten() {
            sound &= add(&mut headers, raw);
            if !headers.is_empty() || !sound {
                break;
            }
        }
        if let Some(raw) = &self.cookies {
            sound &= set_cookies(&mut headers, raw);
        }
        if !sound {
            headers.clear();
        }
        (headers, sound)
    }

    fn named(&self, name: &HeaderName) -> Option<Vec<HeaderValue>> {
        let [Some(raw), second] = &self.maps else {
            return None;
        };
        let (mut values, mut sound) = (Vec::new(), true);
        let wanted = |other: &str| other.eq_ignore_ascii_case(name.as_str());
        pairs::for_each_of(text(raw), wanted, |_, value| {
            match HeaderValue::from_str(value) {
                Ok(value) => values.push(value),
                Err(_) => sound = false,
            }
        })
        .ok()?;
        // As of the content.
        let found = second.is_none() || !values.is_empty();
        (sound && found).then_some(values)
    }

    fn content(&self) -> Option<Content> {
        let mut content = Content::default();
        let [Some(raw), second] = &self.maps else {
            return None;
        };
        let mut sound = true;
        let wanted = |name: &str| {
            name.eq_ignore_ascii_case(CONTENT_TYPE.as_str())
                || name.eq_ignore_ascii_case(CONTENT_ENCODING.as_str())
        };
        pairs::for_each_of(text(raw), wanted, |name, value| {
            let values = if name.len() == CONTENT_TYPE.as_str().len() {
                &mut content.types
            } else {
                &mut content.codings
            };
            match HeaderValue::from_str(value) {
                Ok(value) => values.push(value),
                Err(_) => sound = false,
            }
        })
        .ok()?;
        // A second map counts where the first has nothing at all, which is for `decode` to see.
        let found = second.is_none() || content != Content::default();
        (sound && found).then_some(content)
    }
}

/// JSON that has been read once, so that it is UTF-8: to see that again costs less than a string at a time.
fn text(raw: &Bytes) -> &str {
    std::str::from_utf8(raw).unwrap_or_default()
}

/// Adds all headers of a map; whether each of them could be.
fn add(headers: &mut HeaderMap, raw: &Bytes) -> bool {
    // Whoever keeps a header does not keep the event.
    let (raw, copy) = (text(raw), Bytes::copy_from_slice(raw));
    let mut sound = true;
    let read = pairs::for_each(raw, |name, value| {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_maybe_shared(shared(raw, &copy, value));
        let added = match (name, value) {
            (Ok(name), Ok(value)) => headers.try_append(name, value).is_ok(),
            _ => false,
        };
        sound &= added;
    });
    sound && read.is_ok()
}

/// The text as a part of `copy`, where it stands in `raw` as it is: one copy for all values.
fn shared(raw: &str, copy: &Bytes, text: &str) -> Bytes {
    let start = (text.as_ptr() as usize).wrapping_sub(raw.as_ptr() as usize);
    match start.checked_add(text.len()) {
        Some(end) if end <= copy.len() => copy.slice(start..end),
        _ => Bytes::copy_from_slice(text.as_bytes()),
    }
}

/// A gateway that has split the cookies may have left them in the headers too.
fn set_cookies(headers: &mut HeaderMap, raw: &Bytes) -> bool {
    let mut line = String::new();
    let read = pairs::for_each_item(text(raw), |cookie| {
        if !line.is_empty() {
            line.push_str("; ");
        }
        line.push_str(cookie);
    });
    if line.is_empty() {
        return read.is_ok();
    }
    let added =
        HeaderValue::try_from(line).is_ok_and(|line| headers.try_insert(COOKIE, line).is_ok());
    added && read.is_ok()
}
