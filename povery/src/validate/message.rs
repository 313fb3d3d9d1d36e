//! The sentence for a violated rule: the developer's, else ours by rule and bounds.

use serde_json::Value;
use validator::ValidationError;

/// Never contains the value that violates the rule.
pub(super) fn of(violation: &ValidationError) -> String {
    if let Some(message) = &violation.message {
        return message.to_string();
    }
    let bound = |name: &str| {
        violation
            .params
            .get(name)
            .filter(|bound| !bound.is_null())
            .map(plain)
    };
    match violation.code.as_ref() {
        "email" => "must be a valid email address".to_owned(),
        "url" => "must be a valid URL".to_owned(),
        "required" => "is required".to_owned(),
        "length" => length(violation, bound("min"), bound("max"), bound("equal")),
        "range" => range(
            bound("min"),
            bound("max"),
            bound("exclusive_min"),
            bound("exclusive_max"),
        ),
        "contains" => match bound("needle") {
            Some(needle) => format!("must contain `{needle}`"),
            None => "lacks a required part".to_owned(),
        },
        "does_not_contain" => match bound("needle") {
            Some(needle) => format!("must not contain `{needle}`"),
            None => "contains a forbidden part".to_owned(),
        },
        // `other` is the value of the other field, not its name.
        "must_match" => "does not match the other field".to_owned(),
        "non_control_character" => "must not contain control characters".to_owned(),
        "regex" => "has the wrong format".to_owned(),
        _ => "is not valid".to_owned(),
    }
}

fn length(
    violation: &ValidationError,
    min: Option<String>,
    max: Option<String>,
    equal: Option<String>,
) -> String {
    let (have, one, several) = match violation.params.get("value") {
        Some(Value::Array(_) | Value::Object(_)) => ("have", "item", "items"),
        _ => ("be", "character long", "characters long"),
    };
    let unit = |number: &str| if number == "1" { one } else { several };
    match (min, max, equal) {
        (_, _, Some(equal)) => format!("must {have} exactly {equal} {}", unit(&equal)),
        (Some(min), Some(max), _) => format!("must {have} {min} to {max} {}", unit(&max)),
        (Some(min), None, _) => format!("must {have} at least {min} {}", unit(&min)),
        (None, Some(max), _) => format!("must {have} at most {max} {}", unit(&max)),
        (None, None, None) => "has the wrong length".to_owned(),
    }
}

fn range(
    min: Option<String>,
    max: Option<String>,
    above: Option<String>,
    below: Option<String>,
) -> String {
    if let (Some(min), Some(max), None, None) = (&min, &max, &above, &below) {
        return format!("must be between {min} and {max}");
    }
    let bounds = [
        ("at least", min),
        ("at most", max),
        ("more than", above),
        ("less than", below),
    ];
    let bounds: Vec<_> = bounds
        .into_iter()
        .filter_map(|(word, bound)| Some(format!("{word} {}", bound?)))
        .collect();
    if bounds.is_empty() {
        "is out of range".to_owned()
    } else {
        format!("must be {}", bounds.join(" and "))
    }
}

/// A bound as people write it: text without quotes, whole floats without a fraction.
fn plain(bound: &Value) -> String {
    match bound {
        Value::String(text) => text.clone(),
        other => {
            let text = other.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violation(code: &'static str, params: &[(&'static str, Value)]) -> ValidationError {
        let mut violation = ValidationError::new(code);
        for (name, value) in params {
            violation.add_param((*name).into(), value);
        }
        violation
    }

    #[test]
    fn bounds_are_named() {
        let cases = [
            (
                violation(
                    "length",
                    &[("min", 2.into()), ("max", 50.into()), ("value", "x".into())],
                ),
                "must be 2 to 50 characters long",
            ),
            (
                violation("length", &[("max", 100.into())]),
                "must be at most 100 characters long",
            ),
            (
                violation(
                    "length",
                    &[("min", 1.into()), ("value", Value::Array(vec![]))],
                ),
                "must have at least 1 item",
            ),
            (
                violation("range", &[("min", 1.into()), ("max", 100.into())]),
                "must be between 1 and 100",
            ),
            (
                violation(
                    "range",
                    &[("exclusive_min", 0.0.into()), ("max", 1.5.into())],
                ),
                "must be at most 1.5 and more than 0",
            ),
            (violation("odd", &[]), "is not valid"),
        ];
        for (violation, message) in cases {
            assert_eq!(of(&violation), message);
        }
    }

    #[test]
    fn the_developers_message_comes_first() {
        let violation = violation("email", &[]).with_message("no such address".into());
        assert_eq!(of(&violation), "no such address");
    }
}
