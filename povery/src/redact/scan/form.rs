//! Forms in parts, whose fields have their names in a header of their own.

use super::{Naming, Scanner, Symbol};

impl Scanner<'_> {
    /// Masks what a form calls a secret, which comes behind an empty line.
    pub(super) fn field_of_form(&mut self, first: Symbol) -> bool {
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
}
