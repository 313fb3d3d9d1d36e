//! What a function does with an event that is no HTTP request.

#[cfg(feature = "events")]
mod batch;
#[cfg(feature = "events")]
mod events;
mod failure;

pub(crate) use failure::Failure;

use std::sync::Arc;

use bytes::Bytes;

use crate::app::{App, Bound, Call, Failed, Together};
use crate::auth::User;
use crate::error::PoveryError;
use crate::event::{Direct, Unknown};
use crate::listener::{ActionDef, Listener};
use crate::observation::{Observation, Subject, Told, WITHOUT_STATUS};
use crate::request::{LambdaContext, RequestId};

/// The answer to an event of which the front door has said that it is no HTTP request. What has any sign
/// of a gateway is not looked at: it stays the error that it is.
pub(crate) async fn invoke(
    app: &App,
    unknown: Unknown,
    event: &Bytes,
    id: &RequestId,
    lambda: Arc<LambdaContext>,
) -> Result<Bytes, Failure> {
    let invocation = Invocation {
        app,
        #[cfg(feature = "events")]
        event,
        id,
        lambda,
    };
    match unknown {
        Unknown::Other => {}
        #[cfg(feature = "events")]
        Unknown::Unreadable if events::is_value(event) => return invocation.custom(unknown).await,
        _ => return Err(invocation.unknown(unknown)),
    }
    match Direct::read(event) {
        Direct::Action { name, payload } => {
            let actions = app.inner.listeners.actions();
            let Some(action) = actions.iter().find(|action| action.name == name) else {
                #[cfg(feature = "events")]
                if actions.is_empty() {
                    return invocation.custom(unknown).await;
                }
                return Err(invocation.failed(Failure::no_action(app)));
            };
            let user = invocation.admitted(action).await?;
            let payload = payload.map(|payload| event.slice_ref(payload.get().as_bytes()));
            let payload = payload.unwrap_or_default();
            let name = action.name;
            invocation.call(&action.listener, name, payload, user).await
        }
        #[cfg(feature = "events")]
        Direct::Records(batch) => invocation.records(batch).await,
        #[cfg(feature = "events")]
        Direct::Bridge(bridge) => invocation.bridge(bridge).await,
        #[cfg(feature = "events")]
        Direct::Other => invocation.custom(unknown).await,
        #[cfg(not(feature = "events"))]
        Direct::Other => Err(invocation.unknown(unknown)),
    }
}

/// An event on its way to its handler.
struct Invocation<'a> {
    app: &'a App,
    #[cfg(feature = "events")]
    event: &'a Bytes,
    id: &'a RequestId,
    lambda: Arc<LambdaContext>,
}

impl Invocation<'_> {
    /// Who calls an action that asks for roles.
    async fn admitted(&self, action: &ActionDef) -> Result<Option<User>, Failure> {
        if action.roles.is_empty() {
            return Ok(None);
        }
        begin(action.name);
        let user = match &self.app.inner.authorizer {
            // Boxed, since hardly any action asks.
            Some(authorizer) => {
                Box::pin(authorizer.admit_invoker(action.roles, &self.lambda)).await
            }
            // Such an application does not start; one that is called as a service must not be open either.
            None => Err(PoveryError::forbidden("This action is closed to everyone")),
        };
        user.map(Some).map_err(|error| {
            let failed = Failed::of(error);
            log(self.id, action.name, None, &failed, told());
            failed.into()
        })
    }

    /// Calls a handler once, with all that there is.
    async fn call(
        self,
        listener: &Listener,
        handler: &'static str,
        payload: Bytes,
        user: Option<User>,
    ) -> Result<Bytes, Failure> {
        begin(handler);
        let call = Call {
            id: self.id.clone(),
            handler,
            record_id: None,
            together: Together::default(),
            bound: self.lambda.deadline.instant().map(Bound::before),
            lambda: self.lambda,
            payload,
            user,
            #[cfg(feature = "events")]
            record: Some(self.event.clone()),
        };
        let answer = self.app.call(listener, call).await;
        answer.map_err(|failed| {
            log(self.id, handler, None, &failed, told());
            failed.into()
        })
    }

    fn unknown(&self, unknown: Unknown) -> Failure {
        self.failed(Failure::unknown(&unknown, self.app))
    }

    /// What was not handled at all is in the log too.
    fn failed(&self, failure: Failure) -> Failure {
        let Told {
            latency_ms,
            cold_start,
            remaining_ms,
        } = told();
        let (request_id, message) = (self.id.as_str(), &failure.message);
        tracing::error!(
            request_id,
            latency_ms,
            cold_start,
            remaining_ms,
            "{message}"
        );
        failure
    }
}

/// Notes who answers the invocation.
fn begin(handler: &'static str) {
    if let Some(observation) = Observation::current() {
        observation.is_for(Subject::Handler(handler));
    }
}

/// What the line says with which the invocation ends.
fn told() -> Told {
    let observation = Observation::current();
    observation
        .and_then(|observation| observation.tell(WITHOUT_STATUS))
        .unwrap_or_default()
}

/// One line: the caller reads the same code under the same request id.
fn log(id: &RequestId, handler: &str, record: Option<&str>, failed: &Failed, told: Told) {
    let Failed {
        kind: code,
        chain,
        faults,
        ..
    } = failed;
    let request_id = id.as_str();
    let Told {
        latency_ms,
        cold_start,
        remaining_ms,
    } = told;
    tracing::error!(
        request_id,
        handler,
        record,
        code,
        faults,
        latency_ms,
        cold_start,
        remaining_ms,
        "{chain}"
    );
}

#[cfg(all(test, feature = "events"))]
mod properties;
#[cfg(test)]
mod tests;
