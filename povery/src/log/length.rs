//! How much of a text is written.

use std::borrow::Cow;

/// The longest text of a field, in bytes: a line that CloudWatch cuts is no JSON any more.
pub(crate) const LONGEST: usize = 64 * 1024;

/// The longest path in the line of an invocation, in bytes.
pub(crate) const LONGEST_PATH: usize = 2 * 1024;

/// The beginning of a text that is longer than so many bytes, and a mark that says how much was left out.
pub(crate) fn shortened(text: &str, longest: usize) -> Cow<'_, str> {
    if text.len() <= longest {
        return Cow::Borrowed(text);
    }
    let kept = &text[..text.floor_char_boundary(longest)];
    Cow::Owned(format!(
        "{kept}… ({} bytes left out)",
        text.len() - kept.len()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_says_so() {
        assert_eq!(shortened("", 3), "");
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "abc… (1 bytes left out)");
        assert_eq!(shortened("aéé", 2), "a… (4 bytes left out)");
    }
}
