//! All faults of a JSON body.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use validator::{Validate, ValidationErrors};

use super::gather::{First, gather};
use super::reading::{self, Rules};
use super::shape::Complaint;
use super::tree::Node;
use super::{Faults, In, ask};

/// Reads a body.
///
/// # Errors
///
/// All of its faults, or that it is no JSON at all.
pub(crate) fn json<T: DeserializeOwned>(body: &[u8], rules: Rules<T>) -> Result<T, Refused> {
    if begins_a_list(body) && ask::is_object::<T>() {
        serde_json::from_slice::<&RawValue>(body).map_err(Refused::Malformed)?;
        let complaint = Complaint::Kind("an object".to_owned());
        let mut faults = Faults::new();
        faults.push(In::Body, "", complaint.constraint(), complaint.to_string());
        return Err(Refused::Faulty(faults));
    }
    match serde_json::from_slice::<T>(body) {
        Ok(value) => match rules(&value) {
            Ok(()) => Ok(value),
            // Only a failure pays for the search for all of its reasons.
            Err(errors) => Err(search(body, rules, Some(errors))),
        },
        Err(_) => Err(search(body, rules, None)),
    }
}

/// The rules of `T`.
pub(crate) fn rules<T: Validate>(value: &T) -> Result<(), ValidationErrors> {
    value.validate()
}

/// No rules.
pub(crate) fn no_rules<T>(_: &T) -> Result<(), ValidationErrors> {
    Ok(())
}

/// Why a body gives no value.
#[derive(Debug)]
pub(crate) enum Refused {
    Malformed(serde_json::Error),
    Faulty(Faults),
}

/// serde's derive takes a list for a struct, field by field, which nobody means.
fn begins_a_list(body: &[u8]) -> bool {
    body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[')
}

fn search<T: DeserializeOwned>(
    body: &[u8],
    rules: Rules<T>,
    broken: Option<ValidationErrors>,
) -> Refused {
    let text = match serde_json::from_slice::<&RawValue>(body) {
        Ok(raw) => raw.get(),
        Err(error) => return Refused::Malformed(error),
    };
    let tree = match Node::parse(text) {
        Some(tree) => tree,
        // Too deep, or a name that is no Unicode: serde_json has the words and the position.
        None => match serde_json::from_slice::<serde_json::Value>(body) {
            Err(error) => return Refused::Malformed(error),
            Ok(_) => Node::Leaf(text.to_owned().into()),
        },
    };
    let reader = reading::Json(rules);
    Refused::Faulty(gather(
        &reader,
        In::Body,
        tree,
        body.len(),
        First::of(broken),
    ))
}

#[cfg(test)]
mod tests;
