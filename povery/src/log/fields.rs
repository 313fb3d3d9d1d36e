//! Fields of events and spans as they are written.

use std::error::Error;
use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};

use super::length::{LONGEST, shortened};
use crate::error::chain;
use crate::json::{write_number, write_text};
use crate::redact::{Names, REDACTED, scan};

/// How a line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A JSON object.
    Json,
    /// For people.
    Text { is_coloured: bool },
}

/// The field that is the sentence of an event.
pub(super) const MESSAGE: &str = "message";

/// Writes fields behind each other: `,"name":value` or ` name=value`, the message as it is.
pub(super) struct Fields<'a> {
    pub(super) format: Format,
    pub(super) names: &'a Names,
    pub(super) out: &'a mut String,
    /// For texts on their way: as they are, and without secrets.
    pub(super) given: &'a mut String,
    pub(super) scanned: &'a mut String,
    /// The names that have been written, with where each ends.
    pub(super) seen: &'a mut Vec<(&'static str, usize)>,
}

impl Fields<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.seen.iter().any(|(seen, _)| *seen == name)
    }

    /// Whether it may be written as it is; for a secret what stands in its place has been written.
    fn begin(&mut self, name: &'static str) -> bool {
        self.name(name);
        if self.names.is_secret(name) {
            self.finish(name, REDACTED);
            return false;
        }
        true
    }

    fn name(&mut self, name: &'static str) {
        let name = name.trim_start_matches("r#");
        match self.format {
            Format::Json => {
                self.out.push(',');
                // Those of the line itself.
                if matches!(name, "timestamp" | "level") {
                    let _ = write!(self.out, "\"fields.{name}\"");
                } else {
                    write_text(name, self.out);
                }
                self.out.push(':');
            }
            Format::Text { .. } if name == MESSAGE => self.out.push(' '),
            Format::Text { .. } => {
                let _ = write!(self.out, " {name}=");
            }
        }
    }

    fn finish(&mut self, name: &'static str, text: &str) {
        match self.format {
            Format::Json => write_text(text, self.out),
            Format::Text { .. } if name == MESSAGE || is_simple(text) => {
                write_visible(text, self.out)
            }
            Format::Text { .. } => {
                let _ = write!(self.out, "{text:?}");
            }
        }
        self.seen.push((name, self.out.len()));
    }

    /// Writes a text without the secrets in it; of a very long one the beginning.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        if self.begin(name) {
            let mut scanned = std::mem::take(self.scanned);
            scanned.clear();
            scan(&shortened(text, LONGEST), self.names, &mut scanned);
            self.finish(name, &scanned);
            *self.scanned = scanned;
        }
    }

    fn written(&mut self, name: &'static str, value: &dyn Debug) {
        let mut given = std::mem::take(self.given);
        given.clear();
        // What fails half-way has been written to there.
        let _ = write!(given, "{value:?}");
        self.text(name, &given);
        *self.given = given;
    }

    fn number(&mut self, name: &'static str, write: impl FnOnce(&mut String)) {
        if self.begin(name) {
            write(self.out);
            self.seen.push((name, self.out.len()));
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.written(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let text = chain(value);
        self.text(field.name(), &text);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.name(field.name());
        self.out.push_str(if value { "true" } else { "false" });
        self.seen.push((field.name(), self.out.len()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(field.name(), |out| write_number(value, out));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(field.name(), |out| display(&value, out));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(field.name(), |out| display(&value, out));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.number(field.name(), |out| display(&value, out));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.number(field.name(), |out| display(&value, out));
    }
}

fn display(value: &dyn fmt::Display, out: &mut String) {
    let _ = write!(out, "{value}");
}

/// Whether a value needs no quotation marks.
fn is_simple(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|character| {
            character.is_alphanumeric() || character.is_ascii_graphic() && character != '"'
        })
}

/// Writes a text whose control characters move no terminal; lines stay lines.
fn write_visible(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            _ if character.is_control() => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
}
