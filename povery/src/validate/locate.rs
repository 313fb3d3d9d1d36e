//! Where exactly a fault is. serde buffers what is inside `flatten`, untagged and internally tagged
//! types, and then knows only the object that holds the fault. The culprit is found by its
//! behaviour: change it, and serde speaks of the change.

use super::candidate::{MARK, others};
use super::place::{Place, Step};
use super::reading::{Outcome, Readings, Refusal};
use super::shape::{Complaint, is_partly_read};
use super::tree::Node;

mod describe;
mod format;
mod fraction;
mod words;

use describe::describe;

/// How many places are looked at for one fault.
const PLACES: usize = 32;

/// Looking at a value costs as much as reading so many bytes.
const LOOK: usize = 16;

/// A fault with its place.
pub(super) struct Located {
    pub(super) place: Place,
    pub(super) complaint: Complaint,
    pub(super) at: At,
    /// A value that is known to fit here.
    pub(super) fix: Option<Node>,
}

/// What the place is to the fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum At {
    Value,
    /// The name of the field is wrong, not its value.
    Name,
    /// Somewhere inside, where could not be found out.
    Inside,
}

impl Located {
    fn new(place: Place, refusal: &Refusal) -> Self {
        Self {
            place,
            complaint: refusal.complaint.clone(),
            at: At::Value,
            fix: None,
        }
    }
}

/// Finds the place of a fault; what cannot be found stays at what holds it.
pub(super) fn locate(readings: &mut Readings<'_>, tree: &Node, refusal: &Refusal) -> Located {
    let mut search = Search {
        readings,
        tree,
        refusal,
    };
    let found = match &refusal.complaint {
        Complaint::Missing(field) => search.missing(field),
        Complaint::Unknown(field) => search.unknown(field),
        Complaint::Repeated(field) => search.repeated(field),
        _ if is_partly_read(&refusal.sentence) => search.fraction(),
        // Said of a list that goes on.
        _ if refusal.sentence == "trailing characters" => {
            Some(Located::new(refusal.place.clone(), refusal))
        }
        _ if !tree.at(&refusal.place).is_some_and(Node::is_container) => {
            Some(Located::new(refusal.place.clone(), refusal))
        }
        // Said of the value itself, before anything in it was read.
        Complaint::Variant(known) if known.is_empty() => {
            Some(Located::new(refusal.place.clone(), refusal))
        }
        Complaint::Variant(_) | Complaint::Kind(_) => search.kind(),
        _ if refusal.sentence.contains("expected key to be ") => search.first_bad_name(),
        Complaint::Format => search.format(),
    };
    let mut found = found.unwrap_or_else(|| {
        let itself = refusal.complaint == Complaint::Format;
        Located {
            at: if itself { At::Value } else { At::Inside },
            ..Located::new(refusal.place.clone(), refusal)
        }
    });
    if found.at == At::Value {
        search.variants(&mut found);
        search.better_words(&mut found);
    }
    found
}

struct Search<'s, 'r> {
    readings: &'s mut Readings<'r>,
    tree: &'s Node,
    refusal: &'s Refusal,
}

impl Search<'_, '_> {
    /// The refusal of the body with another value at the place.
    fn with(&mut self, place: &Place, value: Node) -> Option<Refusal> {
        match self.readings.read_with(self.tree, place, value)? {
            Outcome::Refused(refusal) => Some(refusal),
            Outcome::Fits(_) | Outcome::Spent => None,
        }
    }

    fn places(&mut self, wanted: &mut dyn FnMut(&Place, &Node) -> bool) -> Vec<Place> {
        let mut seen = 0;
        let places = self
            .tree
            .find(&self.refusal.place, PLACES, &mut |place, node| {
                seen += 1;
                wanted(place, node)
            });
        self.readings.charge(LOOK * seen);
        places
    }

    /// The object that lacks the field: with a value there, serde has something else to say.
    fn missing(&mut self, field: &str) -> Option<Located> {
        let lacks =
            |node: &Node| matches!(node, Node::Object(_)) && node.names().all(|name| name != field);
        let places = self.places(&mut |_, node| lacks(node));
        let located = |place: &Place, this: &Self| Located::new(place.field(field), this.refusal);
        if let [only] = places.as_slice() {
            return Some(located(only, self));
        }
        for place in &places {
            for value in [Node::NULL, Node::string(MARK)] {
                let changed = self
                    .readings
                    .read_with(self.tree, &place.field(field), value);
                match changed {
                    Some(Outcome::Refused(next)) if next.sentence == self.refusal.sentence => {}
                    Some(Outcome::Refused(next)) if is_unknown(&next, field) => break,
                    // An object that names a variant takes no second field.
                    Some(Outcome::Refused(next))
                        if next.place != self.refusal.place
                            && next.place == *place
                            && next.complaint.is_unnamed() =>
                    {
                        break;
                    }
                    Some(Outcome::Spent) | None => return None,
                    Some(_) => return Some(located(place, self)),
                }
            }
        }
        None
    }

