//! Characters as they are meant, however often the text that they stand in was encoded.

/// How often percent-encoding is undone.
const DEEPEST: u8 = 4;

/// A character, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Symbol {
    pub(super) character: char,
    /// The backslashes before it.
    pub(super) slashes: u32,
    /// Whether it is written as a number: `\u0022`, `\u{22}`, `\x22`.
    pub(super) is_coded: bool,
    /// How often it is percent-encoded.
    pub(super) percent: u8,
    /// Where it is in the text, with its backslashes.
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Symbol {
    /// The symbol at this place of the text; `None` at its end.
    pub(super) fn at(text: &str, start: usize) -> Option<Self> {
        let (mut character, mut percent, mut end) = unit(text, start)?;
        let mut slashes = 0u32;
        let mut is_coded = false;
        while character == '\\' {
            let Some((next, depth, after)) = unit(text, end) else {
                break;
            };
            slashes = slashes.saturating_add(1);
            (character, percent, end) = (next, depth, after);
        }
        if slashes > 0
            && let Some((coded, after)) = coded(text, character, end)
        {
            (character, end, is_coded) = (coded, after, true);
        }
        Some(Self {
            character,
            slashes,
            is_coded,
            percent,
            start,
            end,
        })
    }

    /// A character with backslashes before it that is no number: `\n`, or the `\t` of `C:\token`.
    pub(super) fn is_escaped(&self) -> bool {
        self.slashes > 0 && !self.is_coded
    }

    pub(super) fn is_newline(&self) -> bool {
        !self.is_escaped() && matches!(self.character, '\n' | '\r')
    }

    pub(super) fn is_escaped_newline(&self) -> bool {
        self.is_escaped() && matches!(self.character, 'n' | 'r')
    }

    pub(super) fn is_line_end(&self) -> bool {
        self.is_newline() || self.is_escaped_newline()
    }

    pub(super) fn is_escaped_space(&self) -> bool {
        self.is_escaped() && matches!(self.character, 'n' | 'r' | 't')
    }

    pub(super) fn is_space(&self) -> bool {
        !self.is_escaped() && self.character.is_whitespace()
    }

    /// Whether a name may have it.
    pub(super) fn is_of_name(&self) -> bool {
        self.character.is_alphanumeric() || matches!(self.character, '_' | '-' | '.' | '$')
    }

    pub(super) fn quote(&self) -> Option<Quote> {
        if !matches!(self.character, '"' | '\'' | '`') {
            return None;
        }
        // What is written as a number has the backslash of that, too, at the depth of its text.
        let slashes = u64::from(self.slashes);
        let coded = if self.is_coded {
            slashes.trailing_zeros()
        } else {
            0
        };
        let own = (1u64 << (slashes >> coded).trailing_ones()) - 1;
        Some(Quote {
            character: self.character,
            is_coded: self.is_coded,
            percent: self.percent,
            slashes: own << coded,
            cycle: (own + 1) << (coded + 1),
        })
    }

    /// Whether what stands before it has ended.
    pub(super) fn is_structure(&self) -> bool {
        self.is_space()
            || self.is_escaped_newline()
            || matches!(
                self.character,
                ',' | ';'
                    | ':'
                    | ')'
                    | ']'
                    | '}'
                    | '>'
                    | '<'
                    | '.'
                    | '!'
                    | '?'
                    | '&'
                    | '"'
                    | '\''
                    | '`'
            )
    }
}

/// A quotation mark that begins a text, as deeply escaped as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) character: char,
    is_coded: bool,
    percent: u8,
    /// Of itself, at the depth of its text: 0, 1, 3, 7. What is more belongs to what stands before it.
    slashes: u64,
    /// After how many more it is the same mark again.
    cycle: u64,
}

impl Quote {
    /// The backslashes that are its own.
    pub(super) fn slashes(self) -> u64 {
        self.slashes
    }

    /// Whether this symbol ends the text. One that is escaped in it has other backslashes before it: of each that
    /// ends in a backslash of its own there are twice as many.
    pub(super) fn is_closed_by(&self, symbol: &Symbol) -> bool {
        symbol.character == self.character
            && symbol.percent == self.percent
            && symbol.is_coded == self.is_coded
            && u64::from(symbol.slashes) % self.cycle == self.slashes
    }
}

