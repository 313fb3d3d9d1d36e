//! Secrets in a text of any kind, found by the names that stand before them.
//!
//! Nothing is known of the text: it may be JSON in JSON in a query, cut off anywhere, or a sentence. It is read once,
//! from its beginning to its end, and what is looked at ahead of that is either bounded or masked. Where it is not
//! clear where a secret ends, more is masked.

mod credential;
mod pair;
mod prose;
mod value;

use super::names::{LONGEST, Names};
use super::symbol::{Quote, Symbol};

/// What stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

/// How the names of files of programs end.
const SOURCES: [&str; 7] = [".js", ".ts", ".mjs", ".py", ".go", ".java", ".rb"];

/// The longest name of several words in quotation marks, in bytes.
const LONGEST_NAME: usize = 80;

/// How many texts in each other are kept track of.
const DEEPEST: usize = 16;

/// Writes the text without the secrets in it.
pub(crate) fn scan(text: &str, names: &Names, out: &mut String) {
    if !text.bytes().any(is_sign) {
        out.push_str(text);
        return;
    }
    Scanner::new(text, names, out).run();
}

/// What a text with a secret has at least one of.
fn is_sign(byte: u8) -> bool {
    matches!(
        byte,
        b'=' | b':'
            | b'%'
            | b'\\'
            | b'"'
            | b'\''
            | b'`'
            | b'@'
            | b' '
            | b'.'
            | b'+'
            | b'<'
            | b'('
            | b'\n'
            | b'\t'
    )
}

/// The name that has just been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    /// There is none.
    None,
    /// More of it may come.
    Open,
    /// A space or a bracket has ended it.
    Ended,
    /// It stands in quotation marks.
    Quoted(Quote),
}

/// An object that says a name and a value in two fields: `{"name": "password", "value": "…"}`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Naming {
    None,
    /// The name comes next.
    Next,
    /// It was a secret's.
    Secret,
}

