//! Text of a format: UUIDs, dates, addresses. What their types say names no value.

use super::super::candidate::{MARK, formats};
use super::super::place::Place;
use super::super::reading::{Outcome, Refusal};
use super::super::shape::Complaint;
use super::super::tree::Node;
use super::{Located, Search};

/// Text of no format, which types refuse in different words.
const BAD: [&str; 2] = [MARK, ""];

impl Search<'_, '_> {
    /// The text that a type of its own format (a UUID, a date) refuses: other bad text is refused as
    /// well, and text of some format is not.
    pub(super) fn format(&mut self) -> Option<Located> {
        // Which of its variants an untagged enum should have been is nobody's guess.
        if self.refusal.sentence.starts_with("data did not match any") {
            return None;
        }
        let mut heard = Vec::new();
        let mut unheard = Vec::new();
        for place in self.places(&mut |_, node| node.as_text().is_some()) {
            let mut changes = false;
            let mut all_refused = true;
            for text in BAD {
                let next = self.with(&place, Node::string(text));
                let next = next.filter(|next| self.is_alike(next));
                all_refused &= next.is_some();
                changes |= next.is_some_and(|next| next.sentence != self.refusal.sentence);
            }
            match (all_refused, changes) {
                (true, true) => heard.push(place),
                (true, false) => unheard.push(place),
                (false, _) => {}
            }
        }
        let places: Vec<Place> = heard.iter().chain(&unheard).cloned().collect();
        for place in places {
            for value in formats() {
                if self.readings.are_spent() {
                    return None;
                }
                let mut changed = self.tree.clone();
                changed.put(&place, value.clone());
                let sentence = match self.readings.read(&changed) {
                    Outcome::Refused(next) if self.is_alike(&next) => next.sentence,
                    Outcome::Spent => return None,
                    Outcome::Refused(_) | Outcome::Fits(_) => {
                        return Some(self.fixed(place, value));
                    }
                };
                // Of several bad texts serde stops at the first, and what is done to those behind it
                // is not heard. Once it is, this was the first.
                for text in BAD {
                    for other in unheard.iter().filter(|other| **other != place) {
                        changed.put(other, Node::string(text));
                    }
                    match self.readings.read(&changed) {
                        Outcome::Refused(next) if next.sentence == sentence => {}
                        Outcome::Spent => return None,
                        _ => return Some(self.fixed(place, value)),
                    }
                }
            }
        }
        None
    }

    /// Whether this is said of text of some format too, with the same holder.
    fn is_alike(&self, next: &Refusal) -> bool {
        next.complaint == Complaint::Format && next.place == self.refusal.place
    }

    fn fixed(&self, place: Place, value: Node) -> Located {
        Located {
            fix: Some(value),
            ..Located::new(place, self.refusal)
        }
    }
}
