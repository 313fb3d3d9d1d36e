//! An application as a Lambda function behind a Function URL.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

use crate::event::{decode_v2, payload_v2};
use crate::function::{Function, RuntimeHost};
use crate::home::{Answer, Home};

/// An application that runs as a Lambda function, reached by payload format 2.0. It has to name
/// its errors after the invocation: a `requestId` other than Lambda's is a failure.
#[derive(Debug)]
pub struct LambdaHome {
    host: RuntimeHost,
}

impl LambdaHome {
    /// Starts the function.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub async fn start(function: Function) -> Self {
        Self {
            host: RuntimeHost::start(function).await,
        }
    }

    /// The host that the function runs on.
    #[must_use]
    pub fn host(&self) -> &RuntimeHost {
        &self.host
    }
}

impl Home for LambdaHome {
    fn name(&self) -> &'static str {
        "Lambda function"
    }

    async fn send(&self, method: Method, target: &str, headers: HeaderMap, body: Bytes) -> Answer {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let event = payload_v2(&method, path, query, &headers, &body).to_string();
        let (id, outcome) = self.host.invoke_bytes(event.into()).await;
        let response = outcome.unwrap_or_else(|error| {
            let log = self.host.log();
            panic!("{method} {target}: {error}; the function said:\n{log}")
        });
        let response = serde_json::from_slice(&response)
            .unwrap_or_else(|error| panic!("{method} {target}: {error} in {response:?}"));
        let answer = decode_v2(&response)
            .unwrap_or_else(|problem| panic!("{method} {target}: {problem} in {response}"));
        let document: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if let Some(told) = document.get("requestId") {
            assert_eq!(
                told, &id,
                "{method} {target}: requestId is not Lambda's: {document}"
            );
        }
        answer
    }
}
