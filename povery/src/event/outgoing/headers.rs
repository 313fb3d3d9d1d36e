//! The headers of a response, in the shapes that gateways read.

use http::header::{CONTENT_ENCODING, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::Origin;

/// Leaves out the lines that are not UTF-8, which cannot stand in JSON, and logs it.
pub(super) fn keep_text(headers: &mut HeaderMap, request_id: &str) {
    if headers.values().all(is_text) {
        return;
    }
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

/// As many names as `set-cookie` has that differ in case alone.
const CASES: usize = 1 << 9;

/// Leaves out the cookies for which there is no name left, where each needs one of its own, and logs it.
pub(super) fn keep_cookies(headers: &mut HeaderMap, origin: Origin, request_id: &str) {
    let own_names = matches!(origin, Origin::Alb { multi: false } | Origin::Lattice);
    if !own_names || headers.get_all(SET_COOKIE).iter().nth(CASES).is_none() {
        return;
    }
    if let http::header::Entry::Occupied(cookies) = headers.entry(SET_COOKIE) {
        let (name, cookies) = cookies.remove_entry_mult();
        let kept: Vec<HeaderValue> = cookies.take(CASES).collect();
        for cookie in kept {
            headers.append(name.clone(), cookie);
        }
    }
    tracing::error!(
        request_id,
        "more than {CASES} cookies: this gateway takes no more, and the others are left out"
    );
}

/// Whether the body has a content coding, so that a gateway must not take it for text.
pub(crate) fn is_coded(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn is_text(value: &HeaderValue) -> bool {
    std::str::from_utf8(value.as_bytes()).is_ok()
}

fn text(value: &HeaderValue) -> &str {
    std::str::from_utf8(value.as_bytes()).unwrap_or_default()
}

/// Every header once. Repeated values are joined by commas (RFC 9110, section 5.3), except cookies, which
/// cannot be: these are left out, or get names that differ in case alone.
pub(super) struct Joined<'a> {
    pub(super) headers: &'a HeaderMap,
    pub(super) cookies: bool,
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
pub(super) struct Lists<'a>(pub(super) &'a HeaderMap);

impl Serialize for Lists<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = self.0.keys();
        serializer.collect_map(names.map(|name| (name.as_str(), Values(self.0, name))))
    }
}

/// The values of one name.
pub(super) struct Values<'a>(pub(super) &'a HeaderMap, pub(super) &'a HeaderName);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.get_all(self.1).iter().map(text))
    }
}
