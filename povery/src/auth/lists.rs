//! Lists in claims, as each gateway writes them.

use serde_json::Value;

/// How a list was written that arrived as a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Lists {
    /// `A,B`: REST APIs, which have nothing but texts.
    Commas,
    /// `[A B]`: HTTP APIs. Any other text is one value, commas and all.
    Brackets,
    /// Lists are lists, so a text is one value.
    #[default]
    Json,
}

impl Lists {
    /// The values in a text.
    pub(crate) fn split(self, text: &str) -> Vec<&str> {
        match (self, in_brackets(text)) {
            (Self::Commas, _) => parts(text, ','),
            (Self::Brackets, Some(inner)) => parts(inner, ' '),
            _ => vec![text],
        }
    }

    /// The roles in a claim: each is whole, and compared so.
    pub(super) fn roles(self, claim: &Value) -> Vec<String> {
        match claim {
            Value::String(text) => owned(self.split(text)),
            other => texts(other),
        }
    }

    /// The scopes in a claim. As a text they have spaces between them (RFC 6749, section 3.3), whoever writes it.
    pub(super) fn scopes(self, claim: &Value) -> Vec<String> {
        match claim {
            Value::String(text) => {
                let inner = in_brackets(text).filter(|_| self == Self::Brackets);
                owned(parts(inner.unwrap_or(text), ' '))
            }
            other => texts(other),
        }
    }
}

fn parts(text: &str, separator: char) -> Vec<&str> {
    let parts = text.split(separator);
    parts.filter(|part| !part.is_empty()).collect()
}

fn in_brackets(text: &str) -> Option<&str> {
    text.strip_prefix('[')?.strip_suffix(']')
}

fn owned(parts: Vec<&str>) -> Vec<String> {
    parts.into_iter().map(str::to_owned).collect()
}

/// The texts of a list; nothing of anything else.
fn texts(claim: &Value) -> Vec<String> {
    let items = claim.as_array().map(Vec::as_slice).unwrap_or_default();
    let texts = items.iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
