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
    Text {
        is_coloured: bool,
        /// Whether the lines of a text are lines here, indented; else they are escaped, since whoever reads this
        /// takes each line for an event.
        has_lines: bool,
    },
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
    /// Whether of two fields with one name the first stands. A span keeps what it says last.
    pub(super) is_once: bool,
    /// Whether these are the fields of the line at the end of an invocation, of which the path alone is somebody else's text.
    pub(super) is_end: bool,
}

impl Fields<'_> {
    pub(super) fn has(&self, name: &str) -> bool {
        self.seen.iter().any(|(seen, _)| *seen == name)
    }

    /// Whether it may be written as it is; for a secret what stands in its place has been written.
    fn begin(&mut self, name: &'static str) -> bool {
        if self.is_once && self.has(name) {
            return false;
        }
        self.name(name);
        if !self.is_end && self.names.is_secret(name) {
            self.finish(name, REDACTED);
            return false;
        }
        true
    }

    /// Writes what is known to be no secret.
    pub(super) fn plain(&mut self, name: &'static str, text: &str) {
        self.name(name);
        self.finish(name, text);
    }

    fn name(&mut self, name: &'static str) {
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
                self.out.push(' ');
                match is_simple(name) {
                    true => write_visible(name, false, self.out),
                    false => write_quoted(name, self.out),
                }
                self.out.push('=');
            }
        }
    }

    fn finish(&mut self, name: &'static str, text: &str) {
        match self.format {
            Format::Json => write_text(text, self.out),
            Format::Text { has_lines, .. } if name == MESSAGE || is_simple(text) => {
                write_visible(text, has_lines, self.out)
            }
            Format::Text { .. } => write_quoted(text, self.out),
        }
        self.seen.push((name, self.out.len()));
    }

    /// Writes a text without the secrets in it; of a very long one the beginning.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        if self.begin(name) {
            if self.is_end && name != "path" {
                return self.finish(name, text);
            }
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
        self.written(name(field), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(name(field), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        let text = chain(value);
        self.text(name(field), &text);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        // It says nothing of a secret.
        let name = name(field);
        if self.is_once && self.has(name) {
            return;
        }
        self.name(name);
        self.out.push_str(if value { "true" } else { "false" });
        self.seen.push((name, self.out.len()));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.number(name(field), |out| write_number(value, out));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.number(name(field), |out| display(&value, out));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.number(name(field), |out| display(&value, out));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.number(name(field), |out| display(&value, out));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.number(name(field), |out| display(&value, out));
    }
}

/// The name of a field, as it is meant.
fn name(field: &Field) -> &'static str {
    field.name().trim_start_matches("r#")
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

fn write_quoted(text: &str, out: &mut String) {
    let _ = write!(out, "{text:?}");
}

/// Writes a text whose control characters move no terminal, and of which no line looks like one of the log.
fn write_visible(text: &str, has_lines: bool, out: &mut String) {
    for character in text.chars() {
        match character {
            '\n' if has_lines => out.push_str("\n    "),
            '\t' => out.push(character),
            _ if character.is_control() => out.extend(character.escape_default()),
            _ => out.push(character),
        }
    }
}
