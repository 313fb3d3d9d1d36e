//! Numbers that go on where an integer of 128 bits has ended.

use super::super::candidate::MARK;
use super::super::place::Place;
use super::super::tree::Node;
use super::{Located, Search};

impl Search<'_, '_> {
    /// The number with a fraction or an exponent: text in its place is no number either.
    pub(super) fn fraction(&mut self) -> Option<Located> {
        let places = self.places(&mut |_, node| goes_on(node));
        if let [only] = places.as_slice() {
            return Some(self.whole(only.clone()));
        }
        places
            .into_iter()
            .find(|place| {
                let next = self.with(place, Node::string(MARK));
                next.is_some_and(|next| next.place == *place && next.sentence == "invalid number")
            })
            .map(|place| self.whole(place))
    }

    /// The next such number of the same object is told of in the same words: a value that fits is
    /// known, and need not be tried.
    fn whole(&self, place: Place) -> Located {
        Located {
            fix: Some(Node::raw("1")),
            ..Located::new(place, self.refusal)
        }
    }
}

/// Whether it is a number with a fraction or an exponent.
fn goes_on(node: &Node) -> bool {
    let Node::Leaf(raw) = node else { return false };
    let starts = |byte: &u8| byte.is_ascii_digit() || *byte == b'-';
    raw.as_bytes().first().is_some_and(starts) && raw.contains(['.', 'e', 'E'])
}
