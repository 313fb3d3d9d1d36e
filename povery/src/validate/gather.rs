//! All faults of a body at once, on the failure path only: repair and retry.
//!
//! serde stops at the first value that does not fit. That fault is noted, a value that fits is put
//! in its place, and the body is read again, until it can be read; then the rules are asked. What
//! they say of repaired places is about our own values and is dropped.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use validator::{Validate, ValidationErrors};

use super::place::Place;
use super::shape::Complaint;
use super::{Faults, In};

/// How often a body is read again at the most.
const READINGS: usize = 64;

/// Of a larger body only the first fault is told, so that a failure stays cheap.
const LARGEST: usize = 64 * 1024;

/// The faults of a body that is no `T`, or is one that breaks its rules.
///
/// # Errors
///
/// Where the body is no JSON at all.
pub(crate) fn gather<T: DeserializeOwned + Validate>(
    body: &[u8],
) -> Result<Faults, serde_json::Error> {
    let mut whole: Option<Value> = match serde_json::from_slice(body) {
        Ok(whole) => Some(whole),
        // JSON that our own representation cannot hold: nothing can be repaired then.
        Err(error) if is_out_of_range(&error) => None,
        Err(error) => return Err(error),
    };
    if body.len() > LARGEST {
        whole = None;
    }
    let mut gathering = Gathering {
        faults: Faults::new(),
        repaired: Vec::new(),
        readings: READINGS,
    };
    let mut reading = gathering.read_text::<T>(body);
    loop {
        match reading {
            Reading::Fits(value) => {
                gathering.ask_rules(&value);
                break;
            }
            Reading::Fault(place, complaint) => {
                if !gathering.note(&place, &complaint) {
                    break;
                }
                let Some(whole) = &mut whole else { break };
                match gathering.repair::<T>(whole, place, &complaint) {
                    Some(next) => reading = next,
                    None => break,
                }
            }
            Reading::TooMany => break,
        }
    }
    let mut faults = gathering.faults;
    if faults.is_empty() {
        // The body was refused, and now nothing is wrong with it: a type that decides differently
        // each time. Refused it stays.
        let whole = Complaint::Format;
        faults.push(In::Body, "", whole.constraint(), whole.to_string());
    }
    Ok(faults)
}

/// serde_json has one category for this and for broken syntax.
fn is_out_of_range(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("number out of range")
}

enum Reading<T> {
    Fits(T),
    Fault(Place, Complaint),
    TooMany,
}

struct Gathering {
    faults: Faults,
    repaired: Vec<Place>,
    readings: usize,
}

impl Gathering {
    /// Reads as the happy path does: from text. A type may read a parsed value in another way.
    fn read<T: DeserializeOwned>(&mut self, whole: &Value) -> Reading<T> {
        self.read_text(whole.to_string().as_bytes())
    }

    fn read_text<T: DeserializeOwned>(&mut self, text: &[u8]) -> Reading<T> {
        if self.readings == 0 {
            return Reading::TooMany;
        }
        self.readings -= 1;
        let mut json = serde_json::Deserializer::from_slice(text);
        match serde_path_to_error::deserialize(&mut json) {
            Ok(value) => Reading::Fits(value),
            Err(error) => {
                let complaint = Complaint::read(&error.inner().to_string());
                let place = Place::of(error.path());
                let place = match &complaint {
                    Complaint::Missing(field) | Complaint::Repeated(field) => place.field(field),
                    // serde tells of an unknown field before or after it has stepped into it.
                    Complaint::Unknown(field) if !place.to_string().ends_with(field.as_str()) => {
                        place.field(field)
                    }
                    _ => place,
                };
                Reading::Fault(place, complaint)
            }
        }
    }

    /// Notes a fault of the caller's; one inside a value that we put there is none. False where it
    /// is a fault of something that holds a repaired place: then it is ours, and nothing more can
    /// be found out.
    fn note(&mut self, place: &Place, complaint: &Complaint) -> bool {
        if self.is_repaired(place) {
            return true;
        }
        if self
            .repaired
            .iter()
            .any(|repaired| repaired.is_within(place))
        {
            return false;
        }
        self.faults.push(
            In::Body,
            place.to_string(),
            complaint.constraint(),
            complaint.to_string(),
        );
        true
    }

