//! All faults of names and values: a query, or a form as browsers send it.

use std::borrow::Cow;
use std::fmt;

use serde::de;
use serde::de::DeserializeOwned;
use validator::ValidationErrors;

use super::gather::{First, gather};
use super::place::Place;
use super::reading::{Read, Refusal, Rules};
use super::shape::Complaint;
use super::tree::Node;
use super::{Faults, In, ask};
use crate::request;

/// A name with its value.
pub(crate) type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// Reads `T` from pairs.
pub(crate) type ReadPairs<T> = fn(&[Pair<'_>]) -> Result<T, PairsError>;

/// Reads text such as `a=1&b=2`; `place` is where it stands.
///
/// # Errors
///
/// All of its faults.
pub(crate) fn pairs<T: DeserializeOwned>(
    text: &[u8],
    place: In,
    read: ReadPairs<T>,
    rules: Rules<T>,
) -> Result<T, Faults> {
    let (pairs, broken) = parse(text);
    if broken.is_empty()
        && let Ok(value) = read(&pairs)
        && rules(&value).is_ok()
    {
        return Ok(value);
    }
    let entries = pairs
        .iter()
        .map(|(name, value)| (name.clone().into_owned(), Node::string(value)));
    let tree = Node::Object(entries.collect());
    let reader = Pairs { read, rules };
    Err(gather(
        &reader,
        place,
        tree,
        text.len(),
        First::Known(broken),
    ))
}

/// Bytes that are not UTF-8 are a fault of their value, or of the whole where they are in a name.
fn parse(text: &[u8]) -> (Vec<Pair<'_>>, Vec<(Place, Complaint)>) {
    let mut pairs = Vec::new();
    let mut broken = Vec::new();
    for (name, value) in request::pairs(text) {
        match (name, value.decoded()) {
            (Some(name), Some(value)) => pairs.push((name, value)),
            (Some(name), None) => {
                broken.push((Place::default().field(&name), Complaint::Format));
                pairs.push((name, Cow::Borrowed("")));
            }
            (None, _) => broken.push((Place::default(), Complaint::Format)),
        }
    }
    (pairs, broken)
}

struct Pairs<T> {
    read: ReadPairs<T>,
    rules: Rules<T>,
}

impl<T: DeserializeOwned> Read for Pairs<T> {
    fn read(&self, tree: &Node) -> Result<ValidationErrors, Refusal> {
        let entries = match tree {
            Node::Object(entries) => entries.as_slice(),
            _ => &[],
        };
        let pairs: Vec<Pair<'_>> = entries
            .iter()
            .filter_map(|(name, value)| {
                let text = match (value.as_text(), value) {
                    (Some(text), _) => Cow::Owned(text),
                    // Nothing else that JSON has is text: the pair is not there.
                    (None, Node::Leaf(raw)) if raw != "null" => Cow::Borrowed(raw.as_ref()),
                    _ => return None,
                };
                Some((Cow::Borrowed(name.as_str()), text))
            })
            .collect();
        match (self.read)(&pairs) {
            Ok(value) => Ok((self.rules)(&value).err().unwrap_or_default()),
            Err(PairsError { name, sentence }) => {
                let top = Place::default();
                let place = name.map_or_else(|| top.clone(), |name| top.field(&name));
                Err(Refusal::new(tree.reach(place), &sentence))
            }
        }
    }

    fn fields(&self, place: &Place) -> Option<&'static [&'static str]> {
        ask::fields::<T>(place)
    }

    /// The value of a repeated key is an item of a list.
    fn expected(&self, place: &Place) -> Option<String> {
        match ask::expected::<T>(place).as_deref() {
            Some("a sequence") => ask::expected::<T>(&place.item(0)),
            other => other.map(str::to_owned),
        }
    }

    fn is_flat(&self) -> bool {
        true
    }
}

/// Why pairs give no value: what serde says, and the name at which it says so. Never told as it is.
#[derive(Debug)]
pub(crate) struct PairsError {
    name: Option<String>,
    sentence: String,
}

impl PairsError {
    /// The same, said at this name unless it was said at another.
    pub(crate) fn at(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.to_owned());
        self
    }
}

impl de::Error for PairsError {
    fn custom<T: fmt::Display>(sentence: T) -> Self {
        Self {
            name: None,
            sentence: sentence.to_string(),
        }
    }
}

impl fmt::Display for PairsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names or values that do not fit")
    }
}

impl std::error::Error for PairsError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_split_and_decoded() {
        let (pairs, broken) = parse(b"a=1&&b=x+y%20z&c&%64=%zz&a=2&=");
        let plain: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), value.as_ref()))
            .collect();
        let expected = [
            ("a", "1"),
            ("b", "x y z"),
            ("c", ""),
            ("d", "%zz"),
            ("a", "2"),
            ("", ""),
        ];
        assert_eq!(plain, expected);
        assert!(broken.is_empty());
    }

    #[test]
    fn bytes_that_are_no_text_are_faults() {
        let (pairs, broken) = parse(b"a=%ff&%fe=1&b=\xff");
        assert_eq!(pairs.len(), 2);
        let places: Vec<String> = broken.iter().map(|(place, _)| place.to_string()).collect();
        assert_eq!(places, ["a", "", "b"]);
    }
}
