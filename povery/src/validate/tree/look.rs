//! Looking around in a tree.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::super::place::{Place, Step};
use super::Node;

impl Node {
    /// Whether a value that is equal is here or inside; `looked` counts the values that were compared.
    pub(in crate::validate) fn holds(&self, value: &Value, looked: &mut usize) -> bool {
        *looked += 1;
        match self {
            Self::Leaf(_) => self.equals(value),
            Self::List(items) => items.iter().any(|item| item.holds(value, looked)),
            Self::Object(entries) => entries.iter().any(|(_, node)| node.holds(value, looked)),
        }
    }

    /// The same with the first items of each list alone, and as many of an object that has more fields
    /// than a struct.
    pub(in crate::validate) fn sample(&self, items: usize, fields: usize) -> Self {
        match self {
            Self::Leaf(_) => self.clone(),
            Self::List(all) => {
                let some = all.iter().take(items);
                Self::List(some.map(|item| item.sample(items, fields)).collect())
            }
            Self::Object(all) => {
                let most = if all.len() > fields { items } else { fields };
                let some = all.iter().take(most);
                let sample =
                    |(name, node): &(String, Self)| (name.clone(), node.sample(items, fields));
                Self::Object(some.map(sample).collect())
            }
        }
    }

    /// The fields of the object at the place, each once.
    pub(in crate::validate) fn entries<'s>(
        &'s self,
        place: &Place,
    ) -> impl Iterator<Item = (&'s str, &'s Self)> {
        let entries = match self.at(place) {
            Some(Self::Object(entries)) => entries.as_slice(),
            _ => &[],
        };
        let last: HashMap<&str, &Self> = entries
            .iter()
            .map(|(name, value)| (name.as_str(), value))
            .collect();
        let mut seen = HashSet::new();
        entries.iter().filter_map(move |(name, _)| {
            let value = last.get(name.as_str())?;
            seen.insert(name.as_str())
                .then_some((name.as_str(), *value))
        })
    }

    /// Where the place is in the text, to be compared with others. What is not there comes after
    /// what is.
    pub(in crate::validate) fn position(&self, place: &Place) -> Vec<usize> {
        let mut node = Some(self);
        let positions = place.steps().iter().map(|step| {
            let position = match (step, node) {
                (Step::Key(key), Some(Self::Object(entries))) => {
                    entries.iter().position(|(name, _)| name == key)
                }
                (Step::Index(index), _) => Some(*index),
                _ => None,
            };
            node = node.and_then(|node| node.child(step));
            position.unwrap_or(usize::MAX)
        });
        positions.collect()
    }

    /// The places of everything at and below `top` that `wanted` wants, in the order of the text;
    /// `most` of them at the most.
    pub(in crate::validate) fn find(
        &self,
        top: &Place,
        most: usize,
        wanted: &mut dyn FnMut(&Place, &Self) -> bool,
    ) -> Vec<Place> {
        let mut found = Vec::new();
        if let Some(node) = self.at(top) {
            node.find_below(&mut top.clone(), most, wanted, &mut found);
        }
        found
    }

    fn find_below(
        &self,
        place: &mut Place,
        most: usize,
        wanted: &mut dyn FnMut(&Place, &Self) -> bool,
        found: &mut Vec<Place>,
    ) {
        if found.len() >= most {
            return;
        }
        if wanted(place, self) && found.last() != Some(place) {
            found.push(place.clone());
        }
        match self {
            Self::Leaf(_) => {}
            Self::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    place.enter(Step::Index(index));
                    item.find_below(place, most, wanted, found);
                    place.leave();
                }
            }
            Self::Object(entries) => {
                for (name, value) in entries {
                    place.enter(Step::Key(name.clone()));
                    value.find_below(place, most, wanted, found);
                    place.leave();
                }
            }
        }
    }
}
