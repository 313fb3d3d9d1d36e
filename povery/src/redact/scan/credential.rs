//! Secrets that are known by their own form: tokens, credentials of HTTP, users of URLs, private keys.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::value::Manner;
use super::{Scanner, Symbol, Word, is_scheme};

/// The shortest JSON Web Token that is taken for one.
const SHORTEST: usize = 20;

/// How far behind `-----BEGIN` is looked for what begins.
const NEAR: usize = 80;

/// What base64 makes of the `{"` that a token begins with.
const TOKEN: &str = "eyJ";

/// How much is read of a word behind a URL, and of its query, in bytes.
const SPACED: usize = 256;

/// Base64 that may be cut off.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

impl Scanner<'_> {
    /// Masks a JSON Web Token, which is one word.
    pub(super) fn mask_token(&mut self, end: usize) -> bool {
        let Some(at) = self.letters.find(TOKEN) else {
            return false;
        };
        let token = &self.letters[at..];
        if token.len() < SHORTEST || !token.contains('.') {
            return false;
        }
        // What is encoded in the text has other places there.
        let is_plain = self.text[self.word_start..end] == *self.letters;
        let start = self.word_start + if is_plain { at } else { 0 };
        self.mask(start, end, "");
        true
    }

    /// Masks a private key in PEM, whose first words have been read.
    pub(super) fn mask_private_key(&mut self, word_end: usize) -> bool {
        if !self.letters.ends_with("-----BEGIN") {
            return false;
        }
        let start = self.word_start;
        // Behind the word: it may have the end of another one in itself.
        let rest = &self.text[word_end..];
        let label = &rest[..rest.floor_char_boundary(NEAR)];
        let label = label.split("-----").next().unwrap_or_default();
        // A form or a query has other spaces in it.
        if !label.contains("PRIVATE") || !label.contains("KEY") {
            return false;
        }
        let end = rest.find("-----END").map(|end| end + "-----END".len());
        let end = end.and_then(|end| Some(end + rest[end..].find("-----")? + "-----".len()));
        self.mask(start, word_end + end.unwrap_or(rest.len()), "");
        true
    }

    /// Masks what follows a scheme of HTTP, or an option of a command line, after this space.
    pub(super) fn mask_credentials(&mut self, space: Symbol) {
        let word = &*self.letters;
        let is_quoted = matches!(self.word, Word::Quoted(_));
        let is_option = word.starts_with("--") && self.names.is_secret(word);
        if !is_option && (is_quoted || !is_scheme(word)) {
            return;
        }
        let mut start = self.spaces(space.start);
        if let Some(first) = self.symbol(start)
            && let Some(quote) = first.quote()
        {
            let is_end = self.is_closing(&first) && self.is_followed_by_structure(first.end);
            if is_option && !is_end && !self.is_next(first.end, '-') {
                self.at = start;
                return self.mask_quoted(first, quote, Manner::Assigned);
            }
            start = first.end;
        } else if is_quoted {
            return;
        }
        // Another option. What is read ahead of is masked but for this.
        if is_option && self.is_next(start, '-') {
            return;
        }
        let end = self.token68(start);
        let value = &self.text[start..end];
        let is_secret = match word.to_ascii_lowercase().as_str() {
            _ if is_option => true,
            "bearer" | "negotiate" => !is_about_tokens(value),
            "basic" => is_basic(value),
            _ => false,
        };
        if is_secret {
            self.mask(start, end, "");
        }
    }

    /// Where the spaces from this place on end, those of a query included.
    fn spaces(&self, mut at: usize) -> usize {
        while let Some(symbol) = self.symbol(at)
            && (symbol.is_space() && !symbol.is_newline() || symbol.character == '+')
        {
            at = symbol.end;
        }
        at
    }

    /// Where the characters of credentials end (RFC 9110, 11.2).
    fn token68(&self, mut at: usize) -> usize {
        while let Some(symbol) = self.symbol(at)
            && !symbol.is_escaped_newline()
            && (symbol.is_of_name() || matches!(symbol.character, '~' | '+' | '/' | '='))
        {
            at = symbol.end;
        }
        at
    }

    /// Whether a colon is that of `scheme://`.
    pub(super) fn is_url(&self, colon: Symbol) -> bool {
        let slash = self
            .symbol(colon.end)
            .filter(|symbol| symbol.character == '/');
        self.word == Word::Ended && slash.is_some_and(|slash| self.is_next(slash.end, '/'))
    }

    /// Masks the password of a URL, and of one of the web whoever it is.
    pub(super) fn user_of_url(&mut self, colon: Symbol) {
        let webs = ["http", "https", "ws", "wss"];
        let is_web = webs
            .iter()
            .any(|web| self.letters.eq_ignore_ascii_case(web));
        let mut at = colon.end;
        for _ in 0..2 {
            let Some(slash) = self.symbol(at) else { break };
            at = slash.end;
            // Some encode the slashes and not the colon.
            self.depth = self.depth.max(slash.percent);
        }
        let start = at;
        let (mut user_end, mut password) = (None, None);
        let mut is_port = true;
        while let Some(symbol) = self.symbol(at)
            && (!self.is_end_of_url(&symbol)
                || self.is_of_password(&symbol, password.is_some() && !is_port))
        {
            let is_part = symbol.percent > self.depth;
            match symbol.character {
                '/' | '?' | '#' if !is_part => break,
                '@' if !is_part => user_end = Some(symbol.start),
                ':' if !is_part && password.is_none() => password = Some(symbol.end),
                digit if password.is_some() => is_port &= digit.is_ascii_digit(),
                _ => {}
            }
            at = symbol.end;
        }
        let is_address = self.is_next(start, '[');
        if user_end.is_none() && password.is_some() && !is_port {
            user_end = self.user_behind_space(at);
        }
        let masked = match (user_end, password) {
            (Some(end), _) if is_web => Some((start, end)),
            (Some(end), Some(password)) if password <= end => Some((password, end)),
            (Some(_), _) | (_, None) => None,
            (None, Some(_)) if is_address => None,
            // Not a port: a password with a slash in it, or the text is cut off. In the web there is `@` in paths.
            (None, Some(password)) => match self.rest_of_url(at) {
                (_, Some(end)) if !is_port || !is_web && !self.is_in_query(at, end) => {
                    Some((password, end))
                }
                (end, _) if !is_port => Some((password, end)),
                _ => None,
            },
        };
        self.at = start;
        if let Some((start, end)) = masked {
            self.mask(start, end, "");
        }
        self.last = '/';
        self.forget();
    }

    /// Whether what ends most URLs is one of the characters of a password or a user: more of it follows.
    fn is_of_password(&self, symbol: &Symbol, is_begun: bool) -> bool {
        let may = match symbol.character {
            '"' | '\'' | '`' => true,
            '<' | '>' | '\\' => is_begun,
            _ => false,
        };
        may && self
            .symbol(symbol.end)
            .is_some_and(|next| next.is_of_name() && !next.is_escaped())
    }

    /// The `@` of a user whose password has a space in it: it is in the next word.
    fn user_behind_space(&self, at: usize) -> Option<usize> {
        let space = self.symbol(at).filter(|symbol| symbol.character == ' ')?;
        let rest = &self.text[space.end..];
        let near = &rest[..rest.floor_char_boundary(SPACED)];
        let word = near.split(char::is_whitespace).next()?;
        Some(space.end + word.rfind('@')?)
    }

    /// Whether an `@` is in the query of a URL: in the value of a parameter that is near.
    fn is_in_query(&self, from: usize, at: usize) -> bool {
        let near = self.text.floor_char_boundary(from + SPACED).min(at);
        let query = self.text[from..near].split_once('?');
        query.is_some_and(|(_, query)| query.contains('='))
    }

    /// Where the URL ends, and the last `@` behind this place of it. What was read for an earlier one is kept: a text may
    /// have nothing but `://` in it.
    fn rest_of_url(&mut self, from: usize) -> (usize, Option<usize>) {
        let depth = usize::from(self.depth);
        if from >= self.urls[depth].0 {
            let (mut at, mut last) = (from, None);
            while let Some(symbol) = self.symbol(at)
                && !self.is_end_of_url(&symbol)
            {
                if symbol.character == '@' && symbol.percent <= self.depth {
                    last = Some(symbol.start);
                }
                at = symbol.end;
            }
            self.urls[depth] = (at, last);
        }
        let (end, last) = self.urls[depth];
        (end, last.filter(|last| *last >= from))
    }

    fn is_end_of_url(&self, symbol: &Symbol) -> bool {
        symbol.percent <= self.depth
            && (symbol.is_space()
                || symbol.is_escaped_newline()
                || symbol.character.is_control()
                || matches!(symbol.character, '"' | '\'' | '`' | '<' | '>' | '\\'))
    }

    /// Whether the words before a quotation mark set a password.
    pub(super) fn is_set_in_sql(&self) -> bool {
        let word = self.letters.to_ascii_lowercase();
        let is_set =
            word == "password" || word == "by" && self.previous.eq_ignore_ascii_case("identified");
        self.word == Word::Ended && is_set
    }
}

