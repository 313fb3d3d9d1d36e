//! Where an event comes from, by what is in it.

use super::context::Context;
use super::fields::Fields;
use super::{Scalar, Unknown};
use crate::request::Gateway;

/// The gateway that sent an event; the answer is written for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// API Gateway, REST API.
    Rest,
    /// API Gateway, HTTP API with payload format 1.0.
    HttpApiV1,
    /// API Gateway, HTTP API with payload format 2.0.
    HttpApi,
    /// A Function URL, or a local host that behaves like one.
    FunctionUrl,
    /// Application Load Balancer; `multi` where its target group has multi-value headers on.
    Alb { multi: bool },
    /// VPC Lattice, event structure V2.
    Lattice,
}

impl Origin {
    /// The origin. Only the context that a gateway writes tells: no field that a caller could choose.
    pub(super) fn of(fields: &Fields<'_>, context: &Context<'_>) -> Result<Self, Unknown> {
        let has = |scalar: &Scalar<'_>| scalar.as_str().is_some();
        if fields.is_authorizer() {
            return Err(Unknown::Authorizer);
        }
        if has(&context.connection_id) {
            return Err(Unknown::WebSocket);
        }
        if context.elb.is_some() {
            let multi = fields.multi_headers.is_some();
            return Ok(Self::Alb { multi });
        }
        let version = fields.version.as_str();
        if version == Some("2.0") && has(&context.service_arn) {
            return Ok(Self::Lattice);
        }
        if version == Some("2.0") && context.http.is_some() {
            // `<apiId>.lambda-url.<region>.on.aws`. Without `apiId` it is `cargo lambda watch`, which does
            // not decode the path either.
            let is_url = context.is_own_domain("lambda-url");
            return Ok(if is_url || !has(&context.api_id) {
                Self::FunctionUrl
            } else {
                Self::HttpApi
            });
        }
        if has(&fields.http_method) && (has(&context.stage) || has(&context.resource_path)) {
            return Ok(match version {
                Some("1.0") => Self::HttpApiV1,
                _ => Self::Rest,
            });
        }
        Err(Unknown::Gateway)
    }

    /// The same, without how its answers are written.
    pub(super) fn gateway(self) -> Gateway {
        match self {
            Self::Rest => Gateway::Rest,
            Self::HttpApiV1 => Gateway::HttpApiV1,
            Self::HttpApi => Gateway::HttpApi,
            Self::FunctionUrl => Gateway::FunctionUrl,
            Self::Alb { .. } => Gateway::Alb,
            Self::Lattice => Gateway::Lattice,
        }
    }

    /// Whether it can ask for a streamed response. The event does not say whether it does.
    pub(crate) fn can_stream(self) -> bool {
        matches!(self, Self::FunctionUrl | Self::Rest)
    }

    /// Whether it has decoded the path.
    pub(super) fn decodes_path(self) -> bool {
        matches!(self, Self::HttpApi | Self::HttpApiV1)
    }
}
