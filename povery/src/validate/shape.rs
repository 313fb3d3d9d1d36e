//! What serde says of a value that does not fit, in our words: never with the value itself.

use std::fmt;

/// Why a JSON value does not fit the type at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Complaint {
    /// This field of the object at the place is missing.
    Missing(String),
    /// The object at the place has a field that the type has not.
    Unknown(String),
    /// This field of the object at the place is there more than once.
    Repeated(String),
    /// None of the names that the type lists; empty where it lists none.
    Variant(Vec<String>),
    /// Of another kind than this.
    Kind(String),
    /// Of the right kind, but refused by the type.
    Format,
}

impl Complaint {
    /// Reads one of serde's sentences. They are no interface, so the tests below pin them.
    pub(super) fn read(sentence: &str) -> Self {
        let sentence = sentence
            .rsplit_once(" at line ")
            .map_or(sentence, |(sentence, _)| sentence);
        if let Some(name) = sentence
            .strip_prefix("missing field `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            return Self::Missing(name.to_owned());
        }
        if let Some(name) = sentence
            .strip_prefix("duplicate field `")
            .and_then(|rest| rest.strip_suffix('`'))
        {
            return Self::Repeated(name.to_owned());
        }
        // The name is the caller's and may contain anything: what follows it is found from the end.
        if let Some(rest) = sentence.strip_prefix("unknown field `") {
            let end = rest
                .rfind("`, expected ")
                .or_else(|| rest.rfind("`, there are no fields"));
            return Self::Unknown(end.map_or(rest, |end| &rest[..end]).to_owned());
        }
        if sentence.starts_with("number out of range") {
            return Self::Kind("a smaller number".to_owned());
        }
        // Text that is JSON, of which serde_json has read the beginning as a type's value.
        if is_partly_read(sentence) {
            return Self::Kind("an integer".to_owned());
        }
        if sentence == "trailing characters" {
            return Self::Kind("a shorter list".to_owned());
        }
        // All that serde_json says of a number or a list for an enum.
        if sentence == "expected value" {
            return Self::Variant(Vec::new());
        }
        if sentence.starts_with("unknown variant `") {
            let known = sentence
                .rsplit_once("`, expected ")
                .map(|(_, known)| names(known));
            return Self::Variant(known.unwrap_or_default());
        }
        let invalid = ["invalid type: ", "invalid value: ", "invalid length "];
        if invalid.iter().any(|start| sentence.starts_with(start))
            && let Some((_, expected)) = sentence.rsplit_once(", expected ")
        {
            return Self::Kind(readable(expected));
        }
        Self::Format
    }

    /// Whether serde has not said what it expected.
    pub(super) fn is_unnamed(&self) -> bool {
        match self {
            Self::Variant(known) => known.is_empty(),
            Self::Format => true,
            _ => false,
        }
    }

    /// The name of the constraint in `errorData`.
    pub(super) fn constraint(&self) -> &'static str {
        match self {
            Self::Missing(_) => "required",
            Self::Unknown(_) => "unknown",
            Self::Repeated(_) => "single",
            Self::Variant(_) => "enum",
            Self::Kind(_) => "type",
            Self::Format => "format",
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(_) => f.write_str("is required"),
            Self::Unknown(_) => f.write_str("is not known"),
            Self::Repeated(_) => f.write_str("must be given once"),
            Self::Variant(known) if known.is_empty() => {
                f.write_str("is not one of the known values")
            }
            Self::Variant(known) => write!(f, "must be one of {}", known.join(", ")),
            Self::Kind(expected) => write!(f, "expected {expected}"),
            Self::Format => f.write_str("has the wrong format"),
        }
    }
}

/// What serde_json says where it has read an integer of 128 bits, and the number goes on.
pub(super) fn is_partly_read(sentence: &str) -> bool {
    matches!(sentence, "expected `,` or `}`" | "expected `,` or `]`")
}

/// What serde found where it expected something else, in its own words.
pub(super) fn found(sentence: &str) -> Option<&str> {
    if let Some(rest) = sentence.strip_prefix("unknown variant `") {
        let end = rest
            .rfind("`, expected ")
            .or_else(|| rest.rfind("`, there are no variants"));
        return end.map(|end| &rest[..end]);
    }
    let rest = sentence
        .strip_prefix("invalid type: ")
        .or_else(|| sentence.strip_prefix("invalid value: "))
        .or_else(|| {
            let rest = sentence.strip_prefix("invalid ")?;
            rest.starts_with("length ").then_some(rest)
        })?;
    Some(rest.rsplit_once(", expected ")?.0)
}

/// The names in "`a`", "`a` or `b`", "one of `a`, `b`, `c`".
fn names(list: &str) -> Vec<String> {
    list.split('`')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

mod readable;

pub(crate) use readable::readable;

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;
    use serde_json::{Value, json};

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Strict {
        #[expect(dead_code, reason = "only its shape matters")]
        name: String,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Empty {}

    #[derive(Deserialize)]
    enum One {
        A,
    }

    #[derive(Deserialize)]
    enum Three {
        A,
        B,
        C,
    }

    fn complaint<T: DeserializeOwned>(value: Value) -> (&'static str, String) {
        let Err(error) = serde_json::from_value::<T>(value.clone()) else {
            panic!("{value} fits")
        };
        let complaint = Complaint::read(&error.to_string());
        (complaint.constraint(), complaint.to_string())
    }

    #[test]
    fn serdes_sentences_are_known() {
        let cases = [
            (complaint::<Strict>(json!({})), "required", "is required"),
            (
                complaint::<Strict>(json!({"x`, expected `y": 1})),
                "unknown",
                "is not known",
            ),
            (
                complaint::<Empty>(json!({"x": 1})),
                "unknown",
                "is not known",
            ),
            (
                complaint::<One>(json!("secret")),
                "enum",
                "must be one of A",
            ),
            (
                complaint::<Three>(json!("`, expected `x`")),
                "enum",
                "must be one of A, B, C",
            ),
            (
                complaint::<u32>(json!("secret, expected x")),
                "type",
                "expected an integer from 0 to 4294967295",
            ),
            (
                complaint::<u8>(json!(300)),
                "type",
                "expected an integer from 0 to 255",
            ),
            (
                complaint::<bool>(json!("yes")),
                "type",
                "expected true or false",
            ),
            (complaint::<f32>(json!("x")), "type", "expected a number"),
            (complaint::<String>(json!(7)), "type", "expected a string"),
            (complaint::<Vec<u8>>(json!(7)), "type", "expected a list"),
            (complaint::<Strict>(json!(7)), "type", "expected an object"),
            (
                complaint::<std::collections::BTreeMap<String, u8>>(json!(7)),
                "type",
                "expected an object",
            ),
            (
                complaint::<uuid::Uuid>(json!("secret")),
                "format",
                "has the wrong format",
            ),
        ];
        for ((constraint, message), expected, text) in cases {
            assert_eq!((constraint, message.as_str()), (expected, text));
        }
        assert_eq!(
            Complaint::read("unknown field `x`, expected `y`, expected `name`"),
            Complaint::Unknown("x`, expected `y".into())
        );
        for (expected, plain) in [
            ("a nonzero u8", "an integer from 1 to 255"),
            ("a nonzero i8", "an integer from -128 to 127 but 0"),
            ("an array of length 3", "a list of 3 items"),
            ("1 element in sequence", "a list of 1 item"),
            ("IP address", "an IP address"),
            ("a formatted date string", "a date"),
        ] {
            assert_eq!(readable(expected), plain);
        }
        let _ = (One::A, Three::A, Three::B, Three::C);
    }
}
