//! All faults of a body at once, on the failure path only: repair and retry.
//!
//! serde stops at the first value that does not fit. That fault is noted, a value that fits is put
//! in its place, and the body is read again, until it can be read; then the rules are asked. What
//! they say of repaired places is about our own values and is dropped.

use super::locate::{At, Located, locate};
use super::naming::Names;
use super::place::Place;
use super::reading::{Outcome, Read, Readings, Refusal};
use super::shape::Complaint;
use super::tree::Node;
use super::violated::{self, Violated};
use super::{Faults, In};

mod repair;

/// The faults of a body that is refused, or that breaks rules.
///
/// `known` are faults that came to light before anything was read; there the tree holds values of
/// ours already.
pub(super) fn gather(
    reader: &dyn Read,
    place: In,
    tree: Node,
    size: usize,
    known: Vec<(Place, Complaint)>,
) -> Faults {
    let mut gathering = Gathering {
        tree,
        readings: Readings::new(reader, size),
        place,
        faults: Faults::new(),
        repaired: Vec::new(),
        guesses: Vec::new(),
    };
    for (place, complaint) in known {
        gathering.tell(&place, &complaint, complaint.to_string());
        if !place.is_top() {
            gathering.repaired.push(place);
        }
    }
    gathering.run(size > super::reading::LARGEST);
    let mut faults = gathering.faults;
    if faults.is_empty() {
        // The body was refused, and now nothing is wrong with it: a type that decides differently
        // each time. Refused it stays.
        let whole = Complaint::Format;
        faults.push(place, "", whole.constraint(), whole.to_string());
    }
    faults
}

/// A variant that we chose, and the others that it could have been.
struct Guess {
    place: Place,
    others: Vec<String>,
}

struct Gathering<'r> {
    tree: Node,
    readings: Readings<'r>,
    place: In,
    faults: Faults,
    repaired: Vec<Place>,
    guesses: Vec<Guess>,
}

impl Gathering<'_> {
    fn run(&mut self, first_only: bool) {
        let mut outcome = self.readings.read(&self.tree);
        loop {
            match outcome {
                Outcome::Fits(errors) => {
                    self.tell_rules(violated::leaves(&errors));
                    return;
                }
                Outcome::Refused(refusal) => {
                    let located = locate(&mut self.readings, &self.tree, &refusal);
                    self.note(&located, &refusal);
                    if first_only || self.faults.is_full() {
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
        self.faults.push(
            self.place,
            place.to_string(),
            complaint.constraint(),
            message,
        );
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
                    let next = readings.read_with(tree, &guess.place, Node::string(other));
                    !matches!(next, Some(Outcome::Refused(next))
                        if next.place == refusal.place && next.sentence == refusal.sentence)
                })
        })
    }

    fn tell_rules(&mut self, violated: Vec<Violated>) {
        let mut names = Names::new(&self.tree, &mut self.readings, &violated);
        let mut placed: Vec<(Place, &Violated)> =
            violated.iter().map(|one| (names.place(one), one)).collect();
        for guess in &self.guesses {
            let parent = guess.place.parent();
            for other in &guess.others {
                let other = Node::string(other);
                let next = self.readings.read_with(&self.tree, &guess.place, other);
                let others = match next {
                    Some(Outcome::Fits(errors)) => violated::leaves(&errors),
                    // Nothing is known of the other: what is near is left out.
                    _ => Vec::new(),
                };
                placed.retain(|(place, one)| {
                    !place.is_within(&parent) || others.iter().any(|other| other.is_same_rule(one))
                });
            }
        }
        for (place, one) in placed {
            if !self.is_ours(&place, one) {
                let (code, message) = one.told();
                self.faults
                    .push(self.place, place.to_string(), code, message);
            }
        }
    }

    /// Whether the rule looks at a value of ours.
    fn is_ours(&self, place: &Place, violated: &Violated) -> bool {
        let holder = if violated.is_of_the_whole() {
            place.clone()
        } else {
            place.parent()
        };
        self.repaired.iter().any(|repaired| {
            place.is_within(repaired)
                || violated.compares() && repaired.is_within(&holder)
                || repaired.is_within(place) && !violated.is_of_length()
        })
    }
}
