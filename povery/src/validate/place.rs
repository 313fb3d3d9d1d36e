//! A place inside a body.

use std::fmt;

use serde_path_to_error::{Path, Segment};

/// The steps from the top to a value; written `items[0].email`, the top itself as nothing, a key that
/// could be taken for something else as `prices["a.b"].net`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

impl Place {
    pub(super) fn new(steps: Vec<Step>) -> Self {
        Self(steps)
    }

    /// The place of an error. What serde had to buffer (`flatten`, untagged and internally tagged
    /// enums) is not tracked: the place is then that of what holds it.
    pub(super) fn of(path: &Path) -> Self {
        let known = path.iter().map_while(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { variant } => Some(Step::Key(variant.clone())),
            Segment::Unknown => None,
        });
        Self(known.collect())
    }

    pub(super) fn steps(&self) -> &[Step] {
        &self.0
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.0
    }

    pub(super) fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn enter(&mut self, step: Step) {
        self.0.push(step);
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The field `key` of the object here.
    pub(super) fn field(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// The item at `index` of the list here.
    pub(super) fn item(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    pub(super) fn split_last(&self) -> Option<(Self, Step)> {
        let (last, parents) = self.0.split_last()?;
        Some((Self(parents.to_vec()), last.clone()))
    }

    /// What holds this place; the top holds itself.
    pub(super) fn parent(&self) -> Self {
        self.split_last()
            .map_or_else(Self::default, |(parent, _)| parent)
    }

    /// The key of a field at the top.
    pub(super) fn only_key(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Step::Key(key)] => Some(key),
            _ => None,
        }
    }

    /// Whether this place is `other` or inside it.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                // A dot or a bracket would read as a step.
                Step::Key(key) if key.is_empty() || key.contains(['.', '[']) => {
                    write!(f, "[{}]", serde_json::Value::from(key.as_str()))?;
                }
                Step::Key(key) if position == 0 => f.write_str(key)?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
