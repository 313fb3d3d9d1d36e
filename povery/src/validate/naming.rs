//! Where violated rules are on the wire: `validator` knows Rust's names of fields, serde may have
//! others, and a flattened struct has none.

use std::collections::BTreeMap;

use super::candidate::{hint, likely, others};
use super::place::Place;
use super::reading::{Outcome, Readings};
use super::shape::Complaint;
use super::tree::Node;
use super::violated::{Part, Violated, leaves};

/// How many fields are looked at to find the one that a rule is about.
const FIELDS: usize = 24;

/// How many values are tried in one field.
const VALUES: usize = 8;

/// Finds the places on the wire. A field is known by its name, as it is or but for case, `_` and `-`;
/// else by evidence: where another value is put at its place, the rule says something else.
pub(super) struct Names<'n, 'r> {
    tree: &'n Node,
    readings: &'n mut Readings<'r>,
    all: &'n [Violated],
    /// What the steps of Rust's paths have turned out to be, each seen from a place.
    known: BTreeMap<(Place, Vec<Part>), Place>,
}

impl<'n, 'r> Names<'n, 'r> {
    pub(super) fn new(tree: &'n Node, readings: &'n mut Readings<'r>, all: &'n [Violated]) -> Self {
        Self {
            tree,
            readings,
            all,
            known: BTreeMap::new(),
        }
    }

    /// The place of a violation; a step that cannot be found keeps Rust's name.
    pub(super) fn place(&mut self, violated: &Violated) -> Place {
        self.resolve(Place::default(), 0, violated)
    }

    fn resolve(&mut self, base: Place, done: usize, violated: &Violated) -> Place {
        let (Some(part), Some(path)) = (violated.path.get(done), violated.path.get(..=done)) else {
            return base;
        };
        let key = (base, path.to_vec());
        let next = match self.known.get(&key) {
            Some(next) => next.clone(),
            None => {
                let next = match part {
                    Part::Field(name) => self.field(&key.0, name, done + 1, violated),
                    Part::Index(index) => self.item(&key.0, *index, done + 1, violated),
                };
                self.known.insert(key, next.clone());
                next
            }
        };
        self.resolve(next, done + 1, violated)
    }

    fn field(&mut self, base: &Place, name: &str, done: usize, violated: &Violated) -> Place {
        let tree = self.tree;
        let sent: Vec<&str> = tree
            .at(base)
            .map(|node| node.names().collect())
            .unwrap_or_default();
        let rest = violated.path.get(done);
        let suits = |name: &str| {
            let node = tree.at(&base.field(name));
            match (rest, node) {
                (None, _) => true,
                (Some(Part::Index(_)), node) => node.is_some_and(Node::is_container),
                (Some(Part::Field(_)), node) => matches!(node, Some(Node::Object(_))),
            }
        };
        let equal = |name: &str| {
            let (Some(value), Some(node)) = (violated.value(), tree.at(&base.field(name))) else {
                return false;
            };
            !value.is_null() && node.equals(value)
        };
        let called = called(name, &sent).filter(|name| suits(name));
        let alike: Vec<&str> = match rest {
            None => sent.iter().copied().filter(|name| equal(name)).collect(),
            Some(_) => Vec::new(),
        };
        if let Some(called) = called
            && (alike.is_empty() || alike.contains(&called))
        {
            return base.field(called);
        }
        if let Some(found) = self.first_that_matters(base, alike, violated) {
            return found;
        }
        if let Some(called) = called {
            return base.field(called);
        }
        if rest.is_some() {
            let below = sent.into_iter().filter(|name| suits(name));
            return self
                .struct_or_list(base, below.collect(), done, violated)
                .unwrap_or_else(|| base.field(name));
        }
        let unsent: Vec<&str> = self
            .readings
            .fields(base)
            .unwrap_or_default()
            .iter()
            .copied()
            .filter(|field| !sent.contains(field))
            .collect();
        if let Some(called) = self::called(name, &unsent) {
            return base.field(called);
        }
        let all = sent.into_iter().chain(unsent).collect();
        self.first_that_matters(base, all, violated)
            .unwrap_or_else(|| base.field(name))
    }

    fn first_that_matters(
        &mut self,
        base: &Place,
        fields: Vec<&str>,
        violated: &Violated,
    ) -> Option<Place> {
        fields
            .into_iter()
            .take(FIELDS)
            .map(|name| base.field(name))
            .find(|place| self.matters(place, violated))
    }

