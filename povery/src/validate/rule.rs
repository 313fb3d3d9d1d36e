//! The rules of `#[validate(…)]` on a parameter, as the macro calls them: each is `validator`'s rule
//! of that name and gives its violation.

use serde::Serialize;
use validator::{
    AsRegex, ValidateContains, ValidateDoesNotContain, ValidateEmail, ValidateLength,
    ValidateRange, ValidateRegex, ValidateUrl, ValidationError,
};

#[doc(hidden)]
pub type Violation = Option<ValidationError>;

fn violation<const N: usize>(
    code: &'static str,
    params: [(&'static str, Option<serde_json::Value>); N],
) -> Violation {
    let mut error = ValidationError::new(code);
    for (name, value) in params {
        error.params.extend(value.map(|value| (name.into(), value)));
    }
    Some(error)
}

fn json(bound: Option<impl Serialize>) -> Option<serde_json::Value> {
    serde_json::to_value(bound?).ok()
}

/// Neither below `min` nor above `max`; the exclusive bounds are themselves outside.
#[doc(hidden)]
pub fn range<T: Clone + Serialize, V: ValidateRange<T>>(
    value: &V,
    min: Option<T>,
    max: Option<T>,
    exclusive_min: Option<T>,
    exclusive_max: Option<T>,
) -> Violation {
    if value.validate_range(
        min.clone(),
        max.clone(),
        exclusive_min.clone(),
        exclusive_max.clone(),
    ) {
        return None;
    }
    violation(
        "range",
        [
            ("min", json(min)),
            ("max", json(max)),
            ("exclusive_min", json(exclusive_min)),
            ("exclusive_max", json(exclusive_max)),
        ],
    )
}

/// The number of characters of a text, or of items.
#[doc(hidden)]
pub fn length<V: ValidateLength<u64>>(
    value: &V,
    min: Option<u64>,
    max: Option<u64>,
    equal: Option<u64>,
) -> Violation {
    if value.validate_length(min, max, equal) {
        return None;
    }
    violation(
        "length",
        [
            ("min", json(min)),
            ("max", json(max)),
            ("equal", json(equal)),
        ],
    )
}

#[doc(hidden)]
pub fn email<V: ValidateEmail>(value: &V) -> Violation {
    if value.validate_email() {
        None
    } else {
        violation("email", [])
    }
}

#[doc(hidden)]
pub fn url<V: ValidateUrl>(value: &V) -> Violation {
    if value.validate_url() {
        None
    } else {
        violation("url", [])
    }
}

#[doc(hidden)]
pub fn contains<V: ValidateContains>(value: &V, needle: &str) -> Violation {
    if value.validate_contains(needle) {
        None
    } else {
        violation("contains", [("needle", json(Some(needle)))])
    }
}

#[doc(hidden)]
pub fn does_not_contain<V: ValidateDoesNotContain>(value: &V, needle: &str) -> Violation {
    if value.validate_does_not_contain(needle) {
        return None;
    }
    violation("does_not_contain", [("needle", json(Some(needle)))])
}

#[doc(hidden)]
pub fn regex<V: ValidateRegex>(value: &V, regex: impl AsRegex) -> Violation {
    if value.validate_regex(regex) {
        None
    } else {
        violation("regex", [])
    }
}

/// Gives a violation the names that the attribute chose.
#[doc(hidden)]
pub fn reword(
    violation: Violation,
    code: Option<&'static str>,
    message: Option<&'static str>,
) -> Violation {
    violation.map(|mut violation| {
        if let Some(code) = code {
            violation.code = code.into();
        }
        violation.message = message.map(Into::into);
        violation
    })
}
