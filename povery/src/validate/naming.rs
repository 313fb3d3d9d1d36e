//! Where violated rules are on the wire: `validator` knows Rust's names of fields, serde may have
//! others, and a flattened struct has none.

use std::collections::BTreeMap;

use super::place::{Place, Step};
use super::reading::Readings;
use super::tree::Node;
use super::violated::{Part, Violated};

mod entries;
mod evidence;
mod follow;
mod sample;

use evidence::Evidence;

/// How many fields, or entries of a map, are looked at to find the one that a rule is about.
const FIELDS: usize = 24;

/// How many names of one object are compared with the field's.
const NAMES: usize = 240;

/// One step of the search costs as much as reading so many bytes, and one value that is compared.
const STEP: usize = 64;
const LOOK: usize = 16;

/// A violation with its place.
pub(super) struct Placed<'v, 'e> {
    pub(super) place: Place,
    pub(super) violated: &'v Violated<'e>,
    /// Whether the place is only what holds the one that the rule is about.
    pub(super) nearby: bool,
}

/// What a field of a Rust struct is on the wire.
#[derive(Clone)]
enum Way {
    Key(String),
    /// The struct is flattened: its fields are those of what holds it.
    Itself,
}

/// Finds the places on the wire. A field is known by its name, as it is or but for case, `_` and `-`;
/// else by evidence: where another value is put at its place, the rule says something else. What has
/// been found out holds for all items of a list.
pub(super) struct Names<'n, 'r> {
    tree: &'n Node,
    readings: &'n mut Readings<'r>,
    all: &'n [Violated<'n>],
    evidence: Evidence,
    /// By the fields on the way to it in Rust, and the field itself.
    known: BTreeMap<u64, Way>,
    /// Whether the rest of a path can be followed from a place.
    led: BTreeMap<(Place, usize, u64), bool>,
}

