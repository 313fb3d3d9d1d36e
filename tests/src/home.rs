//! Where an application runs, and what it answers there.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

/// A complete HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body.
    pub body: Bytes,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not JSON.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("the body is not JSON ({error}): {:?}", self.body))
    }

    /// The one value of a header, as text.
    ///
    /// # Panics
    /// If there is more than one value, or it is not text.
    #[must_use]
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.get_all(name).iter();
        let value = values.next()?;
        assert!(
            values.next().is_none(),
            "more than one {name}: {:?}",
            self.headers
        );
        Some(
            value
                .to_str()
                .unwrap_or_else(|_| panic!("{name} is not text: {value:?}")),
        )
    }
}

/// Where an application runs: something that takes an HTTP request to it and brings the answer
/// back.
pub trait Home: Send + Sync {
    /// What messages call it.
    fn name(&self) -> &'static str;

    /// Sends a request; `target` is the path with its query, encoded.
    ///
    /// Panics if there is no answer: every answer is one, no answer is a broken home.
    fn send(
        &self,
        method: Method,
        target: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> impl Future<Output = Answer> + Send;
}
