//! A body as a text in JSON: the largest part of most answers, which is read eight bytes at a time.

const EIGHT: u64 = u64::MAX / 255;

/// What stands behind the backslash for a byte that does not stand for itself, `u` where that is its number; 0 for the others.
const ESCAPES: [u8; 256] = {
    let mut escapes = [0; 256];
    let mut byte = 0;
    while byte < 0x20 {
        escapes[byte] = b'u';
        byte += 1;
    }
    escapes[b'"' as usize] = b'"';
    escapes[b'\\' as usize] = b'\\';
    escapes[0x08] = b'b';
    escapes[b'\t' as usize] = b't';
    escapes[b'\n' as usize] = b'n';
    escapes[0x0c] = b'f';
    escapes[b'\r' as usize] = b'r';
    escapes
};

/// Writes a text with its quotation marks, as `serde_json` does.
pub(super) fn write_text(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut rest = text.as_bytes();
    while let Some(bytes) = rest.first_chunk::<8>() {
        // Eight are written, and those taken back that are not to stand there: that is faster than to write as many as are.
        out.extend_from_slice(bytes);
        let plain = plain(u64::from_le_bytes(*bytes));
        if plain == 8 {
            rest = &rest[8..];
            continue;
        }
        out.truncate(out.len() - 8 + plain);
        write_byte(bytes[plain & 7], out);
        rest = &rest[plain + 1..];
    }
    for &byte in rest {
        write_byte(byte, out);
    }
    out.push(b'"');
}

/// How many of these bytes, from the lowest, stand for themselves before one that does not.
fn plain(bytes: u64) -> usize {
    // The high bit of the lowest byte that is less is set, of no byte where there is none.
    let is_less = |bytes: u64, than: u64| bytes.wrapping_sub(EIGHT * than) & !bytes;
    let is = |byte: u8| is_less(bytes ^ (EIGHT * u64::from(byte)), 1);
    let found = (is_less(bytes, 0x20) | is(b'"') | is(b'\\')) & (EIGHT * 0x80);
    found.trailing_zeros() as usize / 8
}

#[inline]
fn write_byte(byte: u8, out: &mut Vec<u8>) {
    match ESCAPES[usize::from(byte)] {
        0 => out.push(byte),
        b'u' => write_number(byte, out),
        letter => out.extend_from_slice(&[b'\\', letter]),
    }
}

#[cold]
fn write_number(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: [u8; 16] = *b"0123456789abcdef";
    out.extend_from_slice(b"\\u00");
    out.push(DIGITS[usize::from(byte >> 4)]);
    out.push(DIGITS[usize::from(byte & 15)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_serde_json_writes() {
        let every: String = (0..0x500).filter_map(char::from_u32).collect();
        let mut random = fastrand::Rng::with_seed(1);
        let signs = [
            '"', '\\', '\n', '\u{1}', '\u{8}', '\u{7f}', 'a', ' ', '!', '#', '[', 'é', '𝄞',
        ];
        let texts = (0..20_000).map(|_| {
            (0..random.usize(..40))
                .map(|_| random.choice(signs).unwrap())
                .collect()
        });
        for text in texts.chain([String::new(), every]) {
            let mut out = b"before".to_vec();
            write_text(&text, &mut out);
            assert_eq!(
                String::from_utf8(out).unwrap(),
                format!("before{}", serde_json::to_string(&text).unwrap())
            );
        }
    }
}
