//! The `RequestContext` of `lambda_http` as an argument.

use ::lambda_http::request::RequestContext;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::context::{fitting, missing};
use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
use crate::request::Request;

/// The gateway's `requestContext` in the types of `lambda_http`. Needs the feature `lambda_http`.
///
/// It is read from what the gateway sent when a handler asks for it; where `lambda_http` itself is the
/// host, it is the one that it has read. REST APIs and payload 1.0 are `ApiGatewayV1`, payload 2.0 and
/// Function URLs `ApiGatewayV2`, load balancers `Alb`, and VPC Lattice is `VpcLattice`.
///
/// Where there is none it is a logged 500, and `Option<RequestContext>` is `None`; one that does not fit
/// those types is a logged 500 that names the place, as of [`crate::RequestContext`].
impl FromRequest for RequestContext {
    const STAGE: Stage = Stage::Resource;

    /// Whether no gateway stands before the application.
    fn is_absent(request: &Request) -> bool {
        request.extensions().get::<Self>().is_none() && request.gateway_context().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        if let Some(context) = request.extensions().get::<Self>() {
            return Ok(context.clone());
        }
        let context = request.gateway_context().ok_or_else(|| {
            missing("`lambda_http::request::RequestContext`: no gateway stands before this host; `Option` of it may be absent")
        })?;
        Ok(read(context)?)
    }
}

/// The context that `lambda_http` has read, as JSON again.
pub(super) fn written(request: &Request) -> Option<Box<RawValue>> {
    let context = request.extensions().get::<RequestContext>()?;
    serde_json::value::to_raw_value(context).ok()
}

/// What only one of the gateways writes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Gateway {
    elb: Option<IgnoredAny>,
    service_arn: Option<IgnoredAny>,
    http: Option<IgnoredAny>,
}

/// The context as its gateway has it: `lambda_http` would try one type after another, and the first takes
/// nearly everything.
fn read(context: &RawValue) -> Result<RequestContext, PoveryError> {
    let gateway: Gateway = fitting(context)?;
    if gateway.elb.is_some() {
        fitting(context).map(RequestContext::Alb)
    } else if gateway.service_arn.is_some() {
        fitting(context).map(RequestContext::VpcLattice)
    } else if gateway.http.is_some() {
        fitting(context).map(RequestContext::ApiGatewayV2)
    } else {
        fitting(context).map(RequestContext::ApiGatewayV1)
    }
}
