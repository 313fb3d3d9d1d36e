//! What was sent, on the failure path: a tree whose leaves are the text as it came, so that numbers
//! of any size and fields given twice survive being written again.

use std::borrow::Cow;

use serde_json::Value;

use super::place::{Place, Step};

/// A JSON value. Text and numbers are raw JSON, objects keep the order and every entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Leaf(Cow<'static, str>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    pub(super) const NULL: Self = Self::Leaf(Cow::Borrowed("null"));

    /// Raw JSON that is no list and no object.
    pub(super) const fn raw(text: &'static str) -> Self {
        Self::Leaf(Cow::Borrowed(text))
    }

    pub(super) fn string(text: &str) -> Self {
        Self::Leaf(Value::from(text).to_string().into())
    }

    /// The tree of text that serde_json has found to be JSON; `None` where a name in it is
    /// no Unicode, or it is nested too deep.
    pub(super) fn parse(text: &str) -> Option<Self> {
        scan::tree(text)
    }

    /// The text of a JSON string.
    pub(super) fn as_text(&self) -> Option<String> {
        match self {
            Self::Leaf(raw) if raw.starts_with('"') => serde_json::from_str(raw).ok(),
            _ => None,
        }
    }

    /// Whether a query would have the same text for both.
    pub(super) fn is_same_text(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Leaf(one), Self::Leaf(other)) => {
                one.trim_matches('"') == other.trim_matches('"')
            }
            (one, other) => one == other,
        }
    }

    pub(super) fn is_container(&self) -> bool {
        !matches!(self, Self::Leaf(_))
    }

    pub(super) fn write(&self, out: &mut String) {
        match self {
            Self::Leaf(raw) => out.push_str(raw),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write(out);
                }
                out.push(']');
            }
            Self::Object(entries) => {
                out.push('{');
                for (index, (name, value)) in entries.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(&Value::from(name.as_str()).to_string());
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// Whether this is the same JSON value, numbers by what they are worth; text of a query may be
    /// a number or a boolean too.
    pub(super) fn equals(&self, value: &Value) -> bool {
        let mut text = String::new();
        self.write(&mut text);
        match (serde_json::from_str::<Value>(&text), value) {
            (Ok(Value::Number(one)), Value::Number(other)) => one.as_f64() == other.as_f64(),
            (Ok(Value::String(one)), Value::Number(_) | Value::Bool(_)) => {
                let written = value.to_string();
                one == written
            }
            (Ok(one), other) => one == *other,
            (Err(_), _) => false,
        }
    }

    /// The value of a field.
    pub(super) fn field(&self, key: &str) -> Option<&Self> {
        match self {
            // Of a field given twice the last is the one that counts.
            Self::Object(entries) => entries
                .iter()
                .rev()
                .find_map(|(name, value)| (name == key).then_some(value)),
            _ => None,
        }
    }

    fn child(&self, step: &Step) -> Option<&Self> {
        match (step, self) {
            (Step::Key(key), _) => self.field(key),
            (Step::Index(index), Self::List(items)) => items.get(*index),
            _ => None,
        }
    }

    pub(super) fn at(&self, place: &Place) -> Option<&Self> {
        place
            .steps()
            .iter()
            .try_fold(self, |node, step| node.child(step))
    }

    pub(super) fn at_mut(&mut self, place: &Place) -> Option<&mut Self> {
        place
            .steps()
            .iter()
            .try_fold(self, |node, step| match (step, node) {
                (Step::Key(key), Self::Object(entries)) => entries
                    .iter_mut()
                    .rev()
                    .find_map(|(name, value)| (name == key).then_some(value)),
                (Step::Index(index), Self::List(items)) => items.get_mut(*index),
                _ => None,
            })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let entries = match self {
            Self::Object(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().map(|(name, _)| name.as_str())
    }

    /// The part of the place that is there.
    pub(super) fn reach(&self, place: Place) -> Place {
        let mut node = self;
        let mut steps = place.into_steps();
        let mut length = 0;
        while let Some(child) = steps.get(length).and_then(|step| node.child(step)) {
            node = child;
            length += 1;
        }
        steps.truncate(length);
        Place::new(steps)
    }

    /// Puts a value at the place, at each entry of a field given twice, and makes a field that is
    /// missing; false where there is no such place.
    pub(super) fn put(&mut self, place: &Place, value: Self) -> bool {
        let Some((parent, last)) = place.split_last() else {
            *self = value;
            return true;
        };
        match (last, self.at_mut(&parent)) {
            (Step::Key(key), Some(Self::Object(entries))) => {
                let mut found = false;
                for (_, old) in entries.iter_mut().filter(|(name, _)| *name == key) {
                    *old = value.clone();
                    found = true;
                }
                if !found {
                    entries.push((key, value));
                }
                true
            }
            (Step::Index(index), Some(Self::List(items))) => {
                items.get_mut(index).map(|item| *item = value).is_some()
            }
            _ => false,
        }
    }

    /// Removes a field, every entry of it; false where there is none.
    pub(super) fn remove(&mut self, place: &Place) -> bool {
        self.retain(place, |_, _| false)
    }

    /// Of a field given several times keeps only the last; false where it is given once.
    pub(super) fn keep_last(&mut self, place: &Place) -> bool {
        self.retain(place, |index, count| index + 1 == count)
    }

    fn retain(&mut self, place: &Place, keep: impl Fn(usize, usize) -> bool) -> bool {
        let Some((parent, Step::Key(key))) = place.split_last() else {
            return false;
        };
        let Some(Self::Object(entries)) = self.at_mut(&parent) else {
            return false;
        };
        let before = entries.len();
        let count = entries.iter().filter(|(name, _)| *name == key).count();
        let mut index = 0;
        entries.retain(|(name, _)| {
            if *name != key {
                return true;
            }
            index += 1;
            keep(index - 1, count)
        });
        entries.len() < before
    }

    /// Gives a field another name; false where there is no such field.
    pub(super) fn rename(&mut self, place: &Place, to: &str) -> bool {
        let Some((parent, Step::Key(key))) = place.split_last() else {
            return false;
        };
        let Some(Self::Object(entries)) = self.at_mut(&parent) else {
            return false;
        };
        let mut found = false;
        for (name, _) in entries.iter_mut().filter(|(name, _)| *name == key) {
            to.clone_into(name);
            found = true;
        }
        found
    }
}

mod look;
mod scan;
#[cfg(test)]
mod tests;
