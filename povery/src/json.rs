//! Text in JSON, written without a tree of values.

/// Writes a text with its quotation marks.
pub(crate) fn write_text(text: &str, out: &mut String) {
    out.push('"');
    write_inner(text, out);
    out.push('"');
}

/// The bytes that do not stand for themselves between quotation marks: 0x7f only moves terminals.
const ESCAPED: [bool; 256] = {
    let mut escaped = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escaped[byte] = true;
        byte += 1;
    }
    escaped[b'"' as usize] = true;
    escaped[b'\\' as usize] = true;
    escaped[0x7f] = true;
    escaped
};

/// Writes a text as it stands between quotation marks.
pub(crate) fn write_inner(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| ESCAPED[usize::from(byte)]) {
        out.push_str(&rest[..at]);
        let byte = rest.as_bytes()[at];
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            _ => {
                out.push_str("\\u00");
                for digit in [byte >> 4, byte & 15] {
                    out.extend(char::from_digit(digit.into(), 16));
                }
            }
        }
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Writes a number; one that JSON has not is a text.
pub(crate) fn write_number(number: f64, out: &mut String) {
    use std::fmt::Write;
    let _ = match number.is_finite() {
        true => write!(out, "{number}"),
        false => write!(out, "\"{number}\""),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_what_it_was() {
        let every: String = (0..0x500).filter_map(char::from_u32).collect();
        for text in ["", "a\"b\\c\n\r\t\u{7f}\u{0}", "aé𝄞", &every] {
            let mut out = String::new();
            write_text(text, &mut out);
            assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text, "{out}");
            assert!(!out.contains('\n'), "{out}");
        }
    }

    #[test]
    fn numbers_are_numbers() {
        for (number, expected) in [
            (1.0, "1"),
            (1.25, "1.25"),
            (-0.001, "-0.001"),
            (f64::NAN, "\"NaN\""),
            (f64::INFINITY, "\"inf\""),
        ] {
            let mut out = String::new();
            write_number(number, &mut out);
            assert_eq!(out, expected);
            assert!(serde_json::from_str::<serde_json::Value>(&out).is_ok());
        }
    }
}
