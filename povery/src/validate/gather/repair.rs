//! Values of ours in place of those that do not fit.

use super::super::candidate::{hint, likely};
use super::super::locate::{At, Located, is_described};
use super::super::place::{Place, Step};
use super::super::reading::{Outcome, Refusal};
use super::super::shape::Complaint;
use super::super::tree::Node;
use super::{Gathering, Guess};

/// How many variants are tried instead of a guessed one.
const ALTERNATIVES: usize = 7;

impl Gathering<'_> {
    /// Makes the place fit, and reads again. Where nothing fits, what holds it is given up, as far as
    /// need be; `None` where that is everything.
    pub(super) fn repair(&mut self, located: Located, refusal: &Refusal) -> Option<Outcome> {
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
                let others = self.other_texts(&place);
                if self.tree.keep_last(&place) {
                    // Of a tag that is there twice, who knows which one was meant?
                    if !others.is_empty() {
                        self.guesses.push(Guess {
                            place: place.clone(),
                            others,
                        });
                    }
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

    /// What else is sent for a field that is there several times, but for the last.
    fn other_texts(&self, place: &Place) -> Vec<String> {
        let Some((parent, Step::Key(key))) = place.split_last() else {
            return Vec::new();
        };
        let Some(Node::Object(entries)) = self.tree.at(&parent) else {
            return Vec::new();
        };
        let last = self.tree.at(place);
        let others = entries
            .iter()
            .filter(|(name, node)| *name == key && Some(node) != last);
        let texts = others.filter_map(|(_, node)| node.as_text());
        texts.take(ALTERNATIVES).collect()
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
            if self.readings.are_spent() {
                return None;
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
            Some(_) => is_described(candidate, next),
            None => next.sentence == before.sentence,
        }
}
