//! What is told of a request: in its span, and in the line of its failure.

use std::borrow::Cow;
use std::sync::Arc;

use http::Method;
use tracing::Span;
use tracing::field::{Empty, display};

use super::databases::sqlstate;
use crate::app::Inner;
use crate::error::{PoveryError, wire};
use crate::log::{LONGEST_PATH, shortened};
use crate::observation::{Observation, SPAN, Subject, Told};
use crate::request::{Head, RequestId};
use crate::response::{Body, Response};
use crate::route::Route;
#[cfg(feature = "opentelemetry")]
use crate::telemetry;

/// A request as logs name it.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) observation: Arc<Observation>,
    /// Around all that is done for it.
    pub(super) span: Span,
}

impl Asked {
    pub(super) fn of(app: &Inner, head: &mut Head) -> Self {
        let host = &mut head.host;
        let observation = host.observation.take().unwrap_or_else(|| {
            let id = host.id.take().unwrap_or_else(RequestId::random);
            Arc::new(Observation::new(id, host.lambda.clone()))
        });
        let masked = app.router.without_secrets(head.uri.path());
        observation.asks(&head.method, &head.uri, masked);
        let span = || {
            tracing::info_span!(
                target: SPAN,
                "request",
                request_id = observation.id().as_str(),
                trace_id = observation.trace_id(),
                method = head.method.as_str(),
                route = Empty,
            )
        };
        // So that who keeps the span can find it.
        let span = observation.within(span);
        #[cfg(feature = "opentelemetry")]
        if app.telemetry.is_some() {
            let lambda = head.host.lambda.as_deref();
            telemetry::begun(&span, Some(&observation), lambda, Some(&head.headers));
        }
        Self { observation, span }
    }

    /// Notes the route that answers it.
    pub(super) fn is_for(&self, route: &Route, head: &Head) {
        self.observation.is_found_by(head.uri.path());
        self.span.record("route", route.path());
        self.observation.is_for(Subject::Route(route.shared_path()));
    }

    pub(super) fn id(&self) -> &RequestId {
        self.observation.id()
    }

    pub(super) fn method(&self) -> Option<&Method> {
        let (method, _) = self.observation.asked()?;
        Some(method)
    }

    pub(super) fn path(&self) -> Option<Cow<'_, str>> {
        self.observation.path()
    }

    pub(super) fn is_head(&self) -> bool {
        self.method() == Some(&Method::HEAD)
    }
}

/// The answer to a failure.
pub(super) fn failed(app: &Inner, asked: &Asked, error: PoveryError) -> Response {
    let request_id = asked.id().as_str();
    if error.status().is_server_error() {
        let status = error.status().as_u16();
        let Told {
            latency_ms,
            cold_start,
            remaining_ms,
        } = asked.observation.tell(status).unwrap_or_default();
        let (method, path) = (asked.method().map(display), asked.path());
        let path = path.as_deref().map(|path| shortened(path, LONGEST_PATH));
        let path = path.as_deref();
        let chain = error.chain();
        let sqlstate = sqlstate(&error);
        let sqlstate = sqlstate.as_deref();
        tracing::error!(
            request_id,
            method,
            path,
            status,
            sqlstate,
            latency_ms,
            cold_start,
            remaining_ms,
            "{chain}"
        );
    }
    wire::response(&error, app.error_format, request_id).map(Body::from)
}
