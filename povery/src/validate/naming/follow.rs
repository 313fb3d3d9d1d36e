//! Follows the path of a rule to where it may look, and sees whether it does.

use super::super::place::Place;
use super::super::tree::Node;
use super::super::violated::{Part, Violated};
use super::evidence::VALUES;
use super::{FIELDS, Names, STEP};

impl Names<'_, '_> {
    /// Whether the rest of the path, seen from the place, ends where the rule looks.
    pub(super) fn leads_to(&mut self, place: &Place, done: usize, violated: &Violated<'_>) -> bool {
        self.readings.charge(STEP);
        if self.readings.are_spent() {
            return false;
        }
        let key = (place.clone(), done, violated.identity());
        if let Some(known) = self.led.get(&key) {
            return *known;
        }
        let leads = match violated.path.get(done) {
            None => self.matters(place, violated),
            Some(Part::Field(name)) => self
                .field(place, name, done + 1, violated)
                .is_some_and(|next| self.leads_to(&next, done + 1, violated)),
            Some(Part::Index(index)) => match self.tree.at(place) {
                Some(Node::Object(_)) => self
                    .tree
                    .entries(place)
                    .take(FIELDS)
                    .any(|(key, _)| self.leads_to(&place.field(key), done + 1, violated)),
                _ => self.leads_to(&place.item(*index), done + 1, violated),
            },
        };
        self.led.insert(key, leads);
        leads
    }

    /// Whether the rule says something else when another value is at the place; for a rule of a
    /// whole struct, at one of its fields.
    pub(super) fn matters(&mut self, place: &Place, violated: &Violated<'_>) -> bool {
        let Self {
            tree,
            readings,
            all,
            evidence,
            ..
        } = self;
        if !violated.is_of_the_whole() {
            return evidence.depends(tree, readings, all, (place, violated), 1);
        }
        // A rule that compares fields holds for some values only.
        tree.entries(place).take(FIELDS).any(|(field, _)| {
            let field = place.field(field);
            evidence.depends(tree, readings, all, (&field, violated), VALUES)
        })
    }
}
