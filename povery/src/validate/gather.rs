//! All faults of a body at once, on the failure path only: repair and retry.
//!
//! serde stops at the first value that does not fit. That fault is noted, a value that fits is put
//! in its place, and the body is read again, until it can be read; then the rules are asked. What
//! they say of repaired places is about our own values and is dropped.

use super::candidate::{hint, likely};
use super::locate::{At, Located, locate};
use super::naming::{self, Names, Violated};
use super::place::{Place, Step};
use super::reading::{Outcome, Read, Readings, Refusal};
use super::shape::Complaint;
use super::tree::Node;
use super::{Faults, In};

/// How many variants are tried instead of a guessed one.
const ALTERNATIVES: usize = 7;

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
                    self.tell_rules(naming::leaves(&errors));
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

    /// Makes the place fit, and reads again. Where nothing fits, what holds it is given up, as far as
    /// need be; `None` where that is everything.
    fn repair(&mut self, located: Located, refusal: &Refusal) -> Option<Outcome> {
        let Located {
            place,
            complaint,
            at,
            fix,
        } = located;
        match &complaint {
            Complaint::Unknown(_) if self.tree.remove(&place) => {
                return Some(self.readings.read(&self.tree));
            }
            Complaint::Repeated(_) => {
                if self.tree.keep_last(&place) {
                    return Some(self.readings.read(&self.tree));
                }
                return self.drop_other_name(&place, refusal);
            }
            _ => {}
        }
        if at == At::Name && self.tree.remove(&place) {
            self.repaired.push(place);
            return Some(self.readings.read(&self.tree));
        }
        if let Some(value) = fix {
            self.tree.put(&place, value);
            self.repaired.push(place);
            return Some(self.readings.read(&self.tree));
        }
        // What was given up once and is refused again cannot be mended by the same values.
        let twice = self.repaired.iter().filter(|old| **old == place).count() > 1;
        let mut place = place;
        let mut complaint = complaint;
        if at == At::Inside || twice {
            if place.is_top() {
                return None;
            }
            complaint = Complaint::Format;
        }
        loop {
            let before = self.tree.clone();
            if let Some(next) = self.put_fitting(&place, &complaint, refusal) {
                self.repaired.push(place);
                return Some(next);
            }
            self.tree = before;
            if place.is_top() || self.readings.are_spent() {
                return None;
            }
            place = place.parent();
            complaint = Complaint::Format;
            if place.is_top() {
                return None;
            }
        }
    }

    /// Two names for one field: without one of them serde has nothing more to say of it.
    fn drop_other_name(&mut self, place: &Place, refusal: &Refusal) -> Option<Outcome> {
        let holder = place.parent();
        let names: Vec<String> = self.tree.at(&holder)?.names().map(str::to_owned).collect();
        for name in names.iter().rev() {
            let other = holder.field(name);
            if other == *place {
                continue;
            }
            let mut changed = self.tree.clone();
            changed.remove(&other);
            match self.readings.read(&changed) {
                Outcome::Refused(next) if next.sentence == refusal.sentence => {}
                Outcome::Spent => return None,
                next => {
                    self.tree = changed;
                    return Some(next);
                }
            }
        }
        None
    }

    /// Tries values until serde has nothing more to say of the place.
    fn put_fitting(
        &mut self,
        place: &Place,
        complaint: &Complaint,
        refusal: &Refusal,
    ) -> Option<Outcome> {
        let mut queue = likely(complaint);
        queue.reverse();
        let mut hints = 0;
        while let Some(candidate) = queue.pop() {
            if !self.tree.put(place, candidate.clone()) {
                return None;
            }
            let next = match self.readings.read(&self.tree) {
                Outcome::Spent => return None,
                Outcome::Refused(next) if is_still_at(place, &candidate, &next, refusal) => next,
                next => {
                    if let Complaint::Variant(known) = complaint
                        && let Some(chosen) = candidate.as_text()
                        && known.len() > 1
                    {
                        self.guess(place, &chosen, known, &next);
                    }
                    return Some(next);
                }
            };
            // Text was right, and the type has said which.
            let named = |complaint: &Complaint| matches!(complaint, Complaint::Variant(known) if !known.is_empty());
            if named(&next.complaint) && !named(complaint) {
                return self.put_fitting(place, &next.complaint, &next);
            }
            if let Some(hint) = hint(&next.complaint)
                && hints < 4
                && hint != candidate
            {
                hints += 1;
                queue.push(hint);
            }
        }
        None
    }

    /// Remembers that the variant was our choice.
    fn guess(&mut self, place: &Place, chosen: &str, known: &[String], next: &Outcome) {
        let mut others: Vec<String> = known
            .iter()
            .filter(|name| *name != chosen)
            .take(ALTERNATIVES)
            .cloned()
            .collect();
        // Of a plain enum all variants read on in the same way: then one is asked again later.
        let same = others.iter().all(|other| {
            let other = self
                .readings
                .read_with(&self.tree, place, Node::string(other));
            match (other, next) {
                (Some(Outcome::Fits(_)), Outcome::Fits(_)) => true,
                (Some(Outcome::Refused(other)), Outcome::Refused(next)) => other == *next,
                _ => false,
            }
        });
        if same {
            others = others.pop().into_iter().collect();
        }
        self.guesses.push(Guess {
            place: place.clone(),
            others,
        });
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
                    Some(Outcome::Fits(errors)) => naming::leaves(&errors),
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

/// Whether a refusal is still, or again, about the value that was put at the place.
fn is_still_at(place: &Place, candidate: &Node, next: &Refusal, before: &Refusal) -> bool {
    // What is there now cannot be missing; but a query has nothing like null, a list or an object.
    if let Complaint::Missing(field) = &next.complaint {
        let absent = *candidate == Node::NULL || candidate.is_container();
        return absent && next.place.field(field) == *place;
    }
    if matches!(next.complaint, Complaint::Unknown(_)) {
        return matches!(place.split_last(), Some((parent, Step::Key(_))) if parent == next.place)
            && next.sentence == before.sentence;
    }
    if next.place == *place {
        return true;
    }
    // In what serde buffers the place is that of the holder; what serde has found must tell.
    next.place == before.place
        && place.is_within(&next.place)
        && match &next.found {
            Some(_) => super::locate::is_described(candidate, next),
            None => next.sentence == before.sentence,
        }
}
