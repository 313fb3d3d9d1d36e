//! What the rules say when another value is at a place.

use std::collections::{BTreeMap, HashMap};

use super::super::candidate::{hint, likely, others};
use super::super::place::Place;
use super::super::reading::{Outcome, Readings};
use super::super::shape::Complaint;
use super::super::tree::Node;
use super::super::violated::{Violated, leaves};

/// How many values are tried at one place.
pub(super) const VALUES: usize = 8;

/// How many violations of each likeness there are.
type Counts = HashMap<u64, usize>;

/// Each place is tried once, whatever rules and fields it may be about.
#[derive(Default)]
pub(super) struct Evidence {
    /// What the rules say of what was sent; not counted before it is needed.
    before: Option<Counts>,
    tried: BTreeMap<Place, Trial>,
}

#[derive(Default)]
struct Trial {
    /// Values that are still to be tried, the next one last; none yet before the first.
    queue: Option<Vec<Node>>,
    tried: usize,
    /// What the rules said of the values that fit.
    fitting: Vec<Counts>,
}

impl Evidence {
    /// Whether one of the first `most` values that fit at the place changes what the rule says; `all`
    /// are the violations of what was sent.
    pub(super) fn depends(
        &mut self,
        tree: &Node,
        readings: &mut Readings<'_>,
        all: &[Violated<'_>],
        (place, violated): (&Place, &Violated<'_>),
        most: usize,
    ) -> bool {
        let node = tree.at(place).unwrap_or(&Node::NULL);
        let judged = violated
            .value()
            .map(|value| value.is_array() || value.is_object());
        if judged.is_some_and(|container| container != node.is_container()) {
            return false;
        }
        let likeness = violated.likeness();
        let before = self
            .before
            .get_or_insert_with(|| counts(all))
            .get(&likeness)
            .copied()
            .unwrap_or_default();
        let trial = self.tried.entry(place.clone()).or_default();
        (0..most)
            .map_while(|nth| trial.nth(nth, tree, readings, place))
            .any(|after| after.get(&likeness).copied().unwrap_or_default() < before)
    }
}

impl Trial {
    /// What the rules say of the nth value that fits.
    fn nth(
        &mut self,
        nth: usize,
        tree: &Node,
        readings: &mut Readings<'_>,
        place: &Place,
    ) -> Option<Counts> {
        let node = tree.at(place).unwrap_or(&Node::NULL);
        let mut queue = self.queue.take().unwrap_or_else(|| {
            let mut queue = likely(&Complaint::Format);
            queue.reverse();
            queue.extend(others(node).into_iter().rev());
            queue
        });
        while self.fitting.len() <= nth && self.tried < VALUES {
            let Some(value) = queue.pop() else { break };
            self.tried += 1;
            if value.is_same_text(node) {
                continue;
            }
            match readings.read_with(tree, place, value) {
                Some(Outcome::Fits(errors)) => self.fitting.push(counts(&leaves(&errors))),
                Some(Outcome::Refused(refusal)) => {
                    if let Some(hint) = hint(&refusal.complaint) {
                        queue.extend([Node::raw("true"), Node::raw("1"), hint]);
                    }
                }
                Some(Outcome::Spent) | None => break,
            }
        }
        self.queue = Some(queue);
        self.fitting.get(nth).cloned()
    }
}

fn counts(all: &[Violated<'_>]) -> Counts {
    let mut counts = Counts::new();
    for one in all {
        *counts.entry(one.likeness()).or_default() += 1;
    }
    counts
}
