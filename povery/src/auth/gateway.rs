//! Identities as gateways write them into `requestContext`. What is read is decided by the gateway alone: nothing here
//! is guessed by what happens to be there.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::{Identity, Lists, Names};
use crate::request::{Gateway, Head};

type Object = Map<String, Value>;

/// The parts of `requestContext` that any gateway has an identity in.
#[derive(Deserialize)]
struct Context {
    #[serde(default)]
    authorizer: Value,
    #[serde(default)]
    identity: Value,
}

/// The caller; `None` where the gateway names nobody.
pub(super) fn identity(head: &Head, names: &Names) -> Option<Identity> {
    let (gateway, context) = sent(head)?;
    let identity = read(gateway, &context, names);
    if let Some(Found::Nameless) = identity {
        tracing::warn!(
            "the gateway's authorizer names nobody: `Authorizer::id_claim` says in which claim the id is"
        );
    }
    match identity? {
        Found::Caller(identity) => Some(identity),
        Found::Nameless => None,
    }
}

/// What an authorizer has said.
pub(super) enum Found {
    Caller(Identity),
    /// An identity without an id is none.
    Nameless,
}

/// The context as the gateway sent it, or as `lambda_http` writes what it has read.
fn sent(head: &Head) -> Option<(Gateway, Cow<'_, RawValue>)> {
    if let Some(context) = &head.host.gateway {
        return Some((context.gateway(), Cow::Borrowed(context.json())));
    }
    #[cfg(feature = "lambda_http")]
    {
        use lambda_http::request::RequestContext;
        let context: &RequestContext = head.extensions.get()?;
        let gateway = match context {
            // It does not say which; see the guide.
            RequestContext::ApiGatewayV1(_) => Gateway::Rest,
            RequestContext::ApiGatewayV2(_) => Gateway::HttpApi,
            RequestContext::VpcLattice(_) => Gateway::Lattice,
            _ => return None,
        };
        let json = serde_json::value::to_raw_value(context).ok()?;
        Some((gateway, Cow::Owned(json)))
    }
    #[cfg(not(feature = "lambda_http"))]
    None
}

/// What this gateway says of its caller; `None` where it has let one through without asking.
pub(super) fn read(gateway: Gateway, context: &RawValue, names: &Names) -> Option<Found> {
    // With a key twice nobody can say which one is meant.
    let context: Context = serde_json::from_str(context.get()).ok()?;
    let (authorizer, identity) = (object(context.authorizer), object(context.identity));
    let (claims, ids, lists): (_, &[_], _) = match gateway {
        Gateway::Rest | Gateway::HttpApiV1 => v1(gateway, authorizer, identity)?,
        Gateway::HttpApi => v2(authorizer?)?,
        Gateway::FunctionUrl => (object(authorizer?.remove("iam")?)?, IAM, Lists::Json),
        // Also there, without a principal, where the service asks for no identity.
        Gateway::Lattice => {
            let identity =
                identity.filter(|identity| identity.get("type") == Some(&"AWS_IAM".into()))?;
            (identity, &["principal"], Lists::Json)
        }
        // What it knows of a caller it writes into headers.
        Gateway::Alb => return None,
    };
    let identity = Identity::of(claims, ids, lists, names);
    Some(identity.map_or(Found::Nameless, Found::Caller))
}

const TOKEN: &[&str] = &["sub"];
const LAMBDA: &[&str] = &["principalId", "sub"];
const IAM: &[&str] = &["userArn"];

/// REST APIs, and HTTP APIs with payload 1.0, whose authorizers write lists as with payload 2.0.
fn v1(
    gateway: Gateway,
    authorizer: Option<Object>,
    identity: Option<Object>,
) -> Option<(Object, &'static [&'static str], Lists)> {
    let (of_token, of_lambda) = match gateway {
        Gateway::Rest => (Lists::Commas, Lists::Commas),
        _ => (Lists::Brackets, Lists::Json),
    };
    if let Some(mut authorizer) = authorizer {
        // The context of a Lambda authorizer has no objects, so that these are the claims of a token.
        if let Some(Value::Object(claims)) = authorizer.get_mut("claims") {
            return Some((std::mem::take(claims), TOKEN, of_token));
        }
        // An HTTP API sends nulls where it has no authorizer.
        if authorizer.values().any(|value| !value.is_null()) {
            return Some((authorizer, LAMBDA, of_lambda));
        }
    }
    let identity = identity.filter(|identity| {
        let arn = identity.get("userArn").and_then(Value::as_str);
        arn.is_some_and(|arn| !arn.is_empty())
    })?;
    Some((identity, IAM, Lists::Json))
}

/// HTTP APIs with payload 2.0. A route there has one authorizer, so two would not be understood.
fn v2(mut authorizer: Object) -> Option<(Object, &'static [&'static str], Lists)> {
    let mut of = |kind| authorizer.remove(kind).and_then(object);
    match (of("jwt"), of("lambda"), of("iam")) {
        // `scopes` beside the claims are not read: the claim says what the token has.
        (Some(mut jwt), None, None) => {
            Some((object(jwt.remove("claims")?)?, TOKEN, Lists::Brackets))
        }
        (None, Some(context), None) => Some((context, LAMBDA, Lists::Json)),
        (None, None, Some(iam)) => Some((iam, IAM, Lists::Json)),
        _ => None,
    }
}

fn object(value: Value) -> Option<Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}
