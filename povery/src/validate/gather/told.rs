//! What is told in the end: in the order of what was sent, whatever was found first.

use std::collections::BTreeMap;

use super::super::place::Place;
use super::super::tree::Node;
use super::super::{Faults, In};

/// The faults so far, and what was sent.
pub(super) struct Told {
    sent: Node,
    faults: BTreeMap<Place, BTreeMap<String, String>>,
}

impl Told {
    pub(super) fn new(sent: &Node) -> Self {
        Self {
            sent: sent.clone(),
            faults: BTreeMap::new(),
        }
    }

    pub(super) fn tell(&mut self, place: &Place, constraint: impl Into<String>, message: String) {
        let constraints = self.faults.entry(place.clone()).or_default();
        constraints.insert(constraint.into(), message);
    }

    /// Tells of a place of which only the holder is known, unless something in there is told already.
    pub(super) fn tell_nearby(
        &mut self,
        holder: &Place,
        constraint: impl Into<String>,
        message: String,
    ) {
        if !self
            .faults
            .keys()
            .any(|place| place != holder && place.is_within(holder))
        {
            self.tell(holder, constraint, message);
        }
    }

    /// How many places have faults.
    pub(super) fn count(&self) -> usize {
        self.faults.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults by their places in what was sent; those of missing fields come after the others of
    /// their object.
    pub(super) fn into_faults(self, place: In, is_flat: bool) -> Faults {
        let mut sorted: Vec<_> = self
            .faults
            .into_iter()
            .map(|(at, constraints)| (self.sent.position(&at), at, constraints))
            .collect();
        sorted.sort_by(|(one, at, _), (other, before, _)| (one, at).cmp(&(other, before)));
        let mut faults = Faults::new();
        for (_, at, constraints) in sorted {
            let property = match at.only_key() {
                // Of a query or a form the name is the property, whatever is in it.
                Some(key) if is_flat => key.to_owned(),
                _ => at.to_string(),
            };
            for (constraint, message) in constraints {
                faults.push(place, property.clone(), constraint, message);
            }
        }
        faults
    }
}