    /// The object with the unknown field: renamed there, serde speaks of the new name.
    fn unknown(&mut self, field: &str) -> Option<Located> {
        // serde tells of an unknown field before or after it has stepped into it.
        let mut places = match self.refusal.place.split_last() {
            Some((parent, Step::Key(key))) if key == field => vec![parent.field(field)],
            _ => Vec::new(),
        };
        let has = |node: &Node| node.names().any(|name| name == field);
        let below = self.places(&mut |_, node| has(node));
        places.extend(below.iter().map(|place| place.field(field)));
        if let [only] = places.as_slice() {
            return Some(Located::new(only.clone(), self.refusal));
        }
        places
            .into_iter()
            .find(|place| {
                let rename = |tree: &mut Node| tree.rename(place, MARK);
                matches!(self.readings.read_changed(self.tree, rename),
                    Some(Outcome::Refused(next)) if is_unknown(&next, MARK))
            })
            .map(|place| Located::new(place, self.refusal))
    }

    /// The object with the field twice: with one of them alone, serde has something else to say.
    fn repeated(&mut self, field: &str) -> Option<Located> {
        let twice = |node: &Node| node.names().filter(|name| *name == field).count() > 1;
        let places = self.places(&mut |_, node| twice(node));
        let found = match places.as_slice() {
            // Two names for one field.
            [] => Some(&self.refusal.place),
            [only] => Some(only),
            several => several.iter().find(|place| {
                let keep = |tree: &mut Node| tree.keep_last(&place.field(field));
                match self.readings.read_changed(self.tree, keep) {
                    Some(Outcome::Refused(next)) => next.sentence != self.refusal.sentence,
                    Some(Outcome::Fits(_)) => true,
                    Some(Outcome::Spent) | None => false,
                }
            }),
        };
        found.map(|place| Located::new(place.field(field), self.refusal))
    }

    /// The value, or the name of a field, that serde has found where it expected something else.
    fn kind(&mut self) -> Option<Located> {
        let found = self.refusal.found.clone()?;
        let is_variant = matches!(self.refusal.complaint, Complaint::Variant(_));
        let describes = |node: &Node| describe(node, is_variant).contains(&found);
        for place in self.places(&mut |_, node| describes(node)) {
            let node = self.tree.at(&place)?;
            for value in others(node) {
                let descriptions = describe(&value, is_variant);
                let Some(next) = self.with(&place, value) else {
                    continue;
                };
                if next == *self.refusal {
                    // A list is described in the same words whatever is in it.
                    if node.is_container() {
                        continue;
                    }
                    break;
                }
                if next.complaint == self.refusal.complaint
                    && next.place.is_within(&self.refusal.place)
                    && next
                        .found
                        .is_some_and(|found| descriptions.contains(&found))
                {
                    return Some(Located::new(place, self.refusal));
                }
            }
        }
        self.name(&found)
    }

    /// The field whose name is refused: that of a variant, or of a map whose keys are not text.
    fn name(&mut self, found: &str) -> Option<Located> {
        let is_variant = matches!(self.refusal.complaint, Complaint::Variant(_));
        let found: String = match is_variant {
            true => found.to_owned(),
            false => serde_json::from_str(found.strip_prefix("string ")?).ok()?,
        };
        let places = self.places(&mut |_, node| node.names().any(|name| name == found));
        for holder in places {
            let place = holder.field(&found);
            let rename = |tree: &mut Node| tree.rename(&place, MARK);
            let Some(Outcome::Refused(next)) = self.readings.read_changed(self.tree, rename) else {
                continue;
            };
            if next.complaint == self.refusal.complaint
                && next.found.is_some_and(|found| found.contains("povery"))
            {
                // An object that names a variant is the value of the enum.
                let single = self.tree.at(&holder).map(|node| node.names().count()) == Some(1);
                return Some(if is_variant && single {
                    Located::new(holder, self.refusal)
                } else {
                    Located {
                        at: At::Name,
                        ..Located::new(place, self.refusal)
                    }
                });
            }
        }
        None
    }

    /// The name that a map whose keys are numbers refuses: without what comes after it, still.
    fn first_bad_name(&mut self) -> Option<Located> {
        let holder = &self.refusal.place;
        let Some(Node::Object(entries)) = self.tree.at(holder) else {
            return None;
        };
        let (_, (name, _)) = entries.iter().enumerate().take(PLACES).find(|(index, _)| {
            let first = entries.get(..=*index).unwrap_or_default().to_vec();
            let next = self
                .readings
                .read_with(self.tree, holder, Node::Object(first));
            matches!(next, Some(Outcome::Refused(next)) if next.sentence == self.refusal.sentence)
        })?;
        Some(Located {
            complaint: Complaint::Kind("a number".to_owned()),
            at: At::Name,
            ..Located::new(holder.field(name), self.refusal)
        })
    }
}

/// Whether what serde has found is this value.
pub(super) fn is_described(node: &Node, refusal: &Refusal) -> bool {
    let is_variant = matches!(refusal.complaint, Complaint::Variant(_));
    let found = refusal.found.as_ref();
    found.is_some_and(|found| describe(node, is_variant).contains(found))
}

fn is_unknown(refusal: &Refusal, field: &str) -> bool {
    matches!(&refusal.complaint, Complaint::Unknown(unknown) if unknown == field)
}
