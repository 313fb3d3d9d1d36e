//! The words of a name, told by case and by what stands between them.

/// Words of a name that make it one.
const WORDS: [&str; 9] = [
    "pass", "pin", "otp", "totp", "cvv", "cvc", "ssn", "sid", "sig",
];

/// Whether a word of a name starts here: behind what is no letter, or by case, as in `dbPin` and `OTPCode`.
pub(super) fn starts_word(name: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1).map(|before| name[before]) else {
        return true;
    };
    let follows = |kind: fn(&u8) -> bool| name.get(at + 1).is_some_and(kind);
    // The `s` of `PINs` makes no word.
    let is_plural =
        || name.get(at + 1) == Some(&b's') && !name.get(at + 2).is_some_and(u8::is_ascii_lowercase);
    !before.is_ascii_alphanumeric()
        || name[at].is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_uppercase() && follows(u8::is_ascii_lowercase) && !is_plural())
}

/// Whether one of its words, told by case or by what stands between them, is such a one.
pub(in crate::redact) fn has_word(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut start = 0;
    for at in 1..=bytes.len() {
        let ends =
            at == bytes.len() || !bytes[at].is_ascii_alphanumeric() || starts_word(bytes, at);
        if !ends {
            continue;
        }
        let word = &bytes[start..at];
        let word = match word.strip_suffix(b"s") {
            Some(word) if word.iter().all(u8::is_ascii_uppercase) => word,
            _ => word,
        };
        if (3..=4).contains(&word.len())
            && WORDS
                .iter()
                .any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
        {
            return true;
        }
        let between = at < bytes.len() && !bytes[at].is_ascii_alphanumeric();
        start = at + usize::from(between);
    }
    false
}