/// The character at a place, percent-decoded; how often it was encoded; and where the next one is.
fn unit(text: &str, start: usize) -> Option<(char, u8, usize)> {
    let bytes = text.as_bytes();
    if *bytes.get(start)? != b'%' {
        let character = text[start..].chars().next()?;
        return Some((character, 0, start + character.len_utf8()));
    }
    let (mut byte, mut depth, mut end) = (b'%', 0, start + 1);
    while byte == b'%'
        && depth < DEEPEST
        && let Some(decoded) = pair(bytes, end)
    {
        (byte, depth, end) = (decoded, depth + 1, end + 2);
    }
    let character = if byte.is_ascii() {
        char::from(byte)
    } else {
        char::REPLACEMENT_CHARACTER
    };
    Some((character, depth, end))
}

fn pair(bytes: &[u8], at: usize) -> Option<u8> {
    Some(digit(*bytes.get(at)?)? << 4 | digit(*bytes.get(at + 1)?)?)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| digit.try_into().ok())
}

/// What `u0041`, `u{41}` or `x41` means, whose first letter has been read, and where the next symbol is.
fn coded(text: &str, letter: char, at: usize) -> Option<(char, usize)> {
    let rest = text.as_bytes().get(at..)?;
    let (digits, end) = match letter {
        'u' if rest.first() == Some(&b'{') => {
            let close = rest.iter().take(8).position(|byte| *byte == b'}')?;
            (&rest[1..close], at + close + 1)
        }
        'u' => (rest.get(..4)?, at + 4),
        'x' => (rest.get(..2)?, at + 2),
        _ => return None,
    };
    let mut number = 0;
    for byte in digits {
        number = number << 4 | u32::from(digit(*byte)?);
    }
    // Half of a pair is no character, and none of a name.
    Some((
        char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
        end,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn symbols(text: &str) -> Vec<(char, u32, u8)> {
        let mut at = 0;
        let mut symbols = Vec::new();
        while let Some(symbol) = Symbol::at(text, at) {
            assert!(
                symbol.end > at && text.is_char_boundary(symbol.end),
                "{text}"
            );
            symbols.push((symbol.character, symbol.slashes, symbol.percent));
            at = symbol.end;
        }
        symbols
    }

    #[test]
    fn a_character_is_what_it_means() {
        for (text, expected) in [
            ("aé", vec![('a', 0, 0), ('é', 0, 0)]),
            (r#"\""#, vec![('"', 1, 0)]),
            (r#"\\\""#, vec![('"', 3, 0)]),
            (
                r"\u0070\x70\u{70}",
                vec![('p', 1, 0), ('p', 1, 0), ('p', 1, 0)],
            ),
            (r"\\u0022", vec![('"', 2, 0)]),
            (
                r"\ud83d\u{}\u00",
                vec![
                    ('\u{fffd}', 1, 0),
                    ('\0', 1, 0),
                    ('u', 1, 0),
                    ('0', 0, 0),
                    ('0', 0, 0),
                ],
            ),
            (
                "%22%2522%252522",
                vec![('"', 0, 1), ('"', 0, 2), ('"', 0, 3)],
            ),
            ("%5C%22", vec![('"', 1, 1)]),
            (
                "%%2x%c3",
                vec![
                    ('%', 0, 0),
                    ('%', 0, 0),
                    ('2', 0, 0),
                    ('x', 0, 0),
                    ('\u{fffd}', 0, 1),
                ],
            ),
            ("\\", vec![('\\', 0, 0)]),
            (r"\\", vec![('\\', 1, 0)]),
        ] {
            assert_eq!(symbols(text), expected, "{text}");
        }
    }

    #[test]
    fn a_text_ends_at_its_own_quotation_mark() {
        let quote = |text| {
            Symbol::at(text, 0)
                .and_then(|symbol| symbol.quote())
                .unwrap()
        };
        let closes = |open, text| quote(open).is_closed_by(&Symbol::at(text, 0).unwrap());
        for (open, text, expected) in [
            (r#"""#, r#"""#, true),
            (r#"""#, r#"\""#, false),
            (r#"""#, r#"\\""#, true),
            (r#"\""#, r#"\""#, true),
            (r#"\""#, r#"""#, false),
            (r#"\""#, r#"\\\""#, false),
            (r#"\""#, r#"\\\\\""#, true),
            (r#"\\\""#, r#"\\\""#, true),
            (r#"\\\""#, r#"\\\\\\\""#, false),
            ("%22", "%22", true),
            ("%22", r#"""#, false),
            ("%22", "%5C%22", false),
            (r"\u0022", r"\u0022", true),
            (r"\u0022", r"\\\u0022", false),
            (r"\\u0022", r"\\u0022", true),
            (r"\\u0022", r"\\\\\\u0022", false),
        ] {
            assert_eq!(closes(open, text), expected, "{open} {text}");
        }
    }
}