/// Whether the word behind `Bearer` speaks of tokens, and is none.
fn is_about_tokens(word: &str) -> bool {
    const WORDS: [&str; 28] = [
        "token",
        "tokens",
        "auth",
        "authentication",
        "authorization",
        "authorizer",
        "realm",
        "scheme",
        "header",
        "credentials",
        "error",
        "is",
        "was",
        "are",
        "and",
        "or",
        "of",
        "the",
        "in",
        "not",
        "no",
        "required",
        "missing",
        "invalid",
        "expected",
        "challenge",
        "with",
        "for",
    ];
    let word = word.trim_end_matches(['.', '=', '-']);
    word.is_empty() || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// Whether it is a user and a password (RFC 7617), also the beginning of them.
fn is_basic(value: &str) -> bool {
    let whole = value.trim_end_matches('=').as_bytes();
    let whole = &whole[..whole.len() - usize::from(whole.len() % 4 == 1)];
    let Ok(decoded) = LENIENT.decode(whole) else {
        // Percent-encoded, or of another alphabet.
        return value.len() >= SHORTEST || value.contains(['%', '\\']);
    };
    let is_text = decoded
        .iter()
        .all(|byte| (b' '..0x7f).contains(byte) || *byte >= 0x80);
    let is_random = value.bytes().any(|byte| byte.is_ascii_digit()) && value.len() >= 8;
    decoded.contains(&b':') && is_text || is_random || value.len() >= 2 * SHORTEST
}
