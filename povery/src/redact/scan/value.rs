//! Where a secret ends whose name has been read.

use super::extent::{NEAR, opens};
use super::{REDACTED, Scanner, Symbol, Word};
use crate::redact::symbol::Quote;

/// How a value stands in the text, which decides where it ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Behind a quoted name, as a number does in JSON: at a comma or a bracket.
    Json,
    /// Behind `=`: at a space.
    Assigned,
    /// Behind `name:`, up to the end of the line or to what looks like the next name.
    Line,
    /// A header that has names in its own value: up to the end of the line.
    Header,
}

impl Scanner<'_> {
    /// Masks the value that begins at this place, behind a separator.
    pub(super) fn mask_from(&mut self, start: usize, separator: char) {
        let key = match self.word {
            Word::Quoted(quote) if quote.character == '"' => Some(self.closer),
            _ => None,
        };
        let manner = self.manner(separator);
        let (start, new_line) = self.value_start(start, separator);
        self.at = start;
        let Some(first) = self.symbol(start) else {
            return self.forget();
        };
        let is_item = new_line && manner == Manner::Line && self.is_item(start);
        if self.is_nothing(&first, start, manner)
            || new_line && !is_item && !self.is_indented(start)
        {
            return self.forget();
        }
        let around = key
            .map(|(start, end)| &self.text[start..end])
            .unwrap_or_default();
        // What closes the text around it is no quotation mark of its own.
        if let Some(quote) = first.quote()
            && first.percent <= self.depth
            && !(self.is_closing(&first) && self.is_followed_by_structure(first.end))
        {
            return self.mask_quoted(first, quote, manner);
        }
        let block_end = match new_line || separator == ':' {
            true => self.block_end(start),
            false => None,
        };
        let end = block_end.unwrap_or_else(|| match new_line && manner == Manner::Line {
            true if !opens(&first) => self.lines_end(start, is_item),
            _ => self.value_end(start, manner),
        });
        let value = self.text[start..end].trim_end();
        if value == REDACTED {
            self.at = end;
            return self.forget();
        }
        let end = start + value.len();
        self.mask(start, end, around);
    }

    fn manner(&self, separator: char) -> Manner {
        let name = self.letters.to_ascii_lowercase();
        match separator {
            _ if matches!(self.word, Word::Quoted(_)) => Manner::Json,
            ':' if name.contains("cookie") || name.contains("authorization") => Manner::Header,
            ':' => Manner::Line,
            _ => Manner::Assigned,
        }
    }

    /// Where the value begins, and whether that is on another line.
    pub(super) fn value_start(&self, mut at: usize, separator: char) -> (usize, bool) {
        let mut new_line = false;
        while let Some(symbol) = self.symbol(at) {
            let is_more = separator == '=' && matches!(symbol.character, '=' | '>' | '~');
            let is_space =
                symbol.is_space() || symbol.is_escaped_space() && self.is_quoted_next(symbol.end);
            if !is_more && !is_space {
                break;
            }
            new_line |= symbol.is_newline();
            at = symbol.end;
        }
        (at, new_line)
    }

    /// Whether a text in quotation marks comes next, after spaces.
    fn is_quoted_next(&self, mut at: usize) -> bool {
        for _ in 0..NEAR {
            match self.symbol(at) {
                Some(symbol) if symbol.is_space() || symbol.is_escaped_space() => at = symbol.end,
                Some(symbol) => return symbol.quote().is_some(),
                None => return false,
            }
        }
        false
    }

    fn is_indented(&self, start: usize) -> bool {
        !self.text[..start].ends_with('\n')
            || self
                .symbol(start)
                .is_some_and(|symbol| symbol.quote().is_some() || opens(&symbol))
    }

    /// Whether there is no value, or one that says nothing.
    fn is_nothing(&self, first: &Symbol, start: usize, manner: Manner) -> bool {
        if first.percent > self.depth {
            return false;
        }
        let is_strict = matches!(manner, Manner::Json | Manner::Assigned);
        match first.character {
            ')' | ']' | '}' => return is_strict && self.is_followed_by_structure(first.end),
            ',' | ';' | '&' => {
                let next = self.symbol(first.end);
                let is_end = next.is_none_or(|next| next.is_space() || next.quote().is_some());
                return is_strict && is_end || self.is_name_next(first.end);
            }
            _ => {}
        }
        let rest = &self.text[start..];
        if manner != Manner::Json && self.is_placeholder(start) {
            return true;
        }
        let literals = ["null", "None", "undefined", "nil", "true", "false"];
        let literal = literals.iter().find(|literal| rest.starts_with(**literal));
        literal.is_some_and(|literal| {
            let next = self.symbol(start + literal.len());
            next.is_none_or(|next| {
                next.is_structure() && !matches!(next.character, '.' | '!' | '?' | ':')
            })
        })
    }

    /// `$1`, which SQL has in place of a value.
    fn is_placeholder(&self, start: usize) -> bool {
        let Some(rest) = self.text[start..].strip_prefix('$') else {
            return false;
        };
        let digits = rest.bytes().take(4).take_while(u8::is_ascii_digit).count();
        (1..=3).contains(&digits) && self.is_followed_by_structure(start + 1 + digits)
    }

    /// Masks a text in quotation marks, and what hangs on to it.
    pub(super) fn mask_quoted(&mut self, first: Symbol, quote: Quote, manner: Manner) {
        let around = &self.text[first.start..first.end];
        match self.string_end(first.end, quote) {
            // Behind it a value that is not quoted as it should be goes on.
            Some(close) if !self.is_followed_by_structure(close.end) => {
                let end = self.value_end(close.end, manner);
                self.mask(first.start, end, around);
            }
            Some(close) => {
                self.mask(first.end, close.start, "");
                self.at = close.end;
                self.forget();
            }
            None => {
                self.at = first.end;
                self.mask(first.end, self.text.len(), "");
            }
        }
    }
}
