//! Secrets in a text of any kind, found by the names that stand before them.
//!
//! Nothing is known of the text: it may be JSON in JSON in a query, cut off anywhere, or a sentence. It is read once,
//! from its beginning to its end, and what is looked at ahead of that is either bounded or masked. Where it is not
//! clear where a secret ends, more is masked.

mod credential;
mod extent;
mod form;
mod name;
mod pair;
mod prose;
mod value;

use super::names::Names;
use super::symbol::{Quote, Symbol};

/// What stands in place of a secret.
pub(crate) const REDACTED: &str = "[redacted]";

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
