//! Names and values of a query, and of a form as browsers send it
//! (`application/x-www-form-urlencoded`, WHATWG URL, section 5.1).

use std::borrow::Cow;

use percent_encoding::percent_decode;

/// The pairs of text such as `a=1&b=2`, decoded: `None` for a name or a value that is not UTF-8.
/// Escapes that are broken stand for themselves, as browsers and `url` have it.
pub(crate) fn pairs(text: &[u8]) -> impl Iterator<Item = (Option<Cow<'_, str>>, Value<'_>)> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(parts.next().unwrap_or_default());
            (name, Value(parts.next().unwrap_or_default()))
        })
}

/// A value that nobody has asked for yet.
pub(crate) struct Value<'a>(&'a [u8]);

impl<'a> Value<'a> {
    pub(crate) fn decoded(&self) -> Option<Cow<'a, str>> {
        decode(self.0)
    }
}

fn decode(text: &[u8]) -> Option<Cow<'_, str>> {
    let plain = !text.iter().any(|byte| matches!(byte, b'+' | b'%'));
    if plain {
        return std::str::from_utf8(text).ok().map(Cow::Borrowed);
    }
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let bytes = percent_decode(&spaced).collect();
    String::from_utf8(bytes).ok().map(Cow::Owned)
}
