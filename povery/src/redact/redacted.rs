//! Values on their way into a log.

use std::fmt;

use http::HeaderMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Names, REDACTED, names, scan};

/// A value for a log, without the secrets in it: `password`, `clientSecret`, `X-Api-Key`, `Set-Cookie` and what else
/// says by its name that it is one, at any depth.
///
/// It is made of what has names: JSON, headers, a query. The parts that are secrets are `[redacted]`, and all other
/// texts are read for what may stand in them: JSON in a string, a URL with a password, a bearer token. See
/// [the guide](crate::docs::observability#redaction) for the names, and [`App::redact`](crate::App::redact) for more of
/// them. It writes the same whether it is formatted by `{}` or `{:?}`.
///
/// What povery's own log writes is redacted anyway. For that a text suffices; this is exact, and for logs of all
/// kinds.
///
/// # Example
///
/// ```
/// use povery::Redacted;
/// use serde_json::json;
///
/// let login = json!({"user": "ada", "password": "hunter2", "client": {"apiKey": "k-1", "version": 3}});
/// assert_eq!(
///     Redacted::json(&login).to_string(),
///     r#"{"client":{"apiKey":"[redacted]","version":3},"password":"[redacted]","user":"ada"}"#,
/// );
/// assert_eq!(Redacted::query("limit=2&token=t-1").to_string(), "limit=2&token=[redacted]");
///
/// tracing::info!(login = %Redacted::json(&login), "a login");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Redacted(String);

impl Redacted {
    /// Any value that serde can write, as JSON. One that cannot be represented as such is
    /// `"[not representable]"`.
    pub fn json(value: &impl Serialize) -> Self {
        let mut out = String::new();
        match serde_json::to_value(value) {
            Ok(value) => write_value(&value, names(), &mut out),
            Err(_) => out.push_str("\"[not representable]\""),
        }
        Self(out)
    }

    /// Headers, as a JSON object; those that are there more than once have a list. A value that is
    /// [marked](http::HeaderValue::is_sensitive) as sensitive is a secret whatever its name.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::{HeaderMap, Redacted};
    ///
    /// let mut headers = HeaderMap::new();
    /// headers.insert("accept", "*/*".parse().unwrap());
    /// headers.insert("authorization", "Bearer t-1".parse().unwrap());
    /// assert_eq!(
    ///     Redacted::headers(&headers).to_string(),
    ///     r#"{"accept":"*/*","authorization":"[redacted]"}"#,
    /// );
    /// ```
    pub fn headers(headers: &HeaderMap) -> Self {
        let names = names();
        let mut out = String::from("{");
        for name in headers.keys() {
            if out.len() > 1 {
                out.push(',');
            }
            write_text(name.as_str(), &mut out);
            out.push(':');
            let is_secret = names.is_secret(name.as_str());
            let mut values = headers.get_all(name).iter().peekable();
            let first = values.next();
            let is_list = values.peek().is_some();
            if is_list {
                out.push('[');
            }
            for (at, value) in first.into_iter().chain(values).enumerate() {
                if at > 0 {
                    out.push(',');
                }
                match is_secret || value.is_sensitive() {
                    true => write_text(REDACTED, &mut out),
                    false => {
                        write_scanned(&String::from_utf8_lossy(value.as_bytes()), names, &mut out);
                    }
                }
            }
            if is_list {
                out.push(']');
            }
        }
        out.push('}');
        Self(out)
    }

    /// A query or a form, as it was sent.
    pub fn query(query: impl AsRef<str>) -> Self {
        let names = names();
        let mut out = String::new();
        for (at, pair) in query.as_ref().split('&').enumerate() {
            if at > 0 {
                out.push('&');
            }
            let decoded = form_urlencoded::parse(pair.as_bytes()).next();
            let is_secret = decoded.is_some_and(|(name, _)| names.is_secret(&name));
            match pair.split_once('=') {
                Some((name, value)) if is_secret && !value.is_empty() => {
                    out.push_str(name);
                    out.push('=');
                    out.push_str(REDACTED);
                }
                _ => scan(pair, names, &mut out),
            }
        }
        Self(out)
    }

    /// A text of any kind, without what is found in it.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::Redacted;
    ///
    /// let said = "no answer from postgres://app:hunter2@db.internal/shop";
    /// assert_eq!(Redacted::text(said).to_string(), "no answer from postgres://app:[redacted]@db.internal/shop");
    /// ```
    pub fn text(text: impl AsRef<str>) -> Self {
        Self(super::redacted(text.as_ref()))
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As text.
impl Serialize for Redacted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

fn write_value(value: &Value, names: &Names, out: &mut String) {
    match value {
        Value::String(text) => write_scanned(text, names, out),
        Value::Array(items) => {
            // An entry: a name and its value.
            let is_entry = items.len() == 2 && is_name(&items[0], names);
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                match is_entry && at == 1 {
                    true => write_secret(item, out),
                    false => write_value(item, names, out),
                }
            }
            out.push(']');
        }
        Value::Object(fields) => {
            // A name and its value in two fields, in any order.
            let says =
                |(key, value): (&String, &Value)| scan::is_name_field(key) && is_name(value, names);
            let is_secret = fields.iter().any(says);
            out.push('{');
            for (at, (key, value)) in fields.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_scanned(key, names, out);
                out.push(':');
                match names.is_secret(key) || is_secret && scan::is_value_field(key) {
                    true => write_secret(value, out),
                    false => write_value(value, names, out),
                }
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => out.push_str(&value.to_string()),
    }
}

fn is_name(value: &Value, names: &Names) -> bool {
    value.as_str().is_some_and(|name| names.is_secret(name))
}

fn write_secret(value: &Value, out: &mut String) {
    match value {
        Value::Null | Value::Bool(_) => out.push_str(&value.to_string()),
        _ => write_text(REDACTED, out),
    }
}

fn write_scanned(text: &str, names: &Names, out: &mut String) {
    let mut scanned = String::with_capacity(text.len());
    scan(text, names, &mut scanned);
    write_text(&scanned, out);
}

/// Writes a text as JSON does.
fn write_text(text: &str, out: &mut String) {
    crate::json::write_text(text, out);
}

#[cfg(test)]
mod tests;
