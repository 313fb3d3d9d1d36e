//! Names of secrets in sentences, where a colon begins the other half of one.

use super::{Scanner, Symbol, is_scheme};
use crate::redact::names::has_word;

/// The longest word of a sentence, in bytes.
const LONGEST_WORD: usize = 80;

/// How a sentence goes on that says what is wrong with a secret.
const SAID: [&str; 8] = [
    "must",
    "should",
    "cannot",
    "expired",
    "missing",
    "required",
    "invalid",
    "unauthorized",
];

/// How the names of errors begin that have those of secrets in themselves: `ExpiredToken: …`.
const ERRORS: [&str; 5] = ["Expired", "Invalid", "Missing", "Unknown", "Unrecognized"];

/// What stands before the name of a secret that is shown.
const SHOWN: [&str; 7] = [
    "invalid",
    "unknown",
    "wrong",
    "bad",
    "incorrect",
    "unexpected",
    "duplicate",
];

impl Scanner<'_> {
    /// Whether the name is a word among others, in which a colon may begin the other half of a sentence: `cannot
    /// renew the session: connection refused`. Nobody says what is wrong with a password so.
    pub(super) fn is_in_prose(&self) -> bool {
        let word = &*self.letters;
        let words = if self.names.is_secret(word) { 1 } else { 2 };
        let is_plain =
            word.chars().all(char::is_alphabetic) && !word.chars().skip(1).any(char::is_uppercase);
        self.run > words
            && is_plain
            && !has_word(word)
            && !word.to_ascii_lowercase().contains("pass")
    }

    /// Whether the colon is one of a sentence and not of a name.
    pub(super) fn is_told(&self, colon: Symbol, is_bare: bool) -> bool {
        if !is_bare {
            return self.is_in_backticks() && self.is_sentence(colon.end);
        }
        let word = self.word_at(colon.end);
        let is_error = ERRORS.iter().any(|error| self.letters.starts_with(error));
        is_error && self.is_prose(colon.end)
            || SAID.iter().any(|said| word.eq_ignore_ascii_case(said))
            || self.is_in_prose() && self.is_prose(colon.end) && !self.is_shown(colon.end)
            || self.is_in_path() && self.is_prose(colon.end)
    }

    /// Whether one word alone follows the name, and words before it that show what it is: `unknown session: x`.
    fn is_shown(&self, start: usize) -> bool {
        let rest = self.text[start..].trim_start_matches(' ');
        let word = self.word_at(start);
        let behind = &rest[rest.len().min(word.len())..];
        let is_alone = behind.is_empty() || behind.starts_with(['\n', '\r', ',', ';', '"', ')']);
        let near = self
            .text
            .floor_char_boundary(self.word_start.saturating_sub(LONGEST_WORD));
        let before = self.text[near..self.word_start].split_whitespace().rev();
        let shows = before
            .take(2)
            .any(|word| SHOWN.iter().any(|shown| word.eq_ignore_ascii_case(shown)));
        is_alone && shows
    }

    /// Whether the name is the last of a path of Rust, which is where an event comes from.
    fn is_in_path(&self) -> bool {
        self.text[..self.word_start].ends_with("::")
            && !self.letters.to_ascii_lowercase().contains("pass")
    }

    /// The word behind these spaces, if it is one.
    fn word_at(&self, start: usize) -> &str {
        let rest = self.text[start..].trim_start_matches(' ');
        let near = &rest[..rest.floor_char_boundary(LONGEST_WORD)];
        let end = near.find(|letter: char| !letter.is_alphabetic());
        &near[..end.unwrap_or(near.len())]
    }

    /// Whether the name stands in backticks, as a message names things: of the secret `password`: it is binary.
    pub(super) fn is_in_backticks(&self) -> bool {
        self.text[self.closer.0..].starts_with('`')
    }

    /// Whether what follows reads like several words.
    pub(super) fn is_sentence(&self, start: usize) -> bool {
        let first = self.text[start..].trim_start_matches(' ');
        self.is_prose(start)
            && first[..first.floor_char_boundary(LONGEST_WORD)]
                .find(' ')
                .is_some_and(|length| self.is_prose(self.text.len() - first.len() + length))
    }

    /// Whether what follows reads like words.
    pub(super) fn is_prose(&self, start: usize) -> bool {
        let rest = self.text[start..].trim_start_matches(' ');
        let near = &rest[..rest.floor_char_boundary(LONGEST_WORD)];
        let word = near.split(char::is_whitespace).next().unwrap_or_default();
        if word.len() == near.len() && near.len() < rest.len() {
            return false;
        }
        let word = word.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']);
        let mut letters = word.chars();
        let is_word = letters.all(|letter| letter.is_alphabetic() || letter == '\'');
        let is_status = word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
        (is_word || is_status) && !is_scheme(word)
    }
}
