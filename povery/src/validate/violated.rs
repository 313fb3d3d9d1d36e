//! Single violated rules, where Rust sees them.

use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use serde_json::Value;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use super::message;

/// More violations than a body that is taken has, unless its type has many rules for few bytes.
const MOST: usize = 100_000;

/// More steps than the paths of all of them have, unless they are deep.
const PARTS: usize = 1_000_000;

/// What `validator` calls a rule of a whole struct.
const WHOLE: &str = "__all__";

/// What `validator` calls the items of a list without a field.
const ITEMS: &str = "_tmp_validator";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Part<'e> {
    Field(&'e str),
    Index(usize),
}

/// One violated rule, where Rust sees it.
pub(super) struct Violated<'e> {
    pub(super) path: Vec<Part<'e>>,
    whole: bool,
    error: &'e ValidationError,
}

impl Violated<'_> {
    /// The name of the rule and the sentence for it.
    pub(super) fn told(&self) -> (String, String) {
        (self.error.code.to_string(), message::of(self.error))
    }

    pub(super) fn is_of_the_whole(&self) -> bool {
        self.whole
    }

    /// Whether the rule looks at several fields.
    pub(super) fn compares(&self) -> bool {
        self.whole || self.error.params.contains_key("other") || self.error.code == "must_match"
    }

    /// Whether the rule counts, whatever is counted.
    pub(super) fn is_of_length(&self) -> bool {
        let bounds = ["min", "max", "equal"];
        bounds
            .iter()
            .any(|name| self.error.params.contains_key(*name))
    }

    pub(super) fn is_same_rule(&self, other: &Violated<'_>) -> bool {
        self.path == other.path && self.whole == other.whole && self.error.code == other.error.code
    }

    pub(super) fn value(&self) -> Option<&Value> {
        self.error.params.get("value")
    }

    /// The same number for the same first fields on the way, without indices: it is that of all
    /// items of a list.
    pub(super) fn way(&self, done: usize) -> u64 {
        let mut hasher = DefaultHasher::new();
        for part in self.path.get(..done).unwrap_or_default() {
            if let Part::Field(name) = part {
                name.hash(&mut hasher);
            }
        }
        hasher.finish()
    }

    /// The same number for rules of the same field, or of the same struct, in any item of a list.
    pub(super) fn pattern(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash_fields(&mut hasher);
        (self.whole, self.value().is_none()).hash(&mut hasher);
        hasher.finish()
    }

    /// The same number for the same rule about an equal value at the same place.
    pub(super) fn identity(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.path, self.likeness()).hash(&mut hasher);
        hasher.finish()
    }

    fn hash_fields(&self, hasher: &mut DefaultHasher) {
        for part in &self.path {
            match part {
                Part::Field(name) => name.hash(hasher),
                Part::Index(_) => 0_u8.hash(hasher),
            }
        }
    }

    /// The same number for the same rule about an equal value, in any item of a list.
    pub(super) fn likeness(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash_fields(&mut hasher);
        self.whole.hash(&mut hasher);
        self.error.code.hash(&mut hasher);
        self.value().hash(&mut hasher);
        hasher.finish()
    }
}

/// How many violations there are.
pub(super) fn count(errors: &ValidationErrors) -> usize {
    let each = errors.errors().values().map(|kind| match kind {
        ValidationErrorsKind::Struct(inner) => count(inner),
        ValidationErrorsKind::List(items) => items.values().map(|inner| count(inner)).sum(),
        ValidationErrorsKind::Field(violations) => violations.len(),
    });
    each.sum()
}

/// Every single violation, in the order of the names; those of one place come together.
pub(super) fn leaves(errors: &ValidationErrors) -> Vec<Violated<'_>> {
    let mut all = Vec::new();
    collect(errors, &mut Vec::new(), &mut all, &mut 0);
    all
}

fn collect<'e>(
    errors: &'e ValidationErrors,
    path: &mut Vec<Part<'e>>,
    all: &mut Vec<Violated<'e>>,
    parts: &mut usize,
) {
    let sorted: BTreeMap<_, _> = errors.errors().iter().collect();
    for (name, kind) in sorted {
        let depth = path.len();
        if *name != WHOLE && *name != ITEMS {
            path.push(Part::Field(name.strip_prefix("r#").unwrap_or(name)));
        }
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, path, all, parts),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    if all.len() >= MOST || *parts >= PARTS {
                        break;
                    }
                    path.push(Part::Index(*index));
                    collect(inner, path, all, parts);
                    path.pop();
                }
            }
            ValidationErrorsKind::Field(violations) => {
                *parts += path.len() * violations.len();
                all.extend(violations.iter().map(|error| Violated {
                    path: path.clone(),
                    whole: *name == WHOLE,
                    error,
                }));
            }
        }
        path.truncate(depth);
    }
}
