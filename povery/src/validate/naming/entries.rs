//! The entries of a map: `validator` counts them, in the order of the map, which is not that of what
//! was sent and, of a `HashMap`, another one each time. What is known is which values break rules.

use std::collections::btree_map::Entry;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};

use serde_json::Value;

use super::super::place::Place;
use super::super::tree::Node;
use super::super::violated::{Part, Violated};
use super::{FIELDS, LOOK, Names, Way, called};

/// Violations of the entries of a map, by key.
type ByKey<'v, 'e> = Vec<(String, Vec<&'v Violated<'e>>)>;

/// Notes an end of a path, with the indices on the way.
type Note<'n> = dyn FnMut(&[(usize, usize)], Option<&Node>) + 'n;

/// The ends of one path in the entries of a map.
#[derive(Default)]
struct Ends {
    /// Entries by what is at the end of the path in them, and by the indices on the way.
    by: HashMap<u64, Vec<usize>>,
    /// The parts of the path that are in a map: their index says nothing.
    maps: Vec<usize>,
}

impl Names<'_, '_> {
    /// The violations of each entry, in the order in which the entries were sent, and those of which
    /// the entry is not known.
    ///
    /// Rules that judge one value judge equal ones alike: where as many values break a rule as there
    /// are such values, those are the ones. Else there must be evidence.
    pub(super) fn entries<'v, 'e>(
        &mut self,
        base: &Place,
        all: Vec<&'v Violated<'e>>,
        done: usize,
    ) -> (ByKey<'v, 'e>, Vec<&'v Violated<'e>>) {
        let tree = self.tree;
        let entries: Vec<(&str, &Node)> = tree.entries(base).collect();
        // The order of the map must not matter.
        let mut sorted: Vec<_> = all
            .into_iter()
            .map(|one| (one.pattern(), one.likeness(), one))
            .collect();
        sorted.sort_by_key(|(pattern, likeness, _)| (*pattern, *likeness));
        let mut groups: BTreeMap<(u64, u64, u64), Vec<&'v Violated<'e>>> = BTreeMap::new();
        let mut patterns: BTreeMap<u64, Ends> = BTreeMap::new();
        for (pattern, likeness, one) in sorted {
            let ends = match patterns.entry(pattern) {
                Entry::Occupied(ends) => ends.into_mut(),
                Entry::Vacant(none) => {
                    self.learn(base, &entries, done, one);
                    none.insert(self.ends(&entries, done, one))
                }
            };
            let parts = one.path.iter().enumerate().skip(done + 1);
            let end = end(parts, &ends.maps, judged(one));
            groups
                .entry((pattern, likeness, end))
                .or_default()
                .push(one);
        }
        let mut found: BTreeMap<usize, Vec<&'v Violated<'e>>> = BTreeMap::new();
        let mut lost = Vec::new();
        for ((pattern, _, end), group) in groups {
            let same = patterns
                .get(&pattern)
                .and_then(|ends| ends.by.get(&end))
                .map_or(&[][..], Vec::as_slice);
            if same.len() == group.len() {
                for (entry, one) in same.iter().zip(group) {
                    found.entry(*entry).or_default().push(one);
                }
                continue;
            }
            let mut rest = group.into_iter();
            let among: Vec<usize> = if same.len() > rest.len() {
                same.to_vec()
            } else {
                (0..entries.len()).collect()
            };
            let mut next = rest.next();
            for entry in among.into_iter().take(FIELDS) {
                let Some(one) = next else { break };
                let Some((key, _)) = entries.get(entry) else {
                    break;
                };
                if self.leads_to(&base.field(key), done + 1, one) {
                    found.entry(entry).or_default().push(one);
                    next = rest.next();
                }
            }
            lost.extend(next.into_iter().chain(rest));
        }
        let by_key = found.into_iter().filter_map(|(entry, mut group)| {
            let (key, _) = entries.get(entry)?;
            group.sort_by(|one, other| one.path.get(done + 1..).cmp(&other.path.get(done + 1..)));
            Some(((*key).to_owned(), group))
        });
        (by_key.collect(), lost)
    }

    /// Finds out what the fields of the path are on the wire, in one of the entries that may break
    /// the rule, where they are not called so.
    fn learn(
        &mut self,
        base: &Place,
        entries: &[(&str, &Node)],
        done: usize,
        violated: &Violated<'_>,
    ) {
        if entries
            .iter()
            .take(FIELDS)
            .all(|(_, node)| self.walk(node, done + 1, violated, &mut |_, _| {}, &mut Vec::new()))
        {
            return;
        }
        let mut looked = 0;
        let wanted = violated.value().filter(|value| !value.is_null());
        let likely = entries.iter().filter(|(_, node)| {
            wanted.is_none_or(|value| {
                value.is_array() || value.is_object() || node.holds(value, &mut looked)
            })
        });
        let likely: Vec<&str> = likely.map(|(key, _)| *key).take(FIELDS).collect();
        self.readings.charge(LOOK * looked);
        for key in likely {
            if self.leads_to(&base.field(key), done + 1, violated) {
                return;
            }
        }
    }

