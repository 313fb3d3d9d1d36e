//! What an answer has to be.

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde_json::Value;

use crate::home::Answer;

/// The answer to one step.
pub(super) struct Told {
    /// What was asked, for messages.
    pub(super) step: String,
    pub(super) answer: Answer,
}

/// What a fault's one constraint has to be.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// That key, with any message.
    Key(&'static str),
    /// That key with that message.
    Message(&'static str, &'static str),
    /// Any key.
    Any,
}

/// One entry of `errorData`: the property, where it is, and the rule it broke.
pub(super) type Fault = (&'static str, &'static str, Rule);

impl Told {
    /// Gives up with the whole answer.
    #[track_caller]
    pub(super) fn fail(&self, why: &str) -> ! {
        let Answer {
            status,
            headers,
            body,
        } = &self.answer;
        let body: String = String::from_utf8_lossy(body).chars().take(4096).collect();
        panic!(
            "{}\n{why}\nin the answer: {status} {headers:#?}\n{body}",
            self.step
        );
    }

    #[track_caller]
    pub(super) fn same<T: PartialEq + Debug>(&self, what: &str, is: &T, should: &T) {
        if is != should {
            self.fail(&format!("{what} is {is:?} and should be {should:?}"));
        }
    }

    #[track_caller]
    pub(super) fn status(&self, status: u16) {
        self.same("the status", &self.answer.status, &status);
    }

    /// A header's one value.
    #[track_caller]
    pub(super) fn header(&self, name: &str) -> Option<String> {
        let values: Vec<_> = self.answer.headers.get_all(name).iter().collect();
        match *values {
            [] => None,
            [value] => Some(String::from_utf8_lossy(value.as_bytes()).into_owned()),
            _ => self.fail(&format!("there is more than one {name}")),
        }
    }

    /// The JSON body of an answer with that status.
    #[track_caller]
    pub(super) fn json(&self, status: u16) -> Value {
        self.status(status);
        let content_type = self.header("content-type");
        self.same(
            "content-type",
            &content_type.as_deref(),
            &Some("application/json"),
        );
        match serde_json::from_slice(&self.answer.body) {
            Ok(body) => body,
            Err(error) => self.fail(&format!("the body is not JSON: {error}")),
        }
    }

    #[track_caller]
    pub(super) fn has_exactly(&self, object: &Value, keys: &[&str]) {
        let Some(map) = object.as_object() else {
            self.fail(&format!("{object} is no object"));
        };
        let is: BTreeSet<_> = map.keys().map(String::as_str).collect();
        self.same("the set of keys", &is, &keys.iter().copied().collect());
    }

    /// The request id of an error, if this is one.
    pub(super) fn request_id(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.answer.body).ok()?;
        body.get("errorCode")?;
        Some(body["requestId"].as_str().unwrap_or_default().to_owned())
    }

    /// A refusal with that status and code and nothing in `errorData`; returns its message.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, code: &str) -> String {
        self.error(status, code, &["errorCode", "errorMessage", "requestId"])
    }

    /// A refusal with exactly these faults.
    #[track_caller]
    pub(super) fn invalid(&self, faults: &[Fault]) {
        let keys = ["errorCode", "errorData", "errorMessage", "requestId"];
        let message = self.error(400, "VALIDATION_FAILED", &keys);
        self.same("errorMessage", &&*message, &"Validation failed");
        let data = self.json(400)["errorData"].take();
        let Some(entries) = data.as_array() else {
            self.fail("errorData is no array");
        };
        for &(property, place, rule) in faults {
            let found: Vec<_> = entries
                .iter()
                .filter(|entry| entry["property"] == property)
                .collect();
            let [entry] = *found else {
                self.fail(&format!(
                    "{property} is named {} times in errorData",
                    found.len()
                ));
            };
            self.has_exactly(entry, &["constraints", "in", "property"]);
            self.same("in", &&entry["in"], &&Value::from(place));
            self.broke(&entry["constraints"], rule);
        }
        self.same("the number of faults", &entries.len(), &faults.len());
    }

    #[track_caller]
    fn broke(&self, constraints: &Value, rule: Rule) {
        let entries: Vec<_> = constraints.as_object().into_iter().flatten().collect();
        let [(key, Value::String(message))] = &*entries else {
            self.fail(&format!(
                "{constraints} is not one constraint with a message"
            ));
        };
        let right = match rule {
            Rule::Any => !message.is_empty(),
            Rule::Key(should) => *key == should && !message.is_empty(),
            Rule::Message(should, text) => *key == should && message == text,
        };
        if !right {
            let should = match rule {
                Rule::Any => "have a message".to_owned(),
                Rule::Key(key) => format!("have the key {key:?} and a message"),
                Rule::Message(key, text) => format!("be {key:?}: {text:?}"),
            };
            self.fail(&format!("the constraint {constraints} should {should}"));
        }
    }

    /// An error document with exactly these keys; returns its message.
    #[track_caller]
    fn error(&self, status: u16, code: &str, keys: &[&str]) -> String {
        let body = self.json(status);
        self.same("errorCode", &&body["errorCode"], &&Value::from(code));
        self.has_exactly(&body, keys);
        self.same("location", &self.header("location"), &None);
        let text = |field: &str| match body[field].as_str() {
            Some(text) if !text.is_empty() => text.to_owned(),
            _ => self.fail(&format!("{field} is empty or no text")),
        };
        text("requestId");
        text("errorMessage")
    }
}