struct Scanner<'a> {
    text: &'a str,
    names: &'a Names,
    out: &'a mut String,
    /// Where the next symbol is.
    at: usize,
    /// Up to where the text has been written, or masked.
    written: usize,
    word: Word,
    /// The letters of the word, as they are meant, and where it begins in the text.
    letters: String,
    word_start: usize,
    /// Whether what follows the word has been looked at, which is done once.
    is_followed: bool,
    /// What stands before the quotation mark that was opened last, and the mark that was closed last.
    opener: char,
    closer: (usize, usize),
    /// The word before it, and how many follow each other with nothing between them but spaces.
    previous: String,
    run: usize,
    /// What stands before the word, and what was read last: no space.
    before: char,
    last: char,
    /// The texts in quotation marks that have begun and not ended.
    open: Vec<Quote>,
    /// Behind the mark of the last of them, if none has been read since.
    opened: Option<usize>,
    /// The brackets that have, and whether one in `'` or in a backtick has.
    brackets: Vec<char>,
    ticks: [bool; 2],
    naming: Naming,
    /// How many brackets are around it.
    naming_depth: usize,
    /// Whether the text has a form in parts.
    is_form: bool,
    /// How often the symbol in hand is percent-encoded: what is so more often is a part of the value behind it.
    depth: u8,
    /// For each such depth, up to where the last URL goes, and its last `@`.
    urls: [(usize, Option<usize>); 5],
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, names: &'a Names, out: &'a mut String) -> Self {
        Self {
            text,
            names,
            out,
            at: 0,
            written: 0,
            word: Word::None,
            letters: String::new(),
            word_start: 0,
            is_followed: false,
            opener: ' ',
            closer: (0, 0),
            previous: String::new(),
            run: 0,
            before: ' ',
            last: ' ',
            open: Vec::new(),
            opened: None,
            brackets: Vec::new(),
            ticks: [false; 2],
            naming: Naming::None,
            naming_depth: 0,
            is_form: false,
            depth: 0,
            urls: [(0, None); 5],
        }
    }

    fn run(mut self) {
        while let Some(symbol) = self.symbol(self.at) {
            let before = (self.at, self.written);
            self.at = symbol.end;
            self.take(symbol);
            // Whatever a rule got wrong, the text is read to its end.
            if (self.at, self.written) <= before {
                self.at = symbol.end;
            }
        }
        self.end_word(self.text.len());
        self.out.push_str(&self.text[self.written..]);
    }

    fn symbol(&self, at: usize) -> Option<Symbol> {
        Symbol::at(self.text, at)
    }

    fn take(&mut self, symbol: Symbol) {
        self.depth = symbol.percent;
        if self.naming == Naming::Secret
            && self.is_form
            && symbol.is_line_end()
            && self.field_of_form(symbol)
        {
            return;
        }
        let is_quoted = matches!(self.word, Word::Quoted(_));
        if is_quoted && symbol.is_escaped_space() && !self.is_name_at(symbol.end) {
            return;
        }
        if symbol.is_of_name() {
            self.letter(symbol);
            return;
        }
        self.nest(symbol);
        if self.word == Word::Open && self.end_word(symbol.start) {
            return;
        }
        match symbol.character {
            '"' | '\'' | '`' => self.quotation(symbol),
            '=' => self.separator(symbol),
            ':' if self.is_url(symbol) => self.user_of_url(symbol),
            ':' if self.is_resource(symbol) => self.resource(),
            // A path of Rust.
            ':' if self.is_next(symbol.end, ':') => {
                self.at += 1;
                self.forget();
            }
            ':' => self.separator(symbol),
            ',' if matches!(self.word, Word::Quoted(_)) => self.pair(symbol),
            '+' => self.space(symbol),
            '(' if self.word == Word::Ended => self.constructor(symbol),
            '>' if self.word == Word::Ended && self.is_element() => self.element(symbol),
            '[' if self.word == Word::Ended
                && let Some(end) = self.index_end(symbol) =>
            {
                self.at = end;
                self.brackets.pop();
            }
            ']' if self.word != Word::None => {}
            _ if symbol.is_newline() => self.line(),
            _ if symbol.is_space() => self.space(symbol),
            _ => {
                // Its other fields may be objects.
                let is_over = match symbol.character {
                    '{' => self.brackets.len() == DEEPEST,
                    '}' => self.brackets.len() < self.naming_depth,
                    _ => false,
                };
                if is_over {
                    self.naming = Naming::None;
                }
                self.forget();
            }
        }
        if !symbol.is_space() {
            self.last = symbol.character;
        }
    }

    fn is_resource(&self, colon: Symbol) -> bool {
        self.word == Word::Ended
            && self.letters.ends_with("arn")
            && self.text[colon.end..].starts_with("aws")
    }

    /// The name of an AWS resource, whose parts are services and kinds.
    fn resource(&mut self) {
        let rest = &self.text[self.at..];
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b":-_/.*+@$".contains(&byte);
        self.at += rest
            .bytes()
            .position(|byte| !is_part(byte))
            .unwrap_or(rest.len());
        self.forget();
    }

    /// Keeps track of brackets, and of quotation marks that are apostrophes too.
    fn nest(&mut self, symbol: Symbol) {
        match symbol.character {
            opening @ ('(' | '[' | '{') if self.brackets.len() < DEEPEST => {
                self.brackets.push(opening)
            }
            closing @ (')' | ']' | '}') if self.closes_bracket(closing) => {
                self.brackets.pop();
            }
            tick @ ('\'' | '`') => {
                self.ticks[usize::from(tick == '`')] = !self.last.is_alphanumeric()
            }
            _ => {}
        }
    }

    fn closes_bracket(&self, closing: char) -> bool {
        let opening = match closing {
            ')' => '(',
            ']' => '[',
            _ => '{',
        };
        self.brackets.last() == Some(&opening)
    }

    fn letter(&mut self, symbol: Symbol) {
        // The `n` of `\n` may be a part of the word behind it or none: names are found in longer ones.
        if self.word != Word::Open || symbol.is_escaped() {
            let follows = self.word == Word::Ended && self.last.is_alphanumeric();
            std::mem::swap(&mut self.previous, &mut self.letters);
            if !follows {
                self.previous.clear();
                self.run = 0;
            }
            self.run += 1;
            self.letters.clear();
            self.word_start = symbol.start;
            self.is_followed = false;
            self.before = self.last;
            self.word = Word::Open;
        }
        self.letters.push(symbol.character);
        self.last = symbol.character;
    }

    /// Ends the word before this place. Whether something there was masked that goes on.
    fn end_word(&mut self, end: usize) -> bool {
        if self.word != Word::Open {
            return false;
        }
        self.word = Word::Ended;
        self.is_form |= self.letters == "form-data";
        self.mask_token(end) || self.mask_private_key(end)
    }

    /// There is no name any more.
    fn forget(&mut self) {
        self.word = Word::None;
        self.run = 0;
    }

    fn quotation(&mut self, symbol: Symbol) {
        let Some(quote) = symbol.quote() else { return };
        // `PASSWORD 'secret'` is how SQL sets one.
        if symbol.character == '\'' && self.is_last_a_space(symbol.start) && self.is_set_in_sql() {
            self.mask_from(symbol.start, ' ');
            return;
        }
        self.word = match self.word {
            Word::Ended if !self.is_last_a_space(symbol.start) => {
                if self.naming == Naming::Next {
                    self.naming = match self.names.is_secret(&self.letters) {
                        true => Naming::Secret,
                        false => Naming::None,
                    };
                }
                self.closer = (symbol.start, symbol.end);
                Word::Quoted(quote)
            }
            _ => {
                self.opener = self.last;
                self.run = 0;
                Word::None
            }
        };
        if symbol.character == '"' {
            let closed = self
                .open
                .iter()
                .rposition(|open| open.is_closed_by(&symbol));
            let opened = self.opened.take();
            match closed {
                Some(at) => {
                    self.open.truncate(at);
                    if let Some(opened) = opened {
                        self.whole_name(opened, symbol);
                    }
                }
                None if self.open.len() < DEEPEST => {
                    self.open.push(quote);
                    self.opened = Some(symbol.end);
                }
                None => {}
            }
        }
    }

    /// A name in quotation marks that is more than one word: `"api key":`, `"password[0]":`.
    fn whole_name(&mut self, start: usize, closer: Symbol) {
        let is_near = start < closer.start && closer.start - start < LONGEST_NAME;
        if is_near && self.is_next(closer.end, ':') {
            let name = &self.text[start..closer.start];
            if !name.contains([':', '=']) && self.names.is_secret(name) {
                self.letters.clear();
                self.letters.push_str(name);
                self.closer = (closer.start, closer.end);
                self.word = closer.quote().map_or(Word::None, Word::Quoted);
            }
        }
    }

    /// Behind the index of a name that has one, `password[0]=` or `password[]=`.
    fn index_end(&self, bracket: Symbol) -> Option<usize> {
        let mut at = bracket.end;
        for _ in 0..4 {
            let symbol = self.symbol(at)?;
            match symbol.character {
                ']' => return self.is_next(symbol.end, '=').then_some(symbol.end),
                digit if digit.is_ascii_digit() => at = symbol.end,
                _ => return None,
            }
        }
        None
    }

    fn is_last_a_space(&self, start: usize) -> bool {
        self.text[..start].ends_with(char::is_whitespace)
    }

    /// `=` or `:`, behind a name or not.
    fn separator(&mut self, symbol: Symbol) {
        let is_bare = match self.word {
            Word::None => return self.forget(),
            Word::Quoted(_) => false,
            Word::Open | Word::Ended => true,
        };
        // A file, and a line of it.
        let is_place = symbol.character == ':' && is_bare && self.is_file(symbol.end);
        let is_told = || symbol.character == ':' && self.is_told(symbol, is_bare);
        if !is_place && self.is_secret(is_bare) && !is_told() {
            self.mask_from(symbol.end, symbol.character);
            self.naming = Naming::None;
            return;
        }
        self.naming = match &*self.letters {
            name if is_name_field(name) => {
                self.naming_depth = self.brackets.len();
                Naming::Next
            }
            name if !is_bare && is_value_field(name) && self.is_value_of_secret(symbol.end) => {
                return self.mask_from(symbol.end, symbol.character);
            }
            _ => self.naming,
        };
        self.forget();
    }

    /// Whether the word is a file of a program, and in other languages the number of a line follows.
    fn is_file(&self, at: usize) -> bool {
        let is_number = || {
            self.symbol(at)
                .is_some_and(|next| next.character.is_ascii_digit())
        };
        let is_other = || SOURCES.iter().any(|source| self.letters.ends_with(source));
        self.letters.ends_with(".rs") || is_other() && is_number()
    }

    /// Whether the word is the name of a secret, by itself or, outside of quotation marks, with the word before it.
    fn is_secret(&self, is_bare: bool) -> bool {
        let word = &*self.letters;
        if self.naming == Naming::Secret && is_value_field(word) {
            return true;
        }
        if self.names.is_secret(word) {
            return true;
        }
        is_bare && self.is_second(word) && self.names.is_secret(&[&*self.previous, word].concat())
    }

    /// Whether the word before it may belong to it: `API key`.
    fn is_second(&self, word: &str) -> bool {
        let may = ["key", "id", "code", "number"]
            .iter()
            .any(|second| word.eq_ignore_ascii_case(second));
        may && self.run > 1 && self.previous.len() < LONGEST
    }

    fn is_name_at(&self, at: usize) -> bool {
        self.symbol(at)
            .is_some_and(|symbol| symbol.is_of_name() && !symbol.is_escaped())
    }

    fn is_next(&self, at: usize, character: char) -> bool {
        self.symbol(at)
            .is_some_and(|symbol| symbol.character == character)
    }

    fn space(&mut self, symbol: Symbol) {
        if self.word != Word::None && !self.is_followed {
            self.is_followed = true;
            self.mask_credentials(symbol);
        }
    }

    fn line(&mut self) {
        // A name and its value may be on two lines only where the first is quoted.
        if !matches!(self.word, Word::Quoted(_)) {
            self.forget();
        }
    }

    /// Masks what a form calls a secret, which comes behind an empty line.
    fn field_of_form(&mut self, first: Symbol) -> bool {
        let (start, lines) = self.line_ends(first.start);
        if lines < 2 {
            return false;
        }
        let mut end = start;
        while let Some(symbol) = self.symbol(end) {
            if symbol.is_line_end() && self.text[self.line_ends(end).0..].starts_with("--") {
                break;
            }
            end = symbol.end;
        }
        self.naming = Naming::None;
        self.at = start;
        self.mask(start, end, "");
        true
    }

    /// Behind the ends of lines that follow each other, and how many they are; no more than there are in forms.
    fn line_ends(&self, mut at: usize) -> (usize, usize) {
        let mut lines = 0;
        for _ in 0..8 {
            let Some(symbol) = self.symbol(at).filter(Symbol::is_line_end) else {
                break;
            };
            lines += usize::from(matches!(symbol.character, '\n' | 'n'));
            at = symbol.end;
        }
        (at, lines)
    }

    /// Masks what is between these places, in quotation marks if there are any, and goes on behind it.
    fn mask(&mut self, start: usize, end: usize, quote: &str) {
        let start = start.max(self.written);
        if start >= end {
            return;
        }
        self.out.push_str(&self.text[self.written..start]);
        self.out.push_str(quote);
        self.out.push_str(REDACTED);
        self.out.push_str(quote);
        (self.written, self.at) = (end, end);
        self.last = ']';
        self.forget();
    }
}

pub(super) fn is_name_field(name: &str) -> bool {
    let names = ["name", "key", "header", "field", "parameter", "attribute"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

pub(super) fn is_value_field(name: &str) -> bool {
    ["value", "values", "val"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether what follows the word are credentials, as in the header `Authorization`.
fn is_scheme(word: &str) -> bool {
    let schemes = ["bearer", "basic", "digest", "negotiate", "aws4-hmac-sha256"];
    schemes
        .iter()
        .any(|scheme| word.eq_ignore_ascii_case(scheme))
}

#[cfg(test)]
pub(crate) mod tests;
