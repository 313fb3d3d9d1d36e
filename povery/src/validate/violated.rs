//! Single violated rules, where Rust sees them.

use std::collections::BTreeMap;

use serde_json::Value;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use super::message;

/// More violations than anybody is told of, since some of them may be of our own values.
const MOST: usize = 1_000;

/// What `validator` calls a rule of a whole struct.
const WHOLE: &str = "__all__";

/// What `validator` calls the items of a list without a field.
const ITEMS: &str = "_tmp_validator";

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Field(String),
    Index(usize),
}

/// One violated rule, where Rust sees it.
pub(super) struct Violated {
    pub(super) path: Vec<Part>,
    whole: bool,
    error: ValidationError,
}

impl Violated {
    /// The name of the rule and the sentence for it.
    pub(super) fn told(&self) -> (String, String) {
        (self.error.code.to_string(), message::of(&self.error))
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

    pub(super) fn is_same_rule(&self, other: &Self) -> bool {
        self.path == other.path && self.whole == other.whole && self.error.code == other.error.code
    }

    pub(super) fn value(&self) -> Option<&Value> {
        self.error.params.get("value")
    }

    /// Whether the other one is the same rule about an equal value, in any item of a list.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let alike = |(one, other): (&Part, &Part)| match (one, other) {
            (Part::Index(_), Part::Index(_)) => true,
            (one, other) => one == other,
        };
        self.path.len() == other.path.len()
            && self.path.iter().zip(&other.path).all(alike)
            && self.error.code == other.error.code
            && self.value() == other.value()
    }
}

/// Every single violation, in the order of the names.
pub(super) fn leaves(errors: &ValidationErrors) -> Vec<Violated> {
    let mut all = Vec::new();
    collect(errors, &mut Vec::new(), &mut all);
    all
}

fn collect(errors: &ValidationErrors, path: &mut Vec<Part>, all: &mut Vec<Violated>) {
    let sorted: BTreeMap<_, _> = errors.errors().iter().collect();
    for (name, kind) in sorted {
        let depth = path.len();
        if *name != WHOLE && *name != ITEMS {
            let name = name.strip_prefix("r#").unwrap_or(name);
            path.push(Part::Field(name.to_owned()));
        }
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, path, all),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    if all.len() >= MOST {
                        break;
                    }
                    path.push(Part::Index(*index));
                    collect(inner, path, all);
                    path.pop();
                }
            }
            ValidationErrorsKind::Field(violations) => {
                all.extend(violations.iter().map(|error| Violated {
                    path: path.clone(),
                    whole: *name == WHOLE,
                    error: error.clone(),
                }));
            }
        }
        path.truncate(depth);
    }
}
