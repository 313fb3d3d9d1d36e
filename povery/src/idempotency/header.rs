//! The header `Idempotency-Key`.

use http::{HeaderMap, HeaderValue};

use crate::route::IdempotencyKey;
use crate::validate::{Faults, In};

const NAME: &str = "Idempotency-Key";
/// The most characters of a key.
const LONGEST: usize = 255;

/// The key, where there is one.
///
/// # Errors
///
/// There is none where there has to be one, there are two, or it is none.
pub(super) fn read(headers: &HeaderMap, wanted: IdempotencyKey) -> Result<Option<String>, Faults> {
    let fault = |constraint, message| {
        let mut faults = Faults::new();
        faults.push(In::Header, NAME, constraint, message);
        Err(faults)
    };
    let mut values = headers.get_all(NAME).iter();
    match (values.next(), values.next(), wanted) {
        (None, _, IdempotencyKey::Optional) => Ok(None),
        (None, _, IdempotencyKey::Required) => fault("required", "is required"),
        (Some(_), Some(_), _) => fault("single", "is given more than once"),
        (Some(value), None, _) => match key(value) {
            Some(key) => Ok(Some(key)),
            None => fault("format", "must be 1 to 255 visible characters of ASCII"),
        },
    }
}

/// The string of a structured field (RFC 9651, 3.3.3), as draft-ietf-httpapi-idempotency-key-header has it; or the
/// characters themselves, as most clients send them. These have no comma: gateways join two headers with one.
fn key(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?.trim_matches([' ', '\t']);
    let key = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None if text.contains([',', '"']) => return None,
        None => text.to_owned(),
    };
    let is_visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    (is_visible && (1..=LONGEST).contains(&key.len())).then_some(key)
}

/// What is between the quotes, of which the first has been read.
fn unquoted(quoted: &str) -> Option<String> {
    let mut key = String::new();
    let mut characters = quoted.chars();
    loop {
        match characters.next()? {
            '"' => return characters.as_str().is_empty().then_some(key),
            '\\' => key.push(
                characters
                    .next()
                    .filter(|next| matches!(next, '"' | '\\'))?,
            ),
            character => key.push(character),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(values: &[&[u8]], wanted: IdempotencyKey) -> Result<Option<String>, String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(NAME, HeaderValue::from_bytes(value).unwrap());
        }
        read(&headers, wanted).map_err(|faults| {
            let fault = faults.into_vec().remove(0);
            assert_eq!((fault.place, fault.property.as_str()), (In::Header, NAME));
            fault.constraints.into_keys().collect()
        })
    }

    #[test]
    fn a_key_is_quoted_or_not() {
        let longest = "k".repeat(255);
        for (value, key) in [
            (
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
                "8e03978e-40d5-43dd-bc93-6894a57f9324",
            ),
            ("\"8e03978e-40d5\"", "8e03978e-40d5"),
            (r#""a\"b\\c,d""#, r#"a"b\c,d"#),
            (r"a\b", r"a\b"),
            ("  k\t", "k"),
            ("!~", "!~"),
            (&longest, &longest),
        ] {
            let read = read_all(&[value.as_bytes()], IdempotencyKey::Optional);
            assert_eq!(read, Ok(Some(key.to_owned())), "{value}");
        }
    }

    #[test]
    fn what_is_no_key() {
        let too_long = "k".repeat(256);
        for value in [
            "",
            " ",
            "\"\"",
            "\"a",
            "a\"",
            "\"a\"b",
            "\"a\";p=1",
            "a, b",
            "a,b",
            "\"a\", \"b\"",
            "a b",
            "\"a b\"",
            r#""a\b""#,
            r#""a\"#,
            &too_long,
            "schlüssel",
        ] {
            let read = read_all(&[value.as_bytes()], IdempotencyKey::Optional);
            assert_eq!(read, Err("format".to_owned()), "{value}");
        }
        let read = read_all(&[b"\xff"], IdempotencyKey::Optional);
        assert_eq!(read, Err("format".to_owned()));
    }

    #[test]
    fn one_key_at_the_most_and_one_at_least_where_it_is_required() {
        for wanted in [IdempotencyKey::Optional, IdempotencyKey::Required] {
            assert_eq!(read_all(&[b"a", b"a"], wanted), Err("single".to_owned()));
        }
        assert_eq!(read_all(&[], IdempotencyKey::Optional), Ok(None));
        assert_eq!(
            read_all(&[], IdempotencyKey::Required),
            Err("required".to_owned())
        );
    }

    /// Whatever a header may hold is a key or a fault.
    #[test]
    fn any_bytes_are_a_key_or_a_fault() {
        let mut random = fastrand::Rng::with_seed(7);
        let alphabet = [b'"', b'\\', b'a', b' ', b',', b';', b'\t', b'~', 0x80, 0xff];
        for _ in 0..20_000 {
            let length = random.usize(0..12);
            let bytes: Vec<u8> = (0..length).map(|_| alphabet[random.usize(0..10)]).collect();
            let Ok(value) = HeaderValue::from_bytes(&bytes) else {
                continue;
            };
            if let Some(key) = key(&value) {
                assert!(key.bytes().all(|byte| byte.is_ascii_graphic()) && !key.is_empty());
            }
        }
    }
}
