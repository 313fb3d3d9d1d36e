//! The grammar of a media type: RFC 9110, sections 5.6.6 and 8.3.1.

use std::borrow::Cow;

use super::ContentType;

/// The media type that is the whole value; `None` where it is none, or says charset or boundary twice.
pub(super) fn content_type(value: &[u8]) -> Option<ContentType<'_>> {
    let mut rest = Rest(value);
    rest.space();
    let start = rest.0;
    rest.token()?;
    rest.take(b'/')?;
    rest.token()?;
    let essence = start.strip_suffix(rest.0)?;
    let mut read = ContentType {
        essence: std::str::from_utf8(essence).ok()?,
        charset: None,
        boundary: None,
    };
    loop {
        rest.space();
        if rest.0.is_empty() {
            return Some(read);
        }
        rest.take(b';')?;
        rest.space();
        // A parameter may be missing.
        if matches!(rest.0.first(), None | Some(b';')) {
            continue;
        }
        let name = rest.token()?;
        rest.take(b'=')?;
        let value = match rest.0.first() {
            Some(b'"') => rest.quoted()?,
            _ => Cow::Borrowed(rest.token()?),
        };
        let place = if name.eq_ignore_ascii_case(b"charset") {
            &mut read.charset
        } else if name.eq_ignore_ascii_case(b"boundary") {
            &mut read.boundary
        } else {
            continue;
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn space(&mut self) {
        self.while_is(|byte| matches!(byte, b' ' | b'\t'));
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.0 = self.0.strip_prefix(&[byte])?;
        Some(())
    }

    fn token(&mut self) -> Option<&'a [u8]> {
        let token = self.while_is(is_token);
        Some(token).filter(|token| !token.is_empty())
    }

    /// A quoted string, which begins here, without its quotes and escapes.
    fn quoted(&mut self) -> Option<Cow<'a, [u8]>> {
        self.take(b'"')?;
        let plain = self.while_is(is_quotable);
        if self.take(b'"').is_some() {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_vec();
        loop {
            let (&byte, rest) = self.0.split_first()?;
            self.0 = rest;
            match byte {
                b'"' => return Some(Cow::Owned(text)),
                b'\\' => {
                    let (&escaped, rest) = self.0.split_first()?;
                    if !(is_quotable(escaped) || matches!(escaped, b'"' | b'\\')) {
                        return None;
                    }
                    self.0 = rest;
                    text.push(escaped);
                }
                byte if is_quotable(byte) => text.push(byte),
                _ => return None,
            }
        }
    }

    fn while_is(&mut self, is: impl Fn(u8) -> bool) -> &'a [u8] {
        let length = self.0.iter().take_while(|&&byte| is(byte)).count();
        let (taken, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        taken
    }
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether it can stand in quotes as it is: no `"`, no `\`, no control character.
fn is_quotable(byte: u8) -> bool {
    !matches!(byte, b'"' | b'\\' | 0x7f) && (byte == b'\t' || byte >= b' ')
}
