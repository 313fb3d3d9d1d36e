//! Requests, each with a name for the messages.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

use super::expect::Told;
use crate::home::Home;

/// Sends requests to a home, and collects the request ids of the refusals.
pub(super) struct Client<'h, H> {
    home: &'h H,
    ids: Mutex<Vec<String>>,
}

impl<'h, H: Home> Client<'h, H> {
    pub(super) fn new(home: &'h H) -> Self {
        Self {
            home,
            ids: Mutex::default(),
        }
    }

    /// Gets `target`.
    pub(super) async fn get(&self, step: &str, target: &str) -> Told {
        self.send(step, Method::GET, target, None, "").await
    }

    /// Posts JSON to `/users`.
    pub(super) async fn post(&self, step: &str, body: Value) -> Told {
        self.post_body(step, Some("application/json"), body.to_string())
            .await
    }

    /// Posts any body to `/users`.
    pub(super) async fn post_body(
        &self,
        step: &str,
        content_type: Option<&'static str>,
        body: impl Into<Bytes>,
    ) -> Told {
        self.send(step, Method::POST, "/users", content_type, body)
            .await
    }

    pub(super) async fn send(
        &self,
        step: &str,
        method: Method,
        target: &str,
        content_type: Option<&'static str>,
        body: impl Into<Bytes>,
    ) -> Told {
        let mut headers = HeaderMap::new();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let step = format!("{}: {step} ({method} {target})", self.home.name());
        let answer = self.home.send(method, target, headers, body.into()).await;
        let told = Told { step, answer };
        if let Some(id) = told.request_id() {
            self.ids
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(id);
        }
        told
    }

    /// The request ids of all refusals so far.
    pub(super) fn request_ids(&self) -> Vec<String> {
        self.ids
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
