//! Events as the gateways send them, for the requests that are measured.

use serde_json::Value;

const V1: &str = include_str!("events/v1.json");
const V2: &str = include_str!("events/v2.json");

/// The payload of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// 1.0: API Gateway, REST.
    V1,
    /// 2.0: API Gateway, HTTP API.
    V2,
}

impl Payload {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// `v1` or `v2`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V1 => "v1",
            Self::V2 => "v2",
        }
    }

    /// The bytes of an event, about 2 KB and a body.
    pub(crate) fn event(self, method: &str, path: &str, body: Option<&str>) -> Vec<u8> {
        let template = match self {
            Self::V1 => V1,
            Self::V2 => V2,
        };
        let kind = match body {
            Some(body) if !body.starts_with('{') => "text/plain; charset=utf-8",
            _ => "application/json",
        };
        let quoted = body.map_or(Value::Null, |body| body.into()).to_string();
        let length = body.map_or(0, str::len).to_string();
        minified(template)
            .replace("@METHOD@", method)
            .replace("@PATH@", path)
            .replace("@PROXY@", path.trim_start_matches('/'))
            .replace("@TYPE@", kind)
            .replace("@LENGTH@", &length)
            // Last, since a body may be anything.
            .replace("\"@BODY@\"", &quoted)
            .into_bytes()
    }
}

/// A document without the white space between its tokens: a gateway sends none.
pub(crate) fn minified(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    let (mut quoted, mut escaped) = (false, false);
    for character in json.chars() {
        if quoted || !character.is_whitespace() {
            text.push(character);
        }
        if character == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = character == '\\' && !escaped;
    }
    text
}
