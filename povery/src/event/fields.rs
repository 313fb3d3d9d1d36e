//! The fields of an event that any origin uses, in whatever order they come.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Scalar, Unknown};

/// A part of the event that is read only if its origin uses it.
pub(super) type Raw<'a> = Option<&'a RawValue>;

/// The known fields, borrowed from the event.
#[derive(Default)]
pub(super) struct Fields<'a> {
    pub(super) version: Scalar<'a>,
    pub(super) http_method: Scalar<'a>,
    pub(super) method: Scalar<'a>,
    pub(super) path: Scalar<'a>,
    pub(super) raw_path: Scalar<'a>,
    pub(super) raw_query: Scalar<'a>,
    pub(super) resource: Scalar<'a>,
    pub(super) body: Scalar<'a>,
    pub(super) is_base64: Scalar<'a>,
    pub(super) headers: Raw<'a>,
    pub(super) multi_headers: Raw<'a>,
    pub(super) query: Raw<'a>,
    pub(super) multi_query: Raw<'a>,
    pub(super) path_parameters: Raw<'a>,
    pub(super) cookies: Raw<'a>,
    pub(super) context: Raw<'a>,
    /// What a gateway asks permission for; `cargo lambda watch` sends `null`.
    pub(super) authorized_arn: Scalar<'a>,
    /// Whether it has the path as VPC Lattice wrote it in its first version.
    pub(super) is_lattice_v1: bool,
    /// Whether there is a `requestContext`, be it `null`.
    pub(super) has_context: bool,
    /// A known field that is there twice, so that nobody can say which one the gateway meant.
    pub(super) repeated: Option<&'static str>,
}

impl Fields<'_> {
    /// Whether a gateway asks for permission rather than for an answer.
    pub(super) fn is_authorizer(&self) -> bool {
        self.authorized_arn.as_str().is_some()
    }

    /// What an event without a gateway's context is.
    pub(super) fn without_context(&self) -> Unknown {
        if self.is_lattice_v1 {
            Unknown::LatticeV1
        } else if self.is_authorizer() {
            Unknown::Authorizer
        } else if self.has_context {
            Unknown::Gateway
        } else {
            Unknown::Other
        }
    }
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Key {
    Version,
    HttpMethod,
    Method,
    Path,
    RawPath,
    RawQueryString,
    Resource,
    Body,
    #[serde(rename = "isBase64Encoded")]
    IsBase64,
    Headers,
    MultiValueHeaders,
    QueryStringParameters,
    MultiValueQueryStringParameters,
    PathParameters,
    Cookies,
    RequestContext,
    MethodArn,
    RouteArn,
    #[serde(rename = "raw_path")]
    RawPathOfLattice,
    #[serde(other)]
    Other,
}

impl Key {
    fn name(self) -> &'static str {
        match self {
            Self::Version => "version",
            Self::HttpMethod => "httpMethod",
            Self::Method => "method",
            Self::Path => "path",
            Self::RawPath => "rawPath",
            Self::RawQueryString => "rawQueryString",
            Self::Resource => "resource",
            Self::Body => "body",
            Self::IsBase64 => "isBase64Encoded",
            Self::Headers => "headers",
            Self::MultiValueHeaders => "multiValueHeaders",
            Self::QueryStringParameters => "queryStringParameters",
            Self::MultiValueQueryStringParameters => "multiValueQueryStringParameters",
            Self::PathParameters => "pathParameters",
            Self::Cookies => "cookies",
            Self::RequestContext => "requestContext",
            Self::MethodArn => "methodArn",
            Self::RouteArn => "routeArn",
            Self::RawPathOfLattice => "raw_path",
            Self::Other => "",
        }
    }
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::default();
        // The known keys that were there, a bit for each.
        let mut seen = 0_u32;
        while let Some(key) = map.next_key::<Key>()? {
            let bit = 1 << key as u32;
            if seen & bit != 0 && key != Key::Other {
                fields.repeated = Some(key.name());
            }
            seen |= bit;
            let (scalar, raw) = match key {
                Key::Version => (Some(&mut fields.version), None),
                Key::HttpMethod => (Some(&mut fields.http_method), None),
                Key::Method => (Some(&mut fields.method), None),
                Key::Path => (Some(&mut fields.path), None),
                Key::RawPath => (Some(&mut fields.raw_path), None),
                Key::RawQueryString => (Some(&mut fields.raw_query), None),
                Key::Resource => (Some(&mut fields.resource), None),
                Key::Body => (Some(&mut fields.body), None),
                Key::IsBase64 => (Some(&mut fields.is_base64), None),
                Key::Headers => (None, Some(&mut fields.headers)),
                Key::MultiValueHeaders => (None, Some(&mut fields.multi_headers)),
                Key::QueryStringParameters => (None, Some(&mut fields.query)),
                Key::MultiValueQueryStringParameters => (None, Some(&mut fields.multi_query)),
                Key::PathParameters => (None, Some(&mut fields.path_parameters)),
                Key::Cookies => (None, Some(&mut fields.cookies)),
                Key::RequestContext => (None, Some(&mut fields.context)),
                Key::MethodArn | Key::RouteArn => (Some(&mut fields.authorized_arn), None),
                Key::RawPathOfLattice => {
                    fields.is_lattice_v1 = true;
                    (None, None)
                }
                Key::Other => (None, None),
            };
            match (scalar, raw) {
                (Some(scalar), _) => *scalar = map.next_value()?,
                // `null` is as good as nothing.
                (None, Some(raw)) => *raw = map.next_value()?,
                (None, None) => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        fields.has_context = seen & (1 << Key::RequestContext as u32) != 0;
        Ok(fields)
    }
}