    /// What is at the end of the path in each entry.
    fn ends(&mut self, entries: &[(&str, &Node)], done: usize, violated: &Violated<'_>) -> Ends {
        let mut ends = Ends::default();
        let steps = violated.path.len() - violated.path.len().min(done);
        self.readings.charge(LOOK * entries.len() * steps);
        if self.readings.are_spent() {
            return ends;
        }
        let mut maps = Vec::new();
        for (entry, (_, node)) in entries.iter().enumerate() {
            let by = &mut ends.by;
            let mut note = |indices: &[(usize, usize)], node: Option<&Node>| {
                let judged = match violated.is_of_the_whole() || violated.value().is_none() {
                    true => 0,
                    false => node_hash(node),
                };
                by.entry(hash_of(indices, judged)).or_default().push(entry);
            };
            self.walk(node, done + 1, violated, &mut note, &mut maps);
        }
        maps.sort_unstable();
        maps.dedup();
        ends.maps = maps;
        ends
    }

    /// Follows a path by what is known of names, through all items and entries; false where a name is
    /// not known. `maps` are the parts of it that are in a map.
    fn walk(
        &self,
        node: &Node,
        done: usize,
        violated: &Violated<'_>,
        note: &mut Note<'_>,
        maps: &mut Vec<usize>,
    ) -> bool {
        self.walk_on(Some(node), done, violated, &mut Vec::new(), note, maps)
    }

    fn walk_on(
        &self,
        node: Option<&Node>,
        done: usize,
        violated: &Violated<'_>,
        indices: &mut Vec<(usize, usize)>,
        note: &mut Note<'_>,
        maps: &mut Vec<usize>,
    ) -> bool {
        match (violated.path.get(done), node) {
            (None, node) => {
                note(indices, node);
                true
            }
            (Some(_), None) => true,
            (Some(Part::Field(name)), Some(node)) => {
                let sent: Vec<&str> = node.names().take(10 * FIELDS).collect();
                let key = match called(name, &sent) {
                    Some(key) => Some(key),
                    None => match self.known.get(&violated.way(done + 1)) {
                        Some(Way::Key(key)) => Some(key.as_str()),
                        Some(Way::Itself) => None,
                        None => return false,
                    },
                };
                let next = match key {
                    Some(key) => node.field(key),
                    None => Some(node),
                };
                self.walk_on(next, done + 1, violated, indices, note, maps)
            }
            (Some(Part::Index(_)), Some(Node::Object(entries))) => {
                if !maps.contains(&done) {
                    maps.push(done);
                }
                entries.iter().all(|(_, node)| {
                    self.walk_on(Some(node), done + 1, violated, indices, note, maps)
                })
            }
            (Some(Part::Index(_)), Some(Node::List(items))) => {
                items.iter().enumerate().all(|(index, node)| {
                    indices.push((done, index));
                    let known = self.walk_on(Some(node), done + 1, violated, indices, note, maps);
                    indices.pop();
                    known
                })
            }
            (Some(Part::Index(_)), Some(Node::Leaf(_))) => true,
        }
    }
}

/// The value that a rule has judged, or nothing where it has judged a whole.
fn judged(violated: &Violated<'_>) -> u64 {
    match violated.value() {
        Some(value) if !violated.is_of_the_whole() => value_hash(value),
        _ => 0,
    }
}

/// The end of a path, with the indices that are in lists.
fn end<'p, 'e: 'p>(
    parts: impl Iterator<Item = (usize, &'p Part<'e>)>,
    maps: &[usize],
    judged: u64,
) -> u64 {
    let indices: Vec<(usize, usize)> = parts
        .filter_map(|(at, part)| match part {
            Part::Index(index) if !maps.contains(&at) => Some((at, *index)),
            _ => None,
        })
        .collect();
    hash_of(&indices, judged)
}

fn hash_of(indices: &[(usize, usize)], judged: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    (indices, judged).hash(&mut hasher);
    hasher.finish()
}

/// Equal values have the same: numbers by their size, and lists by their length, since the names in
/// them may differ.
fn value_hash(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    match value {
        Value::Number(number) => number.as_f64().map(f64::to_bits).hash(&mut hasher),
        Value::Array(items) => ("list", items.len()).hash(&mut hasher),
        Value::Object(_) => "object".hash(&mut hasher),
        Value::Null | Value::Bool(_) | Value::String(_) => value.hash(&mut hasher),
    }
    hasher.finish()
}

fn node_hash(node: Option<&Node>) -> u64 {
    match node {
        None => value_hash(&Value::Null),
        Some(Node::Leaf(raw)) => value_hash(&serde_json::from_str(raw).unwrap_or_default()),
        Some(Node::List(items)) => value_hash(&Value::Array(vec![Value::Null; items.len()])),
        Some(Node::Object(_)) => value_hash(&Value::Object(serde_json::Map::new())),
    }
}
