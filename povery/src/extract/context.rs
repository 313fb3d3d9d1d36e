//! What stands around the request: `MatchedRoute`, `LambdaContext`, `RequestContext`, `ClientAddr`.

use std::any::type_name;
use std::borrow::Cow;

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
use crate::request::{ClientAddr, LambdaContext, Request};
use crate::route::MatchedRoute;

impl FromRequest for MatchedRoute {
    const STAGE: Stage = Stage::Resource;

    /// Whether there is no route: in actions and handlers of events.
    fn is_absent(request: &Request) -> bool {
        request.route().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let route = request.route().cloned();
        Ok(route.ok_or_else(|| {
            missing("`MatchedRoute`: no route was called; `Option<MatchedRoute>` may be absent")
        })?)
    }
}

impl FromRequest for LambdaContext {
    const STAGE: Stage = Stage::Resource;

    /// Whether the host is not Lambda.
    fn is_absent(request: &Request) -> bool {
        request.lambda().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let context = request.lambda().cloned();
        Ok(context.ok_or_else(|| {
            missing(
                "`LambdaContext`: this host is not Lambda; `Option<LambdaContext>` may be absent",
            )
        })?)
    }
}

impl FromRequest for ClientAddr {
    const STAGE: Stage = Stage::Resource;

    /// Whether the host did not say.
    fn is_absent(request: &Request) -> bool {
        request.client().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.client().ok_or_else(|| {
            missing("`ClientAddr`: the host gave no address; `Option<ClientAddr>` may be absent")
        })?)
    }
}

/// The gateway's `requestContext`: stage, authorizer and whatever else the gateway says, read into
/// `T`. Its shape is the gateway's: see AWS's documents of the event in question.
///
/// Where there is none, as in the local server, it is a logged 500 as an argument, and
/// `Option<RequestContext<T>>` is `None`. One that does not fit `T` is a logged 500 that names the
/// place.
///
/// # Example
///
/// ```
/// use povery::RequestContext;
///
/// #[derive(serde::Deserialize)]
/// struct Stage {
///     stage: String,
/// }
///
/// #[povery::route(GET, "/stage")]
/// async fn stage(context: Option<RequestContext<Stage>>) -> String {
///     context.map_or_else(|| "none".to_owned(), |RequestContext(context)| context.stage)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestContext<T = Value>(pub T);

impl<T: DeserializeOwned + Send> FromRequest for RequestContext<T> {
    const STAGE: Stage = Stage::Resource;

    /// Whether no gateway stands before the application.
    fn is_absent(request: &Request) -> bool {
        gateway(request).is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let context = gateway(request).ok_or_else(|| {
            missing("`RequestContext`: no gateway stands before this host; `Option<RequestContext>` may be absent")
        })?;
        Ok(fitting(&context).map(Self)?)
    }
}

/// The context as the gateway sent it, or as `lambda_http` writes what it has read.
fn gateway(request: &Request) -> Option<Cow<'_, RawValue>> {
    let sent = request.gateway_context().map(Cow::Borrowed);
    #[cfg(feature = "lambda_http")]
    let sent = sent.or_else(|| super::lambda_http::written(request).map(Cow::Owned));
    sent
}

/// The context as a `T`, or a 500 that names the place where it is none.
pub(super) fn fitting<T: DeserializeOwned>(context: &RawValue) -> Result<T, PoveryError> {
    let mut json = serde_json::Deserializer::from_str(context.get());
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        // What serde says may repeat a claim: the place is enough to mend the type.
        PoveryError::internal(format!(
            "the request context does not fit `{}`, at `{}`",
            type_name::<T>(),
            error.path()
        ))
    })
}

pub(super) fn missing(what: &'static str) -> PoveryError {
    PoveryError::internal(format!("nothing to make an argument of, {what}"))
}
