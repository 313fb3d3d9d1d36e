//! A place inside a JSON value.

use std::fmt;

use serde_json::Value;
use serde_path_to_error::{Path, Segment};

/// The steps from the top to a value; written `items[0].email`, the top itself as nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    /// The place of an error. What serde had to buffer (`flatten`, untagged and internally tagged
    /// enums) is not tracked: the place is then that of the whole.
    pub(super) fn of(path: &Path) -> Self {
        let known = path.iter().map_while(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { variant } => Some(Step::Key(variant.clone())),
            Segment::Unknown => None,
        });
        Self(known.collect())
    }

    /// The field `key` of the object here.
    pub(super) fn field(&self, key: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Key(key.to_owned()));
        Self(steps)
    }

    /// Whether this place is `other` or inside it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Puts a value here, making the last key if need be; false where there is no such place.
    pub(super) fn put(&self, whole: &mut Value, value: Value) -> bool {
        let Some((last, parents)) = self.0.split_last() else {
            *whole = value;
            return true;
        };
        let Some(parent) = walk(whole, parents) else {
            return false;
        };
        match (last, parent) {
            (Step::Key(key), Value::Object(object)) => {
                object.insert(key.clone(), value);
                true
            }
            (Step::Index(index), Value::Array(items)) => {
                items.get_mut(*index).map(|item| *item = value).is_some()
            }
            _ => false,
        }
    }

    /// Removes the field here; false where there is none.
    pub(super) fn remove(&self, whole: &mut Value) -> bool {
        let Some((Step::Key(key), parents)) = self.0.split_last() else {
            return false;
        };
        let Some(parent) = walk(whole, parents) else {
            return false;
        };
        parent
            .as_object_mut()
            .is_some_and(|object| object.remove(key).is_some())
    }
}

fn walk<'v>(whole: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps
        .iter()
        .try_fold(whole, |value, step| match (step, value) {
            (Step::Key(key), Value::Object(object)) => object.get_mut(key),
            (Step::Index(index), Value::Array(items)) => items.get_mut(*index),
            _ => None,
        })
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
