//! `Health`: whether what the application depends on is there.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

use super::{FromRequest, Rejection, Stage};
use crate::db::{DatabaseHealth, SecretState};
use crate::error::PoveryError;
use crate::request::Request;
use crate::response::{IntoResponse, Json, Response};

/// Whether the databases of the application answer, and how old the secrets are by which it logs in: an argument of a
/// route, and what it answers.
///
/// 200 where all databases answer, else 503 with `Retry-After`; both with `Cache-Control: no-store`:
///
/// ```json
/// {
///   "status": "up",
///   "databases": {"main": {"status": "up", "latencyMs": 3}, "ORDERS": {"status": "down"}},
///   "secrets": {"main": {"status": "fresh", "ageSeconds": 42}}
/// }
/// ```
///
/// Each database that a route, an action or a handler of events takes is asked on a connection of its own, within a second,
/// and at most once a second, whoever asks: no slot of a pool is taken for it, and nothing is counted there. Secrets are
/// told of as they are kept; see [the guide](crate::docs::health).
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::Health;
///
/// #[povery::route(GET, "/health", hidden)]
/// async fn health(health: Health) -> Health {
///     health
/// }
/// ```
#[derive(Clone)]
pub struct Health {
    databases: Vec<DatabaseHealth>,
}

impl Health {
    /// Whether all databases answer. An old secret does not make a difference: what it says is used.
    pub fn is_up(&self) -> bool {
        self.databases.iter().all(is_up)
    }
}

fn is_up(database: &DatabaseHealth) -> bool {
    database.latency.is_some()
}

impl FromRequest for Health {
    const STAGE: Stage = Stage::Resource;

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let databases = request.databases.health().await;
        Ok(Self { databases })
    }
}

#[derive(Serialize)]
struct Answer {
    status: Status,
    databases: BTreeMap<&'static str, DatabaseAnswer>,
    secrets: BTreeMap<&'static str, SecretAnswer>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DatabaseAnswer {
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u128>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SecretAnswer {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<u64>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Up,
    Down,
}

impl Status {
    fn of(is_up: bool) -> Self {
        match is_up {
            true => Self::Up,
            false => Self::Down,
        }
    }
}

impl SecretAnswer {
    fn of(state: SecretState) -> Self {
        let (status, age) = match state {
            SecretState::Absent => ("absent", None),
            SecretState::Fresh { age } => ("fresh", Some(age)),
            SecretState::Stale { age } => ("stale", Some(age)),
        };
        Self {
            status,
            age_seconds: age.map(|age| age.as_secs()),
        }
    }
}

impl IntoResponse for Health {
    fn into_response(self) -> Result<Response, PoveryError> {
        let all_up = self.is_up();
        let databases = self.databases.iter().map(|database| {
            let answer = DatabaseAnswer {
                status: Status::of(is_up(database)),
                latency_ms: database.latency.map(|latency| latency.as_millis()),
            };
            (database.name, answer)
        });
        let secrets = self.databases.iter().filter_map(|database| {
            let answer = SecretAnswer::of(database.secret?);
            Some((database.name, answer))
        });
        let answer = Answer {
            status: Status::of(all_up),
            databases: databases.collect(),
            secrets: secrets.collect(),
        };
        let mut response = Json(answer).into_response()?;
        if !all_up {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            let soon = HeaderValue::from_static("1");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
        Ok(response)
    }
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("is_up", &self.is_up())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answer(databases: &[DatabaseHealth]) -> (u16, String) {
        let databases = databases.to_vec();
        let response = Health { databases }.into_response().unwrap();
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
        let body = response.body().as_bytes().unwrap().to_vec();
        (response.status().as_u16(), String::from_utf8(body).unwrap())
    }

    #[test]
    fn it_is_up_while_all_databases_are() {
        let main = DatabaseHealth {
            name: "main",
            latency: Some(Duration::from_micros(3_900)),
            secret: Some(SecretState::Stale {
                age: Duration::from_millis(61_999),
            }),
        };
        let orders = DatabaseHealth {
            name: "ORDERS",
            latency: None,
            secret: None,
        };
        let old = r#""main":{"status":"stale","ageSeconds":61}"#;
        let up = r#""main":{"status":"up","latencyMs":3}"#;
        let expected = format!(r#"{{"status":"up","databases":{{{up}}},"secrets":{{{old}}}}}"#);
        assert_eq!(answer(std::slice::from_ref(&main)), (200, expected));
        let down = format!(r#""ORDERS":{{"status":"down"}},{up}"#);
        let expected = format!(r#"{{"status":"down","databases":{{{down}}},"secrets":{{{old}}}}}"#);
        assert_eq!(answer(&[orders, main]), (503, expected));
        let none = r#"{"status":"up","databases":{},"secrets":{}}"#;
        assert_eq!(answer(&[]), (200, none.to_owned()));
        let absent = DatabaseHealth {
            name: "main",
            latency: None,
            secret: Some(SecretState::Absent),
        };
        let (_, body) = answer(&[absent]);
        assert!(
            body.contains(r#""secrets":{"main":{"status":"absent"}}"#),
            "{body}"
        );
    }
}
