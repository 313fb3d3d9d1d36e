//! Names as they come up: words, texts in quotation marks, and the separators that make names of them.

use super::{DEEPEST, LONGEST_NAME, Naming, Scanner, Symbol, Word, is_name_field, is_value_field};
use crate::redact::names::LONGEST;

/// How the names of files of programs end.
const SOURCES: [&str; 7] = [".js", ".ts", ".mjs", ".py", ".go", ".java", ".rb"];

impl Scanner<'_> {
    pub(super) fn letter(&mut self, symbol: Symbol) {
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
    pub(super) fn end_word(&mut self, end: usize) -> bool {
        if self.word != Word::Open {
            return false;
        }
        self.word = Word::Ended;
        self.is_form |= self.letters == "form-data";
        self.mask_token(end) || self.mask_private_key(end)
    }

    /// There is no name any more.
    pub(super) fn forget(&mut self) {
        self.word = Word::None;
        self.run = 0;
    }

    pub(super) fn quotation(&mut self, symbol: Symbol) {
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
    pub(super) fn whole_name(&mut self, start: usize, closer: Symbol) {
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
    pub(super) fn index_end(&self, bracket: Symbol) -> Option<usize> {
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

    pub(super) fn is_last_a_space(&self, start: usize) -> bool {
        self.text[..start].ends_with(char::is_whitespace)
    }

    /// `=` or `:`, behind a name or not.
    pub(super) fn separator(&mut self, symbol: Symbol) {
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
    pub(super) fn is_file(&self, at: usize) -> bool {
        let is_number = || {
            self.symbol(at)
                .is_some_and(|next| next.character.is_ascii_digit())
        };
        let is_other = || SOURCES.iter().any(|source| self.letters.ends_with(source));
        self.letters.ends_with(".rs") || is_other() && is_number()
    }

    /// Whether the word is the name of a secret, by itself or, outside of quotation marks, with the word before it.
    pub(super) fn is_secret(&self, is_bare: bool) -> bool {
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
    pub(super) fn is_second(&self, word: &str) -> bool {
        let may = ["key", "id", "code", "number"]
            .iter()
            .any(|second| word.eq_ignore_ascii_case(second));
        may && self.run > 1 && self.previous.len() < LONGEST
    }

    pub(super) fn is_name_at(&self, at: usize) -> bool {
        self.symbol(at)
            .is_some_and(|symbol| symbol.is_of_name() && !symbol.is_escaped())
    }

    pub(super) fn is_next(&self, at: usize, character: char) -> bool {
        self.symbol(at)
            .is_some_and(|symbol| symbol.character == character)
    }
}