impl<'n, 'r> Names<'n, 'r> {
    pub(super) fn new(
        tree: &'n Node,
        readings: &'n mut Readings<'r>,
        all: &'n [Violated<'n>],
    ) -> Self {
        Self {
            tree,
            readings,
            all,
            evidence: Evidence::default(),
            known: BTreeMap::new(),
            led: BTreeMap::new(),
        }
    }

    /// Tells of each violation where it is, in the order of what was sent, until `tell` has enough.
    pub(super) fn each<'v, 'e>(
        &mut self,
        all: &'v [Violated<'e>],
        tell: &mut dyn FnMut(Placed<'v, 'e>) -> bool,
    ) {
        self.learn_from_sample();
        let all: Vec<&Violated<'_>> = all.iter().collect();
        self.below(&Place::default(), &all, 0, tell);
    }

    /// Those whose path goes on from `base` after `done` parts; false where it is enough.
    fn below<'v, 'e>(
        &mut self,
        base: &Place,
        all: &[&'v Violated<'e>],
        done: usize,
        tell: &mut dyn FnMut(Placed<'v, 'e>) -> bool,
    ) -> bool {
        let mut fields = Vec::new();
        let mut counted = Vec::new();
        for group in all.chunk_by(|one, other| one.path.get(done) == other.path.get(done)) {
            let Some(first) = group.first() else { continue };
            match first.path.get(done) {
                None => {
                    for violated in group {
                        if !tell(placed(base, violated, false)) {
                            return false;
                        }
                    }
                }
                Some(Part::Field(name)) => match self.field(base, name, done + 1, first) {
                    Some(place) => fields.push((self.tree.position(&place), place, group)),
                    None => {
                        for violated in group {
                            if !tell(placed(base, violated, true)) {
                                return false;
                            }
                        }
                    }
                },
                Some(Part::Index(index)) => counted.push((*index, group)),
            }
        }
        fields.sort_by(|(one, ..), (other, ..)| one.cmp(other));
        for (_, place, group) in fields {
            if !self.below(&place, group, done + 1, tell) {
                return false;
            }
        }
        self.items(base, counted, done, tell)
    }

    /// Items of a list, or the entries of a map, which `validator` only counts.
    fn items<'v, 'e>(
        &mut self,
        base: &Place,
        counted: Vec<(usize, &[&'v Violated<'e>])>,
        done: usize,
        tell: &mut dyn FnMut(Placed<'v, 'e>) -> bool,
    ) -> bool {
        if counted.is_empty() {
            return true;
        }
        if matches!(self.tree.at(base), Some(Node::Object(_))) {
            let all = counted.into_iter().flat_map(|(_, group)| group).copied();
            let (entries, lost) = self.entries(base, all.collect(), done);
            for (key, group) in entries {
                if !self.below(&base.field(&key), &group, done + 1, tell) {
                    return false;
                }
            }
            return lost.into_iter().all(|one| tell(placed(base, one, true)));
        }
        for (index, group) in counted {
            let goes_on = if self.has_item(base, index) {
                self.below(&base.item(index), group, done + 1, tell)
            } else {
                group.iter().all(|one| tell(placed(base, one, true)))
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// Whether the item is there, in a list or, in a query, as a repeated key.
    fn has_item(&self, base: &Place, index: usize) -> bool {
        match (self.tree.at(base), base.split_last()) {
            (Some(Node::List(items)), _) => index < items.len(),
            (Some(_), Some((parent, Step::Key(key)))) if self.readings.is_flat() => {
                let holder = self.tree.at(&parent);
                let names = holder.into_iter().flat_map(Node::names);
                index < names.filter(|name| **name == key).count()
            }
            _ => false,
        }
    }

    /// The field `name` of the struct at `base`; `done` parts of the path of `violated` lead to it.
    /// `None` where there was no more time to find it.
    fn field(
        &mut self,
        base: &Place,
        name: &str,
        done: usize,
        violated: &Violated<'_>,
    ) -> Option<Place> {
        self.readings.charge(STEP);
        let tree = self.tree;
        let node = tree.at(base);
        let mut sent: Vec<&str> = node
            .map(|node| node.names().take(NAMES).collect())
            .unwrap_or_default();
        let rest = violated.path.get(done);
        let way = violated.way(done);
        // Among thousands of names only those that may be meant are looked for.
        let wanted = match self.known.get(&way) {
            Some(Way::Key(key)) => [name, key],
            _ => [name, name],
        };
        let later = node.into_iter().flat_map(|node| node.names().skip(NAMES));
        sent.extend(later.filter(|name| wanted.contains(name)));
        let suits = |name: &str| suits(rest, tree.at(&base.field(name)));
        let alike: Vec<&str> = match (rest, violated.value()) {
            (None, Some(value)) if !value.is_null() => {
                let equal = |name: &&str| {
                    let node = tree.at(&base.field(name));
                    node.is_some_and(|node| node.equals(value))
                };
                sent.iter().copied().filter(equal).collect()
            }
            _ => Vec::new(),
        };
        let may_be = |name: &&str| alike.is_empty() || alike.contains(name);
        match self.known.get(&way) {
            Some(Way::Key(key)) if sent.contains(&key.as_str()) && may_be(&key.as_str()) => {
                return Some(base.field(key));
            }
            Some(Way::Itself) => return Some(base.clone()),
            _ => {}
        }
        let called = called(name, &sent).filter(|name| suits(name));
        if let Some(called) = called.filter(may_be) {
            return Some(base.field(called));
        }
        if let Some(found) = self.first_that_matters(base, &alike, violated) {
            return Some(self.learnt(way, base, found));
        }
        if let Some(called) = called {
            return Some(base.field(called));
        }
        if let Some(rest) = rest {
            // A field with another name, or, flattened, the object itself.
            let flattened = matches!(rest, Part::Field(_));
            let below = sent.iter().copied().filter(|name| suits(name));
            let mut below: Vec<Place> = below.take(FIELDS).map(|name| base.field(name)).collect();
            if below.is_empty() && flattened {
                return Some(base.clone());
            }
            below.extend(flattened.then(|| base.clone()));
            if let Some(found) = below
                .into_iter()
                .find(|place| self.leads_to(place, done, violated))
            {
                return Some(self.learnt(way, base, found));
            }
        } else {
            let fields = self.readings.fields(base).unwrap_or_default().iter();
            let unsent: Vec<&str> = fields
                .copied()
                .filter(|field| !sent.contains(field))
                .collect();
            if let Some(called) = self::called(name, &unsent) {
                return Some(base.field(called));
            }
            if let Some(Way::Key(key)) = self.known.get(&way)
                && unsent.contains(&key.as_str())
            {
                return Some(base.field(key));
            }
            sent.extend(unsent);
            if let Some(found) = self.first_that_matters(base, &sent, violated) {
                return Some(self.learnt(way, base, found));
            }
        }
        // What no evidence has found is nowhere, if there was time to see all of it.
        (!self.readings.are_spent()).then(|| base.field(name))
    }

    /// Remembers what evidence has found.
    fn learnt(&mut self, way: u64, base: &Place, found: Place) -> Place {
        let what = match found.split_last() {
            Some((parent, Step::Key(key))) if parent == *base => Way::Key(key),
            _ => Way::Itself,
        };
        self.known.insert(way, what);
        found
    }

    fn first_that_matters(
        &mut self,
        base: &Place,
        fields: &[&str],
        violated: &Violated<'_>,
    ) -> Option<Place> {
        fields
            .iter()
            .take(FIELDS)
            .map(|name| base.field(name))
            .find(|place| self.matters(place, violated))
    }
}

fn placed<'v, 'e>(place: &Place, violated: &'v Violated<'e>, nearby: bool) -> Placed<'v, 'e> {
    Placed {
        place: place.clone(),
        violated,
        nearby,
    }
}

/// Whether the rest of a path can go on in the value.
fn suits(rest: Option<&Part<'_>>, node: Option<&Node>) -> bool {
    match rest {
        None => true,
        Some(Part::Index(_)) => node.is_some_and(Node::is_container),
        Some(Part::Field(_)) => matches!(node, Some(Node::Object(_))),
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
