//! What the host knows of the request: `LambdaContext`, `RequestContext`, `ClientAddr`.

use std::any::type_name;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
use crate::request::{ClientAddr, LambdaContext, Request};

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
        request.gateway_context().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let context = request.gateway_context().ok_or_else(|| {
            missing("`RequestContext`: no gateway stands before this host; `Option<RequestContext>` may be absent")
        })?;
        let mut json = serde_json::Deserializer::from_str(context.get());
        match serde_path_to_error::deserialize(&mut json) {
            Ok(context) => Ok(Self(context)),
            // What serde says may repeat a claim: the place is enough to mend the type.
            Err(error) => Err(PoveryError::internal(format!(
                "the request context does not fit `{}`, at `{}`",
                type_name::<T>(),
                error.path()
            ))
            .into()),
        }
    }
}

fn missing(what: &'static str) -> PoveryError {
    PoveryError::internal(format!("nothing to make an argument of, {what}"))
}
