//! Which names are those of secrets.

mod known;
mod word;

use known::{ABOUT, WHOLE, is_other_word, parts_with};
pub(super) use word::has_word;
use word::starts_word;

/// The longest name that is looked at, from its end.
pub(super) const LONGEST: usize = 256;

/// The names of secrets: those that everybody has, and an application's own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// As they are compared.
    more: Vec<String>,
}

impl Names {
    /// Those that everybody has.
    pub(crate) const fn usual() -> Self {
        Self { more: Vec::new() }
    }

    /// With these on top of the usual ones; one without a letter or a digit is none.
    pub(crate) fn with<N: AsRef<str>>(more: impl IntoIterator<Item = N>) -> Self {
        let more = more.into_iter().map(|name| normal(name.as_ref()));
        Self {
            more: more.filter(|name| !name.is_empty()).collect(),
        }
    }

    /// Whether what has this name is a secret.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let mut start = name.len().saturating_sub(LONGEST);
        while !name.is_char_boundary(start) {
            start += 1;
        }
        let name = &name[start..];
        let (mut buffer, mut starts) = ([0; LONGEST], [false; LONGEST]);
        let owned;
        let normal = if name.is_ascii() {
            ascii(name, &mut buffer, &mut starts)
        } else {
            owned = normal(name);
            owned.as_bytes()
        };
        if self.more.iter().any(|more| contains(normal, more)) {
            return true;
        }
        if WHOLE.iter().any(|whole| whole.as_bytes() == normal) || has_word(name) {
            return true;
        }
        let mut part_end = 0;
        for at in 0..normal.len() {
            let rest = &normal[at..];
            for part in parts_with(rest[0]) {
                if rest.starts_with(part.as_bytes()) && !is_other_word(normal, at, part) {
                    part_end = part_end.max(at + part.len());
                }
            }
        }
        // Behind the secret, as a word of its own: `token_account` does not end in a count.
        let is_about = |about: &str| {
            let start = normal.len().saturating_sub(about.len());
            normal.ends_with(about.as_bytes())
                && (start == part_end || starts.get(start).is_some_and(|starts| *starts))
        };
        part_end > 0 && !ABOUT.iter().any(|about| is_about(about))
    }
}

/// A name as it is compared: letters and digits, in lower case.
fn normal(name: &str) -> String {
    let kept = name.chars().filter(|character| character.is_alphanumeric());
    kept.flat_map(char::to_lowercase).collect()
}

/// The same, of the usual name, without memory of its own; and where its words start.
fn ascii<'b>(name: &str, buffer: &'b mut [u8; LONGEST], starts: &mut [bool; LONGEST]) -> &'b [u8] {
    let bytes = name.as_bytes();
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate() {
        if byte.is_ascii_alphanumeric() {
            buffer[length] = byte.to_ascii_lowercase();
            starts[length] = starts_word(bytes, at);
            length += 1;
        }
    }
    &buffer[..length]
}

fn contains(name: &[u8], part: &str) -> bool {
    name.windows(part.len())
        .any(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests;
