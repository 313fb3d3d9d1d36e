//! How far a value goes.

use super::value::Manner;
use super::{Scanner, Symbol, is_scheme};
use crate::redact::symbol::Quote;

/// How far is looked for the name behind a comma.
pub(super) const NEAR: usize = 80;

/// The longest text in a list, in bytes, behind which is looked for the end of the list.
pub(super) const LONGEST_ITEM: usize = 256;

impl Scanner<'_> {
    /// The quotation mark that ends a text.
    pub(super) fn string_end(&self, at: usize, quote: Quote) -> Option<Symbol> {
        self.string_end_before(self.text.len(), at, quote)
    }

    /// The same, if it begins before a place.
    pub(super) fn string_end_before(
        &self,
        limit: usize,
        mut at: usize,
        quote: Quote,
    ) -> Option<Symbol> {
        while at < limit
            && let Some(symbol) = self.symbol(at)
        {
            at = symbol.end;
            if !quote.is_closed_by(&symbol) {
                continue;
            }
            if quote.character == '"' {
                return Some(self.own(symbol, quote));
            }
            // An apostrophe in it, as it is or as SQL doubles it.
            let next = self.symbol(at);
            if next.is_some_and(|next| quote.is_closed_by(&next)) {
                at = next.map_or(at, |next| next.end);
            } else if next
                .is_none_or(|next| next.is_structure() || next.is_space() || next.character == '\\')
            {
                return Some(self.own(symbol, quote));
            }
        }
        None
    }

    /// The mark without the backslashes that belong to what stands before it.
    pub(super) fn own(&self, mut symbol: Symbol, quote: Quote) -> Symbol {
        let own = usize::try_from(quote.slashes()).unwrap_or(usize::MAX);
        let length = symbol.end - symbol.start;
        if symbol.percent == 0 && !symbol.is_coded && own < length {
            symbol.start = symbol.end - own - 1;
        }
        symbol
    }

    /// Whether this mark ends the text that the name stands in.
    pub(super) fn is_closing(&self, symbol: &Symbol) -> bool {
        let open = self.open.last();
        open.is_some_and(|open| open.is_closed_by(symbol))
    }

    pub(super) fn is_followed_by_structure(&self, at: usize) -> bool {
        self.symbol(at).is_none_or(|symbol| symbol.is_structure())
    }

    /// The quotation mark that opens the text behind a separator.
    pub(super) fn opening(&self, at: usize, separator: char) -> Option<(Symbol, Quote)> {
        let (start, _) = self.value_start(at, separator);
        let first = self.symbol(start)?;
        Some((first, first.quote()?))
    }

    /// Whether the rest of a list is one text.
    pub(super) fn is_last_of_list(&self, at: usize) -> bool {
        let Some((first, quote)) = self.opening(at, ',') else {
            return false;
        };
        // Not read further than that: what is so long is masked.
        let near = first.end + LONGEST_ITEM;
        let Some(close) = self.string_end_before(near, first.end, quote) else {
            return true;
        };
        let (end, _) = self.value_start(close.end, ',');
        self.symbol(end)
            .is_none_or(|symbol| symbol.character == ']')
    }

    /// Where a value ends that is not quoted.
    pub(super) fn value_end(&self, start: usize, manner: Manner) -> usize {
        let mut at = start;
        let mut word = start;
        let mut last = ' ';
        let first = self.symbol(start);
        let begins_below = first.is_some_and(|first| first.is_escaped_newline());
        while let Some(symbol) = self.symbol(at) {
            if symbol.percent > self.depth {
                (at, last) = (symbol.end, ' ');
                continue;
            }
            let character = symbol.character;
            let ends = if symbol.is_newline() {
                !self.is_folded(symbol.end, &self.text[start..at], manner)
            } else if symbol.is_escaped_newline() {
                // In YAML what is indented belongs to it.
                let is_block = begins_below || self.text[start..].starts_with(['|', '>']);
                let next = self.symbol(symbol.end);
                let is_indented = next.is_some_and(|next| next.is_space())
                    || begins_below && self.is_item(symbol.end);
                let goes_on = is_block && is_indented
                    || self.is_folded(symbol.end, &self.text[start..at], manner);
                !goes_on
                    && (self.is_followed_by_structure(symbol.end) || self.is_name_next(symbol.end))
            } else if symbol.is_space() {
                let first = &self.text[word..at];
                let is_scheme = is_scheme(first)
                    || first.eq_ignore_ascii_case("token")
                    || word == start && self.is_scheme_before(first, symbol.end);
                let goes_on = is_scheme || matches!(last, ';' | ',');
                word = symbol.end;
                manner == Manner::Assigned && !(goes_on && self.has_parts())
            } else if character == '"' {
                self.is_closing(&symbol)
            } else if at == start {
                false
            } else if matches!(character, '\'' | '`') {
                self.ticks[usize::from(character == '`')]
                    && self.is_followed_by_structure(symbol.end)
            } else if matches!(character, ')' | ']' | '}') {
                self.closes_bracket(character) && self.is_end_of_block(symbol.end, manner)
            } else if matches!(character, ',' | ';' | '&') {
                self.is_end_of_field(&symbol, manner)
            } else {
                // Of XML and HTML.
                character == '<' && manner == Manner::Assigned
            };
            if ends {
                break;
            }
            at = if opens(&symbol) {
                self.block(symbol)
            } else if character == '"' && symbol.quote().is_some() {
                let close = symbol
                    .quote()
                    .and_then(|quote| self.string_end(symbol.end, quote));
                close.map_or(self.text.len(), |close| close.end)
            } else {
                symbol.end
            };
            if !symbol.is_space() {
                last = character;
            }
        }
        at
    }

    /// Whether a bracket before this place ends what stands around the value.
    pub(super) fn is_end_of_block(&self, at: usize, manner: Manner) -> bool {
        self.symbol(at).is_none_or(|next| match next.character {
            ',' | ';' | '&' => manner == Manner::Json || self.is_end_of_field(&next, manner),
            '"' | '\'' | '`' => self.is_closing(&next) || next.character != '"',
            _ => next.is_structure(),
        })
    }

    /// Whether a header goes on in a line that is indented, behind its scheme.
    pub(super) fn is_folded(&self, line: usize, value: &str, manner: Manner) -> bool {
        let next = self.symbol(line);
        manner == Manner::Header
            && next.is_some_and(|next| next.is_space() && !next.is_newline())
            && is_scheme(value)
    }

    /// Whether the first word of an authorization is a scheme that few have.
    pub(super) fn is_scheme_before(&self, word: &str, end: usize) -> bool {
        let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'-';
        self.letters.to_ascii_lowercase().contains("authorization")
            && word.bytes().all(is_letter)
            && !self.is_name_next(end)
    }

    /// Whether the value may have several words.
    pub(super) fn has_parts(&self) -> bool {
        let name = self.letters.to_ascii_lowercase();
        name.contains("cookie") || name.contains("auth")
    }

    pub(super) fn is_end_of_field(&self, symbol: &Symbol, manner: Manner) -> bool {
        match manner {
            Manner::Json => symbol.character == ',',
            Manner::Header => symbol.character == ',' && self.is_header_next(symbol.end),
            Manner::Assigned if self.has_parts() && symbol.character != '&' => {
                self.is_header_next(symbol.end)
            }
            Manner::Assigned | Manner::Line => self.is_name_next(symbol.end),
        }
    }

    /// Whether a name and `=` or `:` come next.
    pub(super) fn is_name_next(&self, at: usize) -> bool {
        matches!(self.separator_next(at), Some('=' | ':'))
    }

    pub(super) fn is_header_next(&self, at: usize) -> bool {
        self.separator_next(at) == Some(':')
    }

    /// What stands behind the name that comes next; it is near.
    pub(super) fn separator_next(&self, mut at: usize) -> Option<char> {
        let (mut has_name, mut has_ended) = (false, false);
        for _ in 0..NEAR {
            let symbol = self.symbol(at)?;
            at = symbol.end;
            if symbol.is_of_name() && !symbol.is_escaped() && !has_ended {
                has_name = true;
            } else if has_name && matches!(symbol.character, '=' | ':') {
                return Some(symbol.character);
            } else if symbol.is_newline()
                || !symbol.is_space() && !matches!(symbol.character, '"' | '\'' | '[' | ']')
            {
                return None;
            } else {
                has_ended = has_name;
            }
        }
        None
    }

    /// The end of what a bracket opens; that of the text if it is not closed.
    pub(super) fn block(&self, bracket: Symbol) -> usize {
        let mut depth = 1u32;
        let mut at = bracket.end;
        while let Some(symbol) = self.symbol(at) {
            at = symbol.end;
            if symbol.percent > self.depth {
                continue;
            }
            if opens(&symbol) {
                depth += 1;
            } else if matches!(symbol.character, ')' | ']' | '}') && !symbol.is_escaped() {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            } else if symbol.character == '"'
                && let Some(quote) = symbol.quote()
            {
                match self.string_end(at, quote) {
                    Some(close) => at = close.end,
                    None => break,
                }
            }
        }
        self.text.len()
    }

    /// Whether an item of a list of YAML stands here.
    pub(super) fn is_item(&self, start: usize) -> bool {
        self.text[start..].starts_with("- ")
    }

    /// The end of what YAML has below a name: this line, and those behind it that are indented as far; the items of
    /// a list may stand below the name itself.
    pub(super) fn lines_end(&self, start: usize, is_item: bool) -> usize {
        let before = &self.text[..start];
        let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
        let mut end = start;
        for line in self.text[start..].split_inclusive('\n') {
            let text = line.trim_start_matches([' ', '\t']);
            let own = line.len() - text.len();
            let is_more = own > 0 && own >= indent
                || is_item && own == indent && text.starts_with("- ")
                || is_item && own > indent
                || text.trim_end().is_empty();
            if end > start && !is_more {
                break;
            }
            end += line.len();
        }
        end
    }

    /// The end of a block of YAML, which `|` or `>` begins: the lines that are indented.
    pub(super) fn block_end(&self, start: usize) -> Option<usize> {
        let rest = &self.text[start..];
        // The head may have a sign and a digit. It is not read to the end of its line, which may be far.
        let head = rest.strip_prefix(['|', '>'])?;
        let is_sign = |character: char| matches!(character, '-' | '+' | '1'..='9');
        let head = head.strip_prefix(is_sign).unwrap_or(head);
        let head = head.strip_prefix(is_sign).unwrap_or(head);
        let head = head.strip_prefix(' ').unwrap_or(head);
        if !head.is_empty() && !head.starts_with(['\n', '\r']) {
            return None;
        }
        let mut end = start;
        for line in rest.split_inclusive('\n') {
            if end > start && !line.starts_with([' ', '\t', '\n', '\r']) {
                break;
            }
            end += line.len();
        }
        Some(end)
    }
}

pub(super) fn opens(symbol: &Symbol) -> bool {
    matches!(symbol.character, '(' | '[' | '{') && !symbol.is_escaped()
}
