//! The requests that are measured, and the answers that every peer must give.

use serde_json::{Map, Value, json};

use crate::event::Payload;
use crate::host::HostError;

/// A request of the users application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// `GET /users/{uuid}`.
    Get,
    /// `POST /users`, validated.
    Post,
    /// `GET /users`: a hundred of them.
    List,
}

impl Job {
    const ALL: [Self; 3] = [Self::Get, Self::Post, Self::List];

    fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
            Self::List => "list",
        }
    }
}

/// A job that arrives in a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) job: Job,
    pub(crate) payload: Payload,
}

/// The id of the users' first.
const FIRST: &str = "3f2b7a10-9c4d-4e6f-8a1b-000000000001";
/// That of a user that is created.
const CREATED: &str = "3f2b7a10-9c4d-4e6f-8a1b-000000000065";

impl Case {
    /// All six.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Payload::ALL
            .into_iter()
            .flat_map(|payload| Job::ALL.map(|job| Self { job, payload }))
    }

    /// The case of that name.
    pub(crate) fn of(name: &str) -> Result<Self, HostError> {
        let found = Self::all().find(|case| case.name() == name);
        found.ok_or_else(|| HostError(format!("no case {name}")))
    }

    /// Such as `get-v2`.
    pub(crate) fn name(self) -> String {
        format!("{}-{}", self.job.name(), self.payload.name())
    }

    /// The event.
    pub(crate) fn event(self) -> Vec<u8> {
        match self.job {
            Job::Get => self.payload.event("GET", &format!("/users/{FIRST}"), None),
            Job::List => self.payload.event("GET", "/users", None),
            Job::Post => {
                let body = r#"{"name":"Grace Brewster Murray Hopper","email":"grace.hopper@navy.example.com","newsletter":false}"#;
                self.payload.event("POST", "/users", Some(body))
            }
        }
    }

    /// What is wrong with an answer, if anything is.
    pub(crate) fn fault(self, answer: &[u8]) -> Option<String> {
        let (status, location, body) = match self.job {
            Job::Get => (200, None, json!({ "user": user(0) })),
            Job::List => {
                let users: Vec<Value> = (0..100).map(user).collect();
                (200, None, json!({ "users": users, "next": null }))
            }
            Job::Post => {
                let mut user = user(100);
                user["name"] = "Grace Brewster Murray Hopper".into();
                user["email"] = "grace.hopper@navy.example.com".into();
                let body = json!({ "message": "User created successfully", "user": user });
                (201, Some(format!("/users/{CREATED}")), body)
            }
        };
        let answer = match Answer::read(answer) {
            Ok(answer) => answer,
            Err(fault) => return Some(fault),
        };
        if answer.status != status {
            return Some(format!("status {} and not {status}", answer.status));
        }
        if answer.header("content-type") != Some("application/json") {
            return Some(format!("content type {:?}", answer.header("content-type")));
        }
        if answer.header("location") != location.as_deref() {
            return Some(format!("location {:?}", answer.header("location")));
        }
        match serde_json::from_str::<Value>(&answer.body) {
            Ok(found) if found == body => None,
            _ => Some(format!("another body: {}", answer.body)),
        }
    }
}

/// The user of that index.
pub(crate) fn user(index: u128) -> Value {
    json!({
        "id": format!("3f2b7a10-9c4d-4e6f-8a1b-{:012x}", index + 1),
        "name": format!("Ada Lovelace {index}"),
        "email": format!("ada.lovelace.{index}@example.com"),
        "created_at": "2026-02-01T10:00:00.000000Z",
        "updated_at": "2026-02-01T10:00:00.000000Z",
    })
}

/// A request that every peer must refuse: what says that it does the work.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    what: &'static str,
    statuses: &'static [u64],
    /// The event.
    pub(crate) event: Vec<u8>,
}

impl Refusal {
    /// What is wrong with an answer, if anything is.
    pub(crate) fn fault(&self, answer: &[u8]) -> Option<String> {
        match Answer::read(answer) {
            Ok(answer) if self.statuses.contains(&answer.status) => None,
            Ok(answer) => Some(format!("status {} for {}", answer.status, self.what)),
            Err(fault) => Some(format!("{fault} for {}", self.what)),
        }
    }
}

/// The requests that every peer must refuse.
pub(crate) fn refusals(payload: Payload) -> Vec<Refusal> {
    let refusal = |what, event, statuses| Refusal {
        what,
        event,
        statuses,
    };
    let get = |path: &str| payload.event("GET", path, None);
    let post = |body| payload.event("POST", "/users", Some(body));
    let unknown = get(&format!("/users/{CREATED}"));
    let (short, bad) = (
        r#"{"name":"A","email":"a@example.com"}"#,
        r#"{"name":"Ada","email":"ada"}"#,
    );
    vec![
        refusal("an unknown user", unknown, &[404]),
        refusal("an unknown path", get("/nowhere"), &[404]),
        refusal("an id that is none", get("/users/x"), &[400]),
        refusal("a name that is too short", post(short), &[400]),
        refusal("an email that is none", post(bad), &[400]),
        // axum answers 422 to the shape of a body.
        refusal("a missing field", post(r#"{"name":"Ada"}"#), &[400, 422]),
        refusal("a body that is no JSON", post("{"), &[400]),
    ]
}

/// A response as a gateway reads it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u64,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    /// Reads a response of either payload.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let answer: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| {
            format!("no response ({error}): {}", String::from_utf8_lossy(bytes))
        })?;
        if answer.get("isBase64Encoded") == Some(&Value::Bool(true)) {
            return Err("a body in base64".to_owned());
        }
        let mut headers = Vec::new();
        for maps in ["headers", "multiValueHeaders"] {
            for (name, value) in answer
                .get(maps)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                let value = value.get(0).unwrap_or(value).as_str().unwrap_or_default();
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
        }
        let status = answer.get("statusCode").and_then(Value::as_u64);
        let body = answer.get("body").and_then(Value::as_str);
        Ok(Self {
            status: status.ok_or("no status")?,
            headers,
            body: body.unwrap_or_default().to_owned(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| other == name)
            .map(|(_, value)| &**value)
    }
}
