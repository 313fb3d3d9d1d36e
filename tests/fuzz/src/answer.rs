//! An answer as its gateway reads it.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderName, HeaderValue};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Names with values, in their order, also where a name comes twice.
struct Entries<'a, T>(Vec<(Cow<'a, str>, T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Entries<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<'a, T>(Vec<(Cow<'a, str>, T)>);
        impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for All<'a, T> {
            type Value = Entries<'a, T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map")
            }

            fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
                while let Some(entry) = map.next_entry::<Cow<'de, str>, T>()? {
                    self.0.push(entry);
                }
                Ok(Entries(self.0))
            }
        }
        deserializer.deserialize_map(All(Vec::new()))
    }
}

/// The keys that a gateway may find; REST APIs answer 502 to any other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Written<'a> {
    status_code: u16,
    #[serde(borrow)]
    status_description: Option<Cow<'a, str>>,
    #[serde(borrow)]
    headers: Option<Entries<'a, Cow<'a, str>>>,
    #[serde(borrow)]
    multi_value_headers: Option<Entries<'a, Vec<Cow<'a, str>>>>,
    #[serde(borrow)]
    cookies: Option<Vec<Cow<'a, str>>>,
    #[serde(borrow)]
    body: Cow<'a, str>,
    is_base64_encoded: bool,
}

/// povery's error, with nothing else beside it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Refusal {
    /// What a reader is told.
    pub error_message: String,
    /// What a program is told.
    pub error_code: String,
    /// The faults.
    #[serde(default)]
    pub error_data: Vec<Fault>,
    /// The request id.
    pub request_id: String,
}

/// One place with all that is wrong there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they are the wire format's own")]
pub struct Fault {
    pub property: String,
    pub r#in: String,
    pub constraints: std::collections::BTreeMap<String, String>,
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// REST APIs and HTTP APIs with payload 1.0.
    Lists,
    /// Payload 2.0.
    Cookies,
    /// A load balancer with multi-value headers.
    DescribedLists,
    /// A load balancer without them, and VPC Lattice.
    Described,
}

/// What the caller of the gateway sees.
#[derive(Debug)]
pub struct Answer {
    /// How it was written.
    pub format: Format,
    /// The status.
    pub status: u16,
    /// The header lines, names in lower case, sorted by name.
    pub lines: Vec<(String, String)>,
    /// The body, decoded.
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads an answer.
    ///
    /// # Panics
    ///
    /// If a gateway could not read it, or would pass on what is no header.
    pub fn read(bytes: &[u8]) -> Self {
        let written: Written<'_> = serde_json::from_slice(bytes).expect("an answer");
        let status = written.status_code;
        assert!((200..600).contains(&status), "the status {status}");
        if let Some(description) = &written.status_description {
            let rest = description.strip_prefix(&status.to_string());
            let name = rest.and_then(|rest| rest.strip_prefix(' '));
            assert!(name.is_some_and(|name| !name.is_empty()), "{description:?}");
        }
        let described = written.status_description.is_some();
        let format = match (
            &written.headers,
            &written.multi_value_headers,
            &written.cookies,
            described,
        ) {
            (None, Some(_), None, false) => Format::Lists,
            (None, Some(_), None, true) => Format::DescribedLists,
            (Some(_), None, Some(_), false) => Format::Cookies,
            (Some(_), None, None, true) => Format::Described,
            _ => panic!("this is the answer of no gateway"),
        };
        Self {
            format,
            status,
            body: match written.is_base64_encoded {
                true => BASE64_STANDARD.decode(&*written.body).expect("base64"),
                false => written.body.as_bytes().to_vec(),
            },
            lines: lines(written),
        }
    }

    /// The first value under that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let line = self.lines.iter().find(|(known, _)| known == name);
        line.map(|(_, value)| value.as_str())
    }

    /// The error that it is.
    ///
    /// # Panics
    ///
    /// If it is none of povery's, for the request that [`invoke`](crate::invoke) makes.
    pub fn refusal(&self) -> Refusal {
        let refusal: Refusal = serde_json::from_slice(&self.body).expect("an error of povery's");
        assert_eq!(self.header("content-type"), Some("application/json"));
        assert_eq!(refusal.request_id, "test");
        assert!(!refusal.error_message.is_empty() && !refusal.error_code.is_empty());
        assert!(refusal.error_data.len() <= 100, "{refusal:?}");
        for fault in &refusal.error_data {
            assert!(!fault.constraints.is_empty(), "{fault:?}");
            assert!(
                ["path", "query", "header", "body"].contains(&&*fault.r#in),
                "{fault:?}"
            );
        }
        if refusal.error_code == "VALIDATION_FAILED" {
            assert!(!refusal.error_data.is_empty());
        }
        refusal
    }
}

fn lines(written: Written<'_>) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut push = |name: &str, value: &str| {
        let known = HeaderName::from_bytes(name.as_bytes());
        assert!(known.is_ok(), "the name of a header: {name:?}");
        assert!(
            HeaderValue::from_str(value).is_ok(),
            "the value of a header: {value:?}"
        );
        lines.push((name.to_ascii_lowercase(), value.to_owned()));
    };
    if let Some(Entries(entries)) = written.headers {
        distinct(entries.iter().map(|(name, _)| &**name));
        for (name, value) in &entries {
            push(name, value);
        }
    }
    if let Some(Entries(entries)) = written.multi_value_headers {
        distinct(entries.iter().map(|(name, _)| &**name));
        for (name, values) in &entries {
            assert!(!values.is_empty(), "the header {name} without a value");
            values.iter().for_each(|value| push(name, value));
        }
    }
    for cookie in written.cookies.iter().flatten() {
        push("set-cookie", cookie);
    }
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}

/// Of a key that is there twice a gateway would see one alone.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) {
    let mut names: Vec<_> = names.collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a header is there twice");
}