    fn is_repaired(&self, place: &Place) -> bool {
        self.repaired
            .iter()
            .any(|repaired| place.is_within(repaired))
    }

    /// Makes the place fit, and reads again: the first candidate wins after which serde has nothing
    /// more to say of this very place. `None` where no candidate fits.
    fn repair<T: DeserializeOwned>(
        &mut self,
        whole: &mut Value,
        place: Place,
        complaint: &Complaint,
    ) -> Option<Reading<T>> {
        match complaint {
            Complaint::Unknown(_) => return place.remove(whole).then(|| self.read(whole)),
            // A parsed value has kept the last one. Said again, it is of two names for one field.
            Complaint::Repeated(_) => {
                let next = self.read(whole);
                let stays = matches!(&next, Reading::Fault(again, _) if *again == place);
                return (!stays).then_some(next);
            }
            _ => {}
        }
        let mut listed = matches!(complaint, Complaint::Variant(_));
        let mut queue = candidates(complaint);
        while let Some(candidate) = queue.pop_front() {
            if !place.put(whole, candidate) {
                return None;
            }
            match self.read(whole) {
                Reading::Fault(again, complaint) if again == place => {
                    // Text was right, and the type has said which.
                    if let Complaint::Variant(_) = complaint
                        && !std::mem::replace(&mut listed, true)
                    {
                        queue = candidates(&complaint);
                    }
                }
                next => {
                    self.repaired.push(place);
                    return Some(next);
                }
            }
        }
        None
    }

    fn ask_rules(&mut self, value: &impl Validate) {
        let Err(mut errors) = value.validate() else {
            return;
        };
        if !self.repaired.is_empty() {
            without_comparisons(&mut errors);
        }
        let mut faults = Faults::new();
        faults.extend(In::Body, &errors);
        let repaired: Vec<String> = self.repaired.iter().map(ToString::to_string).collect();
        faults.faults.retain(|fault| {
            !repaired
                .iter()
                .any(|place| is_within(&fault.property, place))
        });
        self.faults.append(faults);
    }
}

/// Whether a property path is `place` or inside it. `validator` names Rust's fields and serde the
/// wire's, which usually differ in case and underscores alone.
fn is_within(property: &str, place: &str) -> bool {
    let plain = |path: &str| path.replace(['_', '-'], "").to_lowercase();
    let (property, place) = (plain(property), plain(place));
    let place = place.as_str();
    property
        .strip_prefix(place)
        .is_some_and(|rest| place.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Drops the rules that look at several fields, of which some may be ours.
fn without_comparisons(errors: &mut ValidationErrors) {
    use validator::ValidationErrorsKind::{Field, List, Struct};
    let errors = errors.errors_mut();
    errors.remove("__all__");
    errors.retain(|_, kind| match kind {
        Struct(inner) => {
            without_comparisons(inner);
            !inner.is_empty()
        }
        List(items) => {
            items
                .values_mut()
                .for_each(|inner| without_comparisons(inner));
            items.retain(|_, inner| !inner.is_empty());
            !items.is_empty()
        }
        Field(violations) => {
            violations.retain(|violation| violation.code != "must_match");
            !violations.is_empty()
        }
    });
}

/// Values that may fit, likely ones first.
fn candidates(complaint: &Complaint) -> VecDeque<Value> {
    if let Complaint::Variant(known) = complaint {
        return known.iter().map(|name| json!(name)).collect();
    }
    VecDeque::from([
        Value::Null,
        json!(""),
        json!(0),
        json!(1),
        json!(false),
        json!([]),
        json!({}),
        json!("2000-01-01T00:00:00Z"),
        json!("2000-01-01"),
        json!("2000-01-01T00:00:00"),
        json!("00:00:00"),
        json!("00000000-0000-0000-0000-000000000000"),
    ])
}

#[cfg(test)]
mod tests;
