//! Values in the words of serde.

use super::super::shape;
use super::super::tree::Node;

/// How serde describes a value, or, where it looks for the name of a variant, the name.
pub(super) fn describe(node: &Node, is_variant: bool) -> Vec<String> {
    if is_variant {
        return node.as_text().into_iter().collect();
    }
    let mut text = String::new();
    let plain = match node {
        Node::Leaf(raw) => raw,
        // What is inside does not matter.
        Node::List(_) => "[]",
        Node::Object(_) => "{}",
    };
    text.push_str(plain);
    let mut all = Vec::new();
    if let Err(error) = serde_json::from_str::<Nothing>(&text) {
        let sentence = error.to_string();
        all.extend(shape::found(&sentence).map(str::to_owned));
    }
    if let Node::List(items) = node {
        all.push(format!("length {}", items.len()));
    }
    all
}

/// Takes no value, and so makes serde describe it.
struct Nothing;

impl<'de> serde::Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self)
    }
}

impl serde::de::Visitor<'_> for Nothing {
    type Value = Self;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("nothing")
    }
}