    /// What holds the rest of the path: a field with another name, or, flattened, the object itself.
    fn struct_or_list(
        &mut self,
        base: &Place,
        below: Vec<&str>,
        done: usize,
        violated: &Violated,
    ) -> Option<Place> {
        let flattened = matches!(violated.path.get(done), Some(Part::Field(_)));
        let below: Vec<Place> = below.iter().map(|name| base.field(name)).collect();
        if below.is_empty() {
            return flattened.then(|| base.clone());
        }
        let itself = flattened.then(|| base.clone());
        below
            .into_iter()
            .take(FIELDS)
            .chain(itself)
            .find(|place| self.leads_to(place, done, violated))
    }

    /// An item of a list, or the value of some key of a map, which `validator` only counts.
    fn item(&mut self, base: &Place, index: usize, done: usize, violated: &Violated) -> Place {
        let Some(map @ Node::Object(_)) = self.tree.at(base) else {
            return base.item(index);
        };
        let places: Vec<Place> = map.names().map(|name| base.field(name)).collect();
        let found = places.into_iter().take(FIELDS).find(|place| {
            let taken = self.known.iter().any(|((seen, path), next)| {
                seen == base
                    && next == place
                    && path.as_slice() != violated.path.get(..done).unwrap_or_default()
            });
            !taken && self.leads_to(place, done, violated)
        });
        found.unwrap_or_else(|| base.item(index))
    }

    /// Whether the rest of the path, seen from the place, ends where the rule looks.
    fn leads_to(&mut self, place: &Place, done: usize, violated: &Violated) -> bool {
        let end = self.resolve(place.clone(), done, violated);
        self.matters(&end, violated)
    }

    /// Whether the rule says something else when another value is at the place; for a rule of a
    /// whole struct, at one of its fields.
    fn matters(&mut self, place: &Place, violated: &Violated) -> bool {
        if !violated.is_of_the_whole() {
            return self.depends(place, violated, 1);
        }
        let fields: Vec<Place> = match self.tree.at(place) {
            Some(node) => node.names().map(|name| place.field(name)).collect(),
            None => return false,
        };
        // A rule that compares fields holds for some values only.
        fields
            .iter()
            .take(FIELDS)
            .any(|field| self.depends(field, violated, VALUES))
    }

    /// Whether one of the first values that fit at the place changes what the rule says.
    fn depends(&mut self, place: &Place, violated: &Violated, most: usize) -> bool {
        let node = self.tree.at(place).unwrap_or(&Node::NULL);
        let judged = violated
            .value()
            .map(|value| value.is_array() || value.is_object());
        if judged.is_some_and(|container| container != node.is_container()) {
            return false;
        }
        let before = self.all.iter().filter(|one| one.is_like(violated)).count();
        let mut fitting = 0;
        let mut queue = likely(&Complaint::Format);
        queue.reverse();
        queue.extend(others(node).into_iter().rev());
        for _ in 0..VALUES {
            let Some(value) = queue.pop() else { break };
            if value.is_same_text(node) {
                continue;
            }
            match self.readings.read_with(self.tree, place, value) {
                Some(Outcome::Fits(errors)) => {
                    let after = leaves(&errors);
                    if after.iter().filter(|one| one.is_like(violated)).count() < before {
                        return true;
                    }
                    fitting += 1;
                    if fitting == most {
                        return false;
                    }
                }
                Some(Outcome::Refused(refusal)) => {
                    if let Some(hint) = hint(&refusal.complaint) {
                        queue.extend([Node::raw("true"), Node::raw("1"), hint]);
                    }
                }
                Some(Outcome::Spent) | None => return false,
            }
        }
        false
    }
}

/// The one of the names that is this one, or that is so but for case, `_` and `-`.
fn called<'a>(name: &str, names: &[&'a str]) -> Option<&'a str> {
    if let Some(exact) = names.iter().find(|other| **other == name) {
        return Some(exact);
    }
    let plain = |name: &str| name.replace(['_', '-'], "").to_lowercase();
    let wanted = plain(name);
    let mut alike: Vec<&str> = names
        .iter()
        .copied()
        .filter(|other| plain(other) == wanted)
        .collect();
    alike.dedup();
    match alike.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}
