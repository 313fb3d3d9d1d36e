//! Names and values in other forms than `name: value`: pairs, constructors, elements, keys that PostgreSQL shows.

use super::extent::LONGEST_ITEM;
use super::{LONGEST_NAME, Scanner, Symbol, is_name_field};

/// How far is looked for the values behind the names of a key, and for their end, in bytes.
const NEAR: usize = 512;

/// How messages of PostgreSQL go on behind the values of a key.
const BEHIND: [&str; 4] = [
    ") already exists",
    ") is not present",
    ") is still referenced",
    ") conflicts with",
];

impl Scanner<'_> {
    /// A quoted name and a comma: the beginning of a pair, `("password", …)` or `["password", "…"]`, or not.
    pub(super) fn pair(&mut self, comma: Symbol) {
        let is_secret = self.names.is_secret(&self.letters);
        let is_pair = match self.opener {
            _ if !is_secret => false,
            _ if self.letters.starts_with("--") => self.is_argument(comma.end),
            '(' => true,
            '[' => self.is_last_of_list(comma.end),
            _ => false,
        };
        if is_pair {
            self.mask_from(comma.end, ',');
        } else {
            self.forget();
        }
    }

    /// Whether behind this value the name of a secret says what it is: `"value": "secret", "name": "password"`.
    pub(super) fn is_value_of_secret(&self, at: usize) -> bool {
        let Some((first, quote)) = self.opening(at, ':') else {
            return false;
        };
        let near = first.end + LONGEST_ITEM;
        let names = self
            .string_end_before(near, first.end, quote)
            .and_then(|close| self.quoted_behind(close.end, ','))
            .filter(|(name, _)| is_name_field(name))
            .and_then(|(_, end)| self.quoted_behind(end, ':'));
        names.is_some_and(|(name, _)| self.names.is_secret(&name))
    }

    /// The word in quotation marks behind a separator, if it is short, and its end.
    fn quoted_behind(&self, at: usize, separator: char) -> Option<(String, usize)> {
        let symbol = self
            .symbol(at)
            .filter(|symbol| symbol.character == separator)?;
        let (start, _) = self.value_start(symbol.end, separator);
        let first = self.symbol(start)?;
        let quote = first.quote()?;
        let mut at = first.end;
        let mut word = String::new();
        for _ in 0..LONGEST_NAME {
            let symbol = self.symbol(at)?;
            at = symbol.end;
            if quote.is_closed_by(&symbol) {
                return Some((word, at));
            }
            word.push(symbol.character);
        }
        None
    }

    /// Whether the value of an option comes next, as in `["--password", "secret"]`, and not another one.
    fn is_argument(&self, at: usize) -> bool {
        let (start, _) = self.value_start(at, ',');
        self.symbol(start)
            .is_some_and(|first| first.quote().is_some() && !self.is_next(first.end, '-'))
    }

    /// `Password("secret")`.
    pub(super) fn constructor(&mut self, bracket: Symbol) {
        let is_type = self.letters.starts_with(char::is_uppercase);
        let quoted = self.symbol(bracket.end).and_then(|symbol| symbol.quote());
        if is_type && quoted.is_some() && self.names.is_secret(&self.letters) {
            self.mask_from(bracket.end, '(');
        } else if self.letters.eq_ignore_ascii_case("key") {
            self.key(bracket);
        } else {
            self.forget();
        }
    }

    /// `Key (id, token)=(1, secret) already exists.`, as PostgreSQL says it.
    fn key(&mut self, bracket: Symbol) {
        let names_at = bracket.end;
        self.forget();
        let near = &self.text[names_at..self.text.floor_char_boundary(names_at + NEAR)];
        let Some(names_length) = near.find(")=(") else {
            return;
        };
        let mut names = near[..names_length].split(',');
        if !names.any(|name| self.names.is_secret(name.trim())) {
            return;
        }
        let start = names_at + names_length + ")=(".len();
        let near = &self.text[start..self.text.floor_char_boundary(start + 16 * NEAR)];
        let length = BEHIND.iter().filter_map(|behind| near.find(behind)).min();
        // It may be cut off.
        let length = length.or_else(|| near.find('\n'));
        let end = length.map_or(self.text.len(), |length| start + length);
        self.at = start;
        self.mask(start, end, "");
    }

    /// Whether the word is a tag, or behind the namespace of one.
    pub(super) fn is_element(&self) -> bool {
        let before = &self.text.as_bytes()[..self.word_start];
        let name = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b':';
        self.before == '<'
            || self.before == ':'
                && before.iter().rev().take(64).find(|byte| !name(byte)) == Some(&b'<')
    }

    /// `<password>secret</password>`.
    pub(super) fn element(&mut self, bracket: Symbol) {
        let start = bracket.end;
        if self.names.is_secret(&self.letters) {
            let rest = &self.text[start..];
            let end = rest.find('<');
            let is_closed = end.is_some_and(|end| rest[end..].starts_with("</"));
            let is_text = !self.is_followed_by_structure(start) && !rest.starts_with('/');
            if is_closed || is_text && !self.is_parameter() {
                self.mask(start, start + end.unwrap_or(rest.len()), "");
            }
        }
        self.forget();
    }

    /// Whether the tag stands behind a word or a slash: a type, or a part of a route.
    fn is_parameter(&self) -> bool {
        let before = self.text[..self.word_start].strip_suffix('<');
        before.is_some_and(|before| {
            before.ends_with(|character: char| character.is_alphanumeric() || character == '/')
        })
    }
}
