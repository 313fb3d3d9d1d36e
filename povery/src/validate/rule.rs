//! The rules of `#[validate(…)]` on a parameter, as the macro calls them: each is `validator`'s rule
//! of that name and gives its violation.

use serde::Serialize;
use validator::{
    AsRegex, ValidateContains, ValidateEmail, ValidateLength, ValidateRange, ValidateRegex,
    ValidateUrl, ValidationError,
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

/// The bounds of `range` and `length`. They know nothing of the value, so that a value without that
/// rule is complained of at the rule alone, and not again at each bound.
#[doc(hidden)]
#[derive(Clone)]
pub struct Bounds<T> {
    min: Option<T>,
    max: Option<T>,
    exclusive_min: Option<T>,
    exclusive_max: Option<T>,
    equal: Option<T>,
}

#[doc(hidden)]
impl<T> Bounds<T> {
    #[expect(
        clippy::new_without_default,
        reason = "generated code is its only user"
    )]
    pub fn new() -> Self {
        Self {
            min: None,
            max: None,
            exclusive_min: None,
            exclusive_max: None,
            equal: None,
        }
    }

    pub fn min(mut self, bound: T) -> Self {
        self.min = Some(bound);
        self
    }

    pub fn max(mut self, bound: T) -> Self {
        self.max = Some(bound);
        self
    }

    pub fn exclusive_min(mut self, bound: T) -> Self {
        self.exclusive_min = Some(bound);
        self
    }

    pub fn exclusive_max(mut self, bound: T) -> Self {
        self.exclusive_max = Some(bound);
        self
    }

    pub fn equal(mut self, bound: T) -> Self {
        self.equal = Some(bound);
        self
    }
}

/// Neither below `min` nor above `max`; the exclusive bounds are themselves outside. The bounds come
/// first: were it the value, a `String` would make them strings, and that be a second complaint.
#[doc(hidden)]
pub fn range<T: Clone + Serialize, V: ValidateRange<T>>(bounds: Bounds<T>, value: &V) -> Violation {
    let own = bounds.clone();
    if value.validate_range(own.min, own.max, own.exclusive_min, own.exclusive_max) {
        return None;
    }
    violation(
        "range",
        [
            ("min", json(bounds.min)),
            ("max", json(bounds.max)),
            ("exclusive_min", json(bounds.exclusive_min)),
            ("exclusive_max", json(bounds.exclusive_max)),
        ],
    )
}

/// The number of characters of a text, or of items.
#[doc(hidden)]
pub fn length<V: ValidateLength<u64>>(bounds: Bounds<u64>, value: &V) -> Violation {
    if value.validate_length(bounds.min, bounds.max, bounds.equal) {
        return None;
    }
    violation(
        "length",
        [
            ("min", json(bounds.min)),
            ("max", json(bounds.max)),
            ("equal", json(bounds.equal)),
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

/// `there` says whether there is a value: of an absent one `validator` holds that it contains anything.
#[doc(hidden)]
pub fn does_not_contain<V: ValidateContains>(value: &V, needle: &str, there: bool) -> Violation {
    if !there || !value.validate_contains(needle) {
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

/// A value of which a function of the developer's judges, if it is there.
#[doc(hidden)]
pub struct Given<'v, T>(pub &'v T);

#[doc(hidden)]
impl<T> Given<'_, Option<T>> {
    pub fn custom(&self, rule: impl FnOnce(&T) -> Result<(), ValidationError>) -> Violation {
        rule(self.0.as_ref()?).err()
    }

    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }
}

/// The same for a type that is no `Option`: an inherent method goes before this one.
#[doc(hidden)]
pub trait Custom<T> {
    fn custom(&self, rule: impl FnOnce(&T) -> Result<(), ValidationError>) -> Violation;

    fn is_there(&self) -> bool {
        true
    }
}

impl<T> Custom<T> for Given<'_, T> {
    fn custom(&self, rule: impl FnOnce(&T) -> Result<(), ValidationError>) -> Violation {
        rule(self.0).err()
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
