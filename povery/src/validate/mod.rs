//! Faults of a request, gathered from the path, the query, the headers and the body.

mod ask;
mod candidate;
mod gather;
mod json;
mod locate;
mod message;
mod naming;
mod pairs;
mod place;
mod reading;
pub mod rule;
mod shape;
mod tree;
mod violated;

pub(crate) use json::{Refused, json, no_rules, rules};
pub(crate) use pairs::{Pair, PairsError, pairs};
pub(crate) use reading::Rules;
pub(crate) use shape::readable;

use std::collections::BTreeMap;

use serde::Serialize;
use validator::{ValidationErrors, ValidationErrorsKind};

use crate::error::PoveryError;

/// The part of the request in which a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum In {
    /// A path parameter.
    Path,
    /// A query value.
    Query,
    /// A header.
    Header,
    /// The body.
    Body,
}

/// One property with everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The name on the wire; inside a body a path such as `items[0].email`, empty for the whole.
    pub property: String,
    /// Where the property is.
    #[serde(rename = "in")]
    pub place: In,
    /// What was violated, by name, and the sentence for it.
    pub constraints: BTreeMap<String, String>,
}

/// The most faults that one answer tells of. Nobody mends more at once, and a body of a megabyte
/// can hold enough of them to exceed what Lambda may answer.
const MOST: usize = 100;

/// All faults of a request so far, of at most 100 properties; what comes after them is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    faults: Vec<Fault>,
}

impl Faults {
    /// No faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; faults of the same property come together.
    pub fn push(
        &mut self,
        place: In,
        property: impl Into<String>,
        constraint: impl Into<String>,
        message: impl Into<String>,
    ) {
        let property = property.into();
        let full = self.is_full();
        let known = self
            .faults
            .iter_mut()
            .find(|fault| fault.place == place && fault.property == property);
        let constraint = (constraint.into(), message.into());
        match known {
            Some(fault) => fault.constraints.extend([constraint]),
            None if full => {}
            None => self.faults.push(Fault {
                property,
                place,
                constraints: BTreeMap::from([constraint]),
            }),
        }
    }

    /// Adds what `validator` has found, in the order of the names.
    pub fn extend(&mut self, place: In, errors: &ValidationErrors) {
        self.nested(place, "", errors);
    }

    fn nested(&mut self, place: In, parent: &str, errors: &ValidationErrors) {
        let sorted: BTreeMap<_, _> = errors.errors().iter().collect();
        for (name, kind) in sorted {
            let property = match (parent, name.as_ref()) {
                // What `validator` calls a rule of the whole struct.
                (parent, "__all__") => parent.to_owned(),
                ("", name) => name.to_owned(),
                (parent, name) => format!("{parent}.{name}"),
            };
            match kind {
                ValidationErrorsKind::Struct(inner) => self.nested(place, &property, inner),
                ValidationErrorsKind::List(items) => {
                    for (index, inner) in items {
                        if self.is_full() {
                            return;
                        }
                        self.nested(place, &format!("{property}[{index}]"), inner);
                    }
                }
                ValidationErrorsKind::Field(violations) => {
                    for violation in violations {
                        self.push(
                            place,
                            property.clone(),
                            violation.code.clone(),
                            message::of(violation),
                        );
                    }
                }
            }
        }
    }

    fn is_full(&self) -> bool {
        self.faults.len() >= MOST
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults, those of the path first, then query, headers and body.
    pub fn into_vec(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|fault| fault.place);
        self.faults
    }

    pub(crate) fn append(&mut self, other: Faults) {
        for fault in other.faults {
            for (constraint, message) in fault.constraints {
                self.push(fault.place, fault.property.clone(), constraint, message);
            }
        }
    }
}

/// 400 `VALIDATION_FAILED` "Validation failed", the faults as `errorData`.
impl From<Faults> for PoveryError {
    fn from(faults: Faults) -> Self {
        PoveryError::bad_request("Validation failed")
            .with_code("VALIDATION_FAILED")
            .with_data(faults.into_vec())
    }
}

impl PoveryError {
    /// 400 `VALIDATION_FAILED` for one fault that only the handler can see.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{In, PoveryError};
    ///
    /// let error = PoveryError::invalid(In::Query, "after", "exists", "must be the id of a user");
    /// assert_eq!(error.status(), 400);
    /// assert_eq!(error.data().unwrap()[0]["property"], "after");
    /// ```
    pub fn invalid(
        place: In,
        property: impl Into<String>,
        constraint: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let mut faults = Faults::new();
        faults.push(place, property, constraint, message);
        faults.into()
    }
}
