//! `Content-Type`, read as RFC 9110 writes it (section 8.3.1), and the charset of a body.
//!
//! The crate `mime` refuses what the grammar allows, such as space before `;`, escapes in quotes and
//! empty parameters, and copies the whole value to lower its case.

mod parse;

use std::borrow::Cow;

use http::StatusCode;

use crate::error::PoveryError;
use crate::request::Content;

/// A media type, with the parameters that matter for reading a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContentType<'a> {
    /// Type and subtype, in the case in which they were sent.
    essence: &'a str,
    charset: Option<Cow<'a, [u8]>>,
    boundary: Option<Cow<'a, [u8]>>,
}

/// The charsets that bodies are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Charset {
    Utf8,
    UsAscii,
}

impl<'a> ContentType<'a> {
    /// The content type of a body, `None` where it has none.
    ///
    /// # Errors
    ///
    /// 415 for one that cannot be read, and for several, which a gateway may have joined into one that
    /// cannot be read.
    pub(super) fn of(content: &'a Content) -> Result<Option<Self>, PoveryError> {
        let read = match content.types.as_slice() {
            [] => return Ok(None),
            [value] => parse::content_type(value.as_bytes()),
            _ => None,
        };
        read.map(Some).ok_or_else(|| {
            let text =
                "The content type cannot be read: it is one media type, such as application/json";
            PoveryError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
        })
    }

    /// The content type, if it does.
    ///
    /// # Errors
    ///
    /// 415 with the type that would do, and as [`of`](Self::of).
    pub(super) fn which(
        content: &'a Content,
        does: impl FnOnce(&Self) -> bool,
        expected: &str,
    ) -> Result<Self, PoveryError> {
        Self::of(content)?.filter(does).ok_or_else(|| {
            let text = format!("The content type must be {expected}");
            PoveryError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
        })
    }

    /// Whether it is this type, which is given in lower case.
    pub(super) fn is(&self, essence: &str) -> bool {
        self.essence.eq_ignore_ascii_case(essence)
    }

    /// `application/json` or a type with the suffix `+json` (RFC 6839).
    pub(super) fn is_json(&self) -> bool {
        self.is("application/json")
            || self.essence.split_once('/').is_some_and(|(kind, subtype)| {
                let suffixed = subtype.rsplit_once('+');
                kind.eq_ignore_ascii_case("application")
                    && suffixed.is_some_and(|(name, suffix)| {
                        !name.is_empty() && suffix.eq_ignore_ascii_case("json")
                    })
            })
    }

    /// The charset, UTF-8 where none is said.
    ///
    /// # Errors
    ///
    /// 415 for another charset than those of [`Charset`].
    pub(super) fn charset(&self) -> Result<Charset, PoveryError> {
        let Some(charset) = &self.charset else {
            return Ok(Charset::Utf8);
        };
        let is = |name: &str| charset.eq_ignore_ascii_case(name.as_bytes());
        if is("utf-8") || is("utf8") {
            Ok(Charset::Utf8)
        } else if is("us-ascii") {
            Ok(Charset::UsAscii)
        } else {
            Err(not_utf_8())
        }
    }

    /// Refuses a body that is not UTF-8 by its own account.
    ///
    /// # Errors
    ///
    /// 415 for another charset.
    pub(super) fn is_utf_8(&self) -> Result<(), PoveryError> {
        match self.charset()? {
            Charset::Utf8 => Ok(()),
            Charset::UsAscii => Err(not_utf_8()),
        }
    }

    /// What separates the parts of a `multipart` type; `None` where it is not there or empty.
    #[cfg(feature = "multipart")]
    pub(super) fn boundary(&self) -> Option<&str> {
        let boundary = std::str::from_utf8(self.boundary.as_deref()?).ok()?;
        Some(boundary).filter(|boundary| !boundary.is_empty())
    }
}

fn not_utf_8() -> PoveryError {
    let text = "The charset of the body must be UTF-8";
    PoveryError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text)
}

#[cfg(test)]
mod tests;
