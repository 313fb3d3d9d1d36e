//! All faults of a body at once, on the failure path only: repair and retry.
//!
//! serde stops at the first value that does not fit. That fault is noted, a value that fits is put
//! in its place, and the body is read again, until it can be read; then the rules are asked. What
//! they say of repaired places is about our own values and is dropped.

use validator::ValidationErrors;

use super::locate::{At, Located, locate};
use super::naming::{Names, Placed};
use super::place::Place;
use super::reading::{Outcome, Read, Readings, Refusal};
use super::shape::Complaint;
use super::tree::Node;
use super::violated::{self, Violated};
use super::{Faults, In, MOST};

mod repair;
mod told;

use told::Told;

/// What is known before the search.
pub(super) enum First {
    /// Faults that came to light before anything was read; there the tree holds values of ours.
    Known(Vec<(Place, Complaint)>),
    /// What was sent can be read, and breaks these rules.
    Broken(ValidationErrors),
}

impl First {
    pub(super) fn of(broken: Option<ValidationErrors>) -> Self {
        broken.map_or(Self::Known(Vec::new()), Self::Broken)
    }
}

/// The faults of a body that is refused, or that breaks rules.
pub(super) fn gather(
    reader: &dyn Read,
    place: In,
    tree: Node,
    size: usize,
    first: First,
) -> Faults {
    let mut gathering = Gathering {
        told: Told::new(&tree),
        tree,
        readings: Readings::new(reader, size),
        repaired: Vec::new(),
        guesses: Vec::new(),
    };
    match first {
        First::Known(known) => {
            for (place, complaint) in known {
                gathering.tell(&place, &complaint, complaint.to_string());
                if !place.is_top() {
                    gathering.repaired.push(place);
                }
            }
            gathering.run(size > super::reading::LARGEST);
        }
        First::Broken(errors) => gathering.tell_rules(&violated::leaves(&errors)),
    }
    if gathering.told.is_empty() {
        // The body was refused, and now nothing is wrong with it: a type that decides differently
        // each time. Refused it stays.
        let whole = Complaint::Format;
        gathering.tell(&Place::default(), &whole, whole.to_string());
    }
    gathering.told.into_faults(place, reader.is_flat())
}

/// A variant that we chose, and the others that it could have been.
struct Guess {
    place: Place,
    others: Vec<String>,
}

struct Gathering<'r> {
    tree: Node,
    readings: Readings<'r>,
    told: Told,
    repaired: Vec<Place>,
    guesses: Vec<Guess>,
}

impl Gathering<'_> {
    fn run(&mut self, first_only: bool) {
        let mut outcome = self.readings.read(&self.tree);
        loop {
            match outcome {
                Outcome::Fits(errors) => {
                    self.tell_rules(&violated::leaves(&errors));
                    return;
                }
                Outcome::Refused(refusal) => {
                    let located = locate(&mut self.readings, &self.tree, &refusal);
                    self.note(&located, &refusal);
                    if first_only || self.told.count() >= MOST {
                        return;
                    }
                    match self.repair(located, &refusal) {
                        Some(next) => outcome = next,
                        None => return,
                    }
                }
                Outcome::Spent => return,
            }
        }
    }

    fn tell(&mut self, place: &Place, complaint: &Complaint, message: String) {
        self.told.tell(place, complaint.constraint(), message);
    }

    /// Notes a fault of the caller's. One inside a value that we put there is none, nor is one of
    /// something that holds such a value, or one that another guess would not bring.
    fn note(&mut self, located: &Located, refusal: &Refusal) {
        let Located {
            place, complaint, ..
        } = located;
        let again = matches!(complaint, Complaint::Repeated(_));
        let ours = self.repaired.iter().any(|repaired| {
            place.is_within(repaired) && !again || repaired.is_within(place) && repaired != place
        });
        if ours || self.is_guessed(place, refusal) {
            return;
        }
        let message = match (located.at, complaint) {
            (At::Value, _) => complaint.to_string(),
            (At::Name, _) => format!("{complaint} as its name"),
            (At::Inside, Complaint::Missing(field)) => {
                format!("a value inside lacks the field `{field}`")
            }
            (At::Inside, _) => format!("a value inside: {complaint}"),
        };
        self.tell(place, complaint, message);
    }

    /// Whether serde would say something else had we chosen another variant nearby.
    fn is_guessed(&mut self, place: &Place, refusal: &Refusal) -> bool {
        let Self {
            tree,
            readings,
            guesses,
            ..
        } = self;
        guesses.iter().any(|guess| {
            place.is_within(&guess.place.parent())
                && *place != guess.place
                && guess.others.iter().any(|other| {
                    match readings.read_with(tree, &guess.place, Node::string(other)) {
                        Some(Outcome::Refused(next)) => {
                            // Text that is refused itself, as that of a variant with fields is,
                            // says nothing about what is beside it.
                            !next.place.is_within(&guess.place)
                                && (next.place != refusal.place
                                    || next.sentence != refusal.sentence)
                        }
                        _ => true,
                    }
                })
        })
    }

    fn tell_rules(&mut self, violated: &[Violated<'_>]) {
        let mut doubtful: Vec<(Place, Option<ValidationErrors>)> = Vec::new();
        for guess in &self.guesses {
            for other in &guess.others {
                let other = Node::string(other);
                let errors = match self.readings.read_with(&self.tree, &guess.place, other) {
                    Some(Outcome::Fits(errors)) => Some(errors),
                    // The text itself is refused, as that of a variant that has fields.
                    Some(Outcome::Refused(next)) if next.place.is_within(&guess.place) => continue,
                    // Nothing is known of the other: what is near is left out.
                    _ => None,
                };
                doubtful.push((guess.place.parent(), errors));
            }
        }
        let others: Vec<(&Place, Vec<Violated<'_>>)> = doubtful
            .iter()
            .map(|(near, errors)| (near, errors.iter().flat_map(violated::leaves).collect()))
            .collect();
        let Self {
            tree,
            readings,
            told,
            repaired,
            ..
        } = self;
        let first = told.count();
        let mut nearby = Vec::new();
        Names::new(tree, readings, violated).each(violated, &mut |placed| {
            let Placed {
                place,
                violated,
                nearby: is_nearby,
            } = placed;
            let brought = others.iter().any(|(near, others)| {
                place.is_within(near) && !others.iter().any(|other| other.is_same_rule(violated))
            });
            if !brought && !is_ours(repaired, &place, violated) {
                let (code, message) = violated.told();
                if is_nearby {
                    nearby.push((place, code, message));
                } else {
                    told.tell(&place, code, message);
                }
            }
            // What is told here is in order: what comes later would be cut off.
            told.count() - first <= MOST && nearby.len() <= MOST
        });
        for (place, code, message) in nearby {
            told.tell_nearby(&place, code, message);
        }
    }
}

/// Whether the rule looks at a value of ours.
fn is_ours(repaired: &[Place], place: &Place, violated: &Violated<'_>) -> bool {
    let holder = if violated.is_of_the_whole() {
        place.clone()
    } else {
        place.parent()
    };
    repaired.iter().any(|repaired| {
        place.is_within(repaired)
            || violated.compares() && repaired.is_within(&holder)
            || repaired.is_within(place) && !violated.is_of_length()
    })
}
