//! `Json<T>` as an argument.

use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use validator::Validate;

use super::{FromRequest, Rejection};
use crate::error::PoveryError;
use crate::request::Request;
use crate::response::Json;
use crate::validate::{Faults, In};

impl<T: DeserializeOwned + Validate + Send> FromRequest for Json<T> {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        if !is_json(request.headers()) {
            return Err(unsupported().into());
        }
        let value: T = match serde_json::from_slice(request.body()) {
            Ok(value) => value,
            Err(_) => return Err(shape_fault::<T>(request.body())),
        };
        match value.validate() {
            Ok(()) => Ok(Self(value)),
            Err(errors) => {
                let mut faults = Faults::new();
                faults.extend(In::Body, &errors);
                Err(faults.into())
            }
        }
    }
}

/// `application/json` or a type with the suffix `+json` (RFC 6839), whatever its parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unsupported() -> PoveryError {
    PoveryError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "The content type must be application/json")
}

/// Reads a body again that did not fit, to say where and why. A body that is no JSON at all is
/// refused as a whole, even where an earlier part of it does not fit either.
fn shape_fault<T: DeserializeOwned>(body: &[u8]) -> Rejection {
    if let Err(error) = serde_json::from_slice::<serde_json::Value>(body) {
        return malformed(&error).into();
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    match serde_path_to_error::deserialize::<_, T>(&mut json) {
        // The first reading failed, so this one does, unless `T` is not deterministic.
        Ok(_) => PoveryError::internal("a body was first refused and then accepted").into(),
        Err(error) => {
            let path = error.path().to_string();
            let path = if path == "." { String::new() } else { path };
            let mut faults = Faults::new();
            let (property, constraint, message) = reworded(path, &error.inner().to_string());
            faults.push(In::Body, property, constraint, message);
            faults.into()
        }
    }
}

fn malformed(error: &serde_json::Error) -> PoveryError {
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        _ if error.to_string().starts_with("recursion limit") => "it is nested too deep",
        _ => "it has a syntax error",
    };
    let message = format!("The body is not valid JSON: {what} at line {}, column {}", error.line(), error.column());
    PoveryError::bad_request(message).with_code("MALFORMED_JSON")
}

/// serde's sentence in ours, without the value that it may quote: the property, the constraint and
/// the message. The sentences are pinned by the tests below.
fn reworded(path: String, text: &str) -> (String, &'static str, String) {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    if let Some(name) = quoted(text, "missing field `") {
        let property = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        return (property, "required", "is required".to_owned());
    }
    if text.starts_with("unknown field `") {
        return (path, "unknown", "is not known".to_owned());
    }
    if text.starts_with("unknown variant `") {
        // The list of the variants is the program's own text; the value before it is the caller's.
        let known = text.rsplit_once("`, expected ").map(|(_, known)| known.trim_start_matches("one of ").replace('`', ""));
        return (path, "enum", known.map_or_else(|| "is not known".to_owned(), |known| format!("must be one of {known}")));
    }
    if let Some((_, expected)) = text.rsplit_once(", expected ").filter(|_| text.starts_with("invalid ")) {
        return (path, "type", format!("expected {}", super::text::readable(expected)));
    }
    (path, "format", "has the wrong format".to_owned())
}

fn quoted<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    text.strip_prefix(prefix)?.strip_suffix('`')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::validate::Fault;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Order {
        name: String,
        #[serde(default)]
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Line {
        count: u32,
        kind: Option<Kind>,
        id: Option<uuid::Uuid>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Gift,
        Sale,
    }

    fn fault(body: &str) -> (String, String, String) {
        let Rejection::Faults(faults) = shape_fault::<Order>(body.as_bytes()) else {
            panic!("{body} was refused as a whole");
        };
        let Fault { property, constraints, .. } = faults.into_vec().remove(0);
        let (constraint, message) = BTreeMap::into_iter(constraints).next().unwrap();
        (property, constraint, message)
    }

    #[test]
    fn shape_faults_name_place_and_reason_but_not_the_value() {
        let cases = [
            ("{}", ("name", "required", "is required")),
            (r#"{"name":5}"#, ("name", "type", "expected a string")),
            (r#"{"name":"a","lines":[{"count":"secret, expected x"}]}"#, ("lines[0].count", "type", "expected x")),
            (r#"{"name":"a","lines":[{}]}"#, ("lines[0].count", "required", "is required")),
            (r#"{"name":"a","lines":[{"count":-1}]}"#, ("lines[0].count", "type", "expected an integer from 0 to 4294967295")),
            (r#"{"name":"a","lines":[{"count":1,"kind":"x"}]}"#, ("lines[0].kind", "enum", "must be one of gift, sale")),
            (r#"{"name":"a","lines":[{"count":1,"id":"x"}]}"#, ("lines[0].id", "format", "has the wrong format")),
            (r#"{"name":"a","lines":[{"count":1,"z":1}]}"#, ("lines[0].z", "unknown", "is not known")),
            ("[]", ("", "type", "expected struct Order")),
        ];
        for (body, (property, constraint, message)) in cases {
            assert_eq!(fault(body), (property.to_owned(), constraint.to_owned(), message.to_owned()), "{body}");
        }
    }

    #[test]
    fn text_that_is_no_json_is_refused_as_a_whole() {
        let deep = "[".repeat(1_000);
        for body in ["", "{", "{\"name\":5", "nul", "{\"name\":\"\u{1}\"}", &deep] {
            let Rejection::Refused(error) = shape_fault::<Order>(body.as_bytes()) else {
                panic!("{body} was taken for JSON");
            };
            assert_eq!(error.code(), "MALFORMED_JSON", "{body}");
        }
        assert!(matches!(shape_fault::<Order>(b"{\"name\":\"\xff\"}"), Rejection::Refused(_)));
    }

    #[test]
    fn content_types() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("application/vnd.api+json", true),
            ("text/plain", false),
            ("text/json+x", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
