//! Better words for a fault whose place is known: the type is asked what it expects.

use super::super::candidate::MARK;
use super::super::shape::{Complaint, readable};
use super::super::tree::Node;
use super::{Located, Search, is_described};

impl Search<'_, '_> {
    /// Asks an enum that was given no text for the names of its variants.
    pub(super) fn variants(&mut self, found: &mut Located) {
        let is_tag = matches!(&found.complaint, Complaint::Kind(expected) if expected.starts_with("variant i"));
        let unnamed = match &found.complaint {
            Complaint::Variant(known) => known.is_empty(),
            Complaint::Kind(expected) => is_tag || expected == "a string or an object",
            _ => false,
        };
        if unnamed
            && let Some(next) = self.with(&found.place, Node::string(MARK))
            && matches!(next.complaint, Complaint::Variant(_))
        {
            found.complaint = next.complaint;
        } else if is_tag {
            found.complaint = Complaint::Variant(Vec::new());
        }
    }

    /// Of a format, or of a number that serde_json has stumbled over, the type knows more than was said.
    pub(super) fn better_words(&mut self, found: &mut Located) {
        let Some(node) = self.tree.at(&found.place) else {
            return;
        };
        let is_vague = match &found.complaint {
            Complaint::Format => !node.is_container() || self.refusal.sentence == "invalid number",
            Complaint::Kind(expected) => is_vague(expected),
            _ => false,
        };
        if !is_vague {
            return;
        }
        let expected = self
            .readings
            .expected(&found.place)
            .map(|what| readable(&what));
        if let Some(expected) = expected.filter(|expected| says_more(expected)) {
            found.complaint = Complaint::Kind(expected);
            return;
        }
        // What is buffered cannot be asked, but says what it expects of another kind of value.
        if found.complaint == Complaint::Format && !self.readings.is_flat() {
            let other = Node::raw("true");
            if let Some(next) = self.with(&found.place, other.clone())
                && is_described(&other, &next)
                && let Complaint::Kind(expected) = next.complaint
                && says_more(&expected)
            {
                found.complaint = Complaint::Kind(expected);
            }
            return;
        }
        if let (Complaint::Kind(expected), Node::Leaf(raw)) = (&mut found.complaint, node) {
            if expected == "a smaller number" && raw.starts_with('-') {
                "a larger number".clone_into(expected);
            } else if expected == "a shorter list" {
                "an integer".clone_into(expected);
            }
        }
    }
}

/// What serde_json says for want of the type's own words.
fn is_vague(expected: &str) -> bool {
    matches!(
        expected,
        "a smaller number" | "an integer" | "a shorter list"
    )
}

/// Whether it says more than that the kind is right.
fn says_more(expected: &str) -> bool {
    !matches!(
        expected,
        "a string"
            | "a number"
            | "true or false"
            | "any value"
            | "any valid JSON value"
            | "a list"
            | "an object"
            | "null"
            | "one of the known values"
    )
}
