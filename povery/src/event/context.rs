//! The few fields of `requestContext` that make the request. The rest stays JSON.

use serde::Deserialize;

use super::{Object, Origin, Scalar, Unknown};
use crate::request::{Client, address};

/// What the origin, the method, the path and the caller's address are read from.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Context<'a> {
    #[serde(borrow, default)]
    pub(super) stage: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) api_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) domain_name: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) path: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) route_key: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) connection_id: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) service_arn: Scalar<'a>,
    #[serde(borrow, default)]
    pub(super) resource_path: Scalar<'a>,
    pub(super) elb: Option<Object<Elb>>,
    #[serde(borrow)]
    pub(super) http: Option<Object<Http<'a>>>,
    #[serde(borrow)]
    identity: Option<Object<Identity<'a>>>,
}

/// `requestContext.elb`, of which nothing is read.
#[derive(Deserialize)]
pub(super) struct Elb {}

/// `requestContext.http` of payload 2.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http<'a> {
    #[serde(borrow, default)]
    method: Scalar<'a>,
    #[serde(borrow, default)]
    source_ip: Scalar<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(borrow, default)]
    source_ip: Scalar<'a>,
}

/// What follows in the name of a domain, which has no case (RFC 4343).
fn without<'a>(domain: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = domain.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl Context<'_> {
    /// Whether the request came by the domain that AWS gave: `<apiId>.<service>.…`. A custom domain can
    /// have any name, with a wildcard even one of the caller's choice.
    pub(super) fn is_own_domain(&self, service: &str) -> bool {
        let rest = self
            .api_id
            .as_str()
            .zip(self.domain_name.as_str())
            .and_then(|(id, domain)| without(domain, id)?.strip_prefix('.'));
        rest.and_then(|rest| without(rest, service))
            .is_some_and(|rest| rest.starts_with('.'))
    }

    /// The method of payload 2.0.
    pub(super) fn method(&self) -> Result<&str, Unknown> {
        let method = self
            .http
            .as_ref()
            .and_then(|Object(http)| http.method.as_str());
        method.ok_or(Unknown::Field("requestContext.http.method"))
    }

    /// The peer as the gateway says it.
    pub(super) fn client(&self, origin: Origin) -> Client {
        let said = match origin {
            Origin::Rest | Origin::HttpApiV1 => {
                self.identity.as_ref().map(|identity| &identity.0.source_ip)
            }
            Origin::HttpApi | Origin::FunctionUrl => {
                self.http.as_ref().map(|http| &http.0.source_ip)
            }
            Origin::Alb { .. } => return Client::Forwarded,
            Origin::Lattice => None,
        };
        let address = said.and_then(Scalar::as_str).and_then(address);
        address.map_or(Client::Unknown, Client::Told)
    }
}
