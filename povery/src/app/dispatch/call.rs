//! One call of a handler without HTTP: of an action, or with a record of an event.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Extensions, HeaderMap, HeaderValue, Method, Uri, header};
use serde::Deserialize;
use serde::de::IgnoredAny;
use tracing::Instrument;

use super::{Bound, Databases, Together, panicked, settled};
use crate::app::Inner;
use crate::auth::User;
use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::listener::Listener;
use crate::observation::CALL;
#[cfg(feature = "opentelemetry")]
use crate::observation::Observation;
use crate::request::{Called, Head, Host, LambdaContext, Request, RequestId};
#[cfg(feature = "opentelemetry")]
use crate::telemetry;

/// What a handler is called with.
pub(crate) struct Call {
    pub(crate) id: RequestId,
    pub(crate) lambda: Arc<LambdaContext>,
    /// What the handler is called, and the record, in the log.
    pub(crate) handler: &'static str,
    pub(crate) record_id: Option<String>,
    /// The invocation that this is a part of.
    pub(crate) together: Together,
    /// When it is given up, at the latest.
    pub(crate) bound: Option<Bound>,
    /// JSON that `Json<T>` reads; empty where there is none.
    pub(crate) payload: Bytes,
    /// Who calls, where an action asks for it.
    pub(crate) user: Option<User>,
    /// The record of an event, or the whole event, as it was sent.
    #[cfg(feature = "events")]
    pub(crate) record: Option<Bytes>,
}

/// Why a handler has not done its work, in words: what an error of the application says of itself may panic.
pub(crate) struct Failed {
    /// The code.
    pub(crate) kind: String,
    /// What the caller may read: the message and, in a line of its own, `errorData`.
    pub(crate) message: String,
    /// The message and those of all sources, for the log.
    pub(crate) chain: String,
    /// The places of the faults, and what is wrong there, for the log: no values.
    pub(crate) faults: Option<String>,
}

/// Calls a handler with what is as a request to it: a body without HTTP around it. Its transaction is
/// committed where it succeeds, and a panic is a failure.
pub(crate) async fn call(
    app: &Inner,
    listener: &Listener,
    mut call: Call,
) -> Result<Bytes, Failed> {
    let span = tracing::info_span!(
        target: CALL,
        "call",
        request_id = call.id.as_str(),
        trace_id = call.lambda.trace_id,
        handler = call.handler,
        record = call.record_id,
    );
    #[cfg(feature = "opentelemetry")]
    let telling = app.telemetry.is_some().then(|| {
        let observation = Observation::current();
        telemetry::begun(&span, observation.as_deref(), Some(&call.lambda), None);
        span.clone()
    });
    let together = std::mem::take(&mut call.together);
    let databases = Databases::part_of(together, app, call.lambda.deadline.instant());
    let bound = call.bound;
    let request = request(app, listener, call, &databases);
    let work = async {
        let answer = async { (listener.handler)(Inputs::new(request)).await };
        let answer = settled(answer, bound, &databases).await;
        answer.map_err(Failed::of)
    };
    let work = AssertUnwindSafe(work).catch_unwind();
    let answer = match work.instrument(span).await {
        Ok(answer) => answer,
        Err(panic) => {
            let answer = databases.end(Err(panicked(panic))).await;
            answer.map_err(Failed::of)
        }
    };
    #[cfg(feature = "opentelemetry")]
    if let (Some(span), Err(failed)) = (&telling, &answer) {
        telemetry::failed(span, &failed.kind);
    }
    // What `answered` and `done` write is whole.
    answer.map(|response| response.body().as_bytes().cloned().unwrap_or_default())
}

fn request(app: &Inner, listener: &Listener, call: Call, databases: &Databases) -> Request {
    let mut headers = HeaderMap::new();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    let mut extensions = Extensions::new();
    extensions.insert(Called {
        #[cfg(feature = "events")]
        record: call.record,
    });
    #[cfg(not(feature = "postgres"))]
    let _ = (databases, listener);
    Request {
        head: Box::new(Head {
            method: Method::POST,
            uri: Uri::default(),
            headers: headers.into(),
            extensions,
            host: Host {
                deadline: call.lambda.deadline,
                lambda: Some(call.lambda),
                ..Host::default()
            },
        }),
        body: call.payload,
        path: "/".to_owned(),
        parameters: Vec::new(),
        shared: Arc::clone(&app.shared),
        id: call.id,
        route: None,
        user: call.user,
        #[cfg(feature = "postgres")]
        databases: databases.of(listener.idempotent),
    }
}

impl Failed {
    pub(crate) fn of(error: PoveryError) -> Self {
        let data = error.raw_data();
        let message = match data {
            Some(data) => format!("{error}\n{data}"),
            None => error.to_string(),
        };
        Self {
            kind: error.code().to_owned(),
            faults: data.and_then(|data| places(data.get())),
            chain: error.chain(),
            message,
        }
    }
}

/// Where the faults of a validation are: `items[0].email (email, length), name (required)`.
fn places(data: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Fault {
        property: String,
        constraints: BTreeMap<String, IgnoredAny>,
    }
    let faults: Vec<Fault> = serde_json::from_str(data).ok()?;
    let places = faults.into_iter().map(|fault| {
        let constraints: Vec<_> = fault.constraints.into_keys().collect();
        format!("{} ({})", fault.property, constraints.join(", "))
    });
    Some(places.collect::<Vec<_>>().join(", "))
}
