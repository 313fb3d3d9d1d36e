//! The routes, as those of an HTTP API.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Parts;
use super::ids::camel_case;
use crate::app::App;
use crate::auth::Authorizer;
use crate::route::{Method, Route, Segment};

/// The logical id of the API.
pub(super) const API: &str = "HttpApi";

/// The name of its authorizer.
const AUTHORIZER: &str = "Jwt";

/// Adds an event for each route of the gateway; gives the gateway.
pub(super) fn add(app: &App, parts: &mut Parts) -> Value {
    let authorizer = app.inner.authorizer.as_ref();
    let authorizer = authorizer.filter(|authorizer| authorizer.is_gateway());
    // What has no route of its own: 404, 405 and preflights are the application's answers. With it SAM writes one permission
    // for all events, where one for each would soon be more than a function may have.
    let open = authorizer.map(|_| json!({ "Authorizer": "NONE" }));
    parts.event("Default", "HttpApi", event(None, open.clone()));
    let mut keys: BTreeMap<String, Vec<(Method, &Route)>> = BTreeMap::new();
    // Parameters are named as in the first route of a path.
    let mut paths = BTreeMap::new();
    for route in app.route_table() {
        let (shape, path) = match gateway_path(route) {
            Ok(path) => path,
            Err(why) => {
                parts.leave_out(format_args!("{route:?}"), why);
                continue;
            }
        };
        let path = paths.entry(shape).or_insert(path);
        keys.entry(path.clone())
            .or_default()
            .push((route.method(), route));
    }
    for (path, routes) in &keys {
        let has = |method| routes.iter().any(|(other, _)| *other == method);
        let answers_preflights = open.is_some()
            && app.answers_preflights()
            && (has(Method::Options) || has(Method::Any));
        for (method, route) in routes {
            // A preflight has no token, and no route may keep it from being answered.
            if *method == Method::Options && answers_preflights {
                continue;
            }
            let auth = authorizer.map(|authorizer| asked(authorizer, route));
            let mut add = |method: Method| {
                let id = camel_case(&[route.name(), method.as_str()]);
                parts.event(&id, "HttpApi", event(Some((method, path)), auth.clone()));
            };
            add(*method);
            // HEAD is answered by the route of GET.
            if *method == Method::Get && !has(Method::Head) {
                add(Method::Head);
            }
        }
        if let Some((_, route)) = routes.first().filter(|_| answers_preflights) {
            let id = camel_case(&[route.name(), "Preflight"]);
            let key = Some((Method::Options, path.as_str()));
            parts.event(&id, "HttpApi", event(key, open.clone()));
        }
    }
    let mut properties = Map::new();
    if authorizer.is_some() {
        properties.insert("Auth".to_owned(), jwt(parts));
    }
    json!({ "Type": "AWS::Serverless::HttpApi", "Properties": properties })
}

/// The event of a method and a path or, without them, of everything that has no event of its own.
fn event(key: Option<(Method, &str)>, auth: Option<Value>) -> Value {
    let mut properties = Map::new();
    let mut set = |name: &str, value| properties.insert(name.to_owned(), value);
    set("ApiId", json!({ "Ref": API }));
    set("PayloadFormatVersion", json!("2.0"));
    if let Some((method, path)) = key {
        set("Path", json!(path));
        set("Method", json!(method.as_str()));
    }
    if let Some(auth) = auth {
        set("Auth", auth);
    }
    properties.into()
}

/// What the gateway asks of the callers of a route.
fn asked(authorizer: &Authorizer, route: &Route) -> Value {
    if route.is_public() {
        return json!({ "Authorizer": "NONE" });
    }
    // The gateway wants one of the scopes, and the application all: whom the gateway refuses, the application would too. It
    // looks at no other claims than these.
    let is_read = ["scope", "scp"].contains(&&*authorizer.names().scope);
    match route.all_scopes() {
        scopes if is_read && !scopes.is_empty() => {
            json!({ "Authorizer": AUTHORIZER, "AuthorizationScopes": scopes })
        }
        _ => json!({ "Authorizer": AUTHORIZER }),
    }
}

/// The authorizers of the API: a JWT's, which is asked by every route that does not say otherwise.
fn jwt(parts: &mut Parts) -> Value {
    let issuer = json!({
        "Type": "String",
        "Description": "The issuer of the tokens, such as https://cognito-idp.<region>.amazonaws.com/<user pool>",
    });
    let audience = json!({
        "Type": "CommaDelimitedList",
        "Description": "Whom the tokens are for, such as the ids of the user pool's clients",
    });
    let issuer = parts.parameter("JwtIssuer", issuer);
    let audience = parts.parameter("JwtAudience", audience);
    json!({
        "Authorizers": {
            AUTHORIZER: {
                "IdentitySource": "$request.header.Authorization",
                "JwtConfiguration": { "issuer": issuer, "audience": audience },
            },
        },
        "DefaultAuthorizer": AUTHORIZER,
    })
}

/// The path as the gateway has it, after its shape, which it has in common with those whose parameters have other names.
///
/// # Errors
///
/// Why there is no such route.
fn gateway_path(route: &Route) -> Result<(String, String), &'static str> {
    if route.method() == Method::Trace {
        return Err("an HTTP API does not pass TRACE on");
    }
    let (mut shape, mut path) = (String::new(), String::new());
    for (position, segment) in route.flat().segments().enumerate() {
        // What is not ASCII is no name there.
        let named = |name: &str| match name.is_ascii() {
            true => name.to_owned(),
            false => unnamed(route, position),
        };
        let (anonymous, segment) = match segment {
            Segment::Literal(text) if !text.is_ascii() => {
                return Err(
                    "a path of an HTTP API is ASCII; its requests come by `$default` or a route with a tail, by the first without an identity",
                );
            }
            Segment::Literal(text) => (text.to_owned(), text.to_owned()),
            Segment::Parameter(name) => ("{}".to_owned(), format!("{{{}}}", named(name))),
            Segment::Tail(name) => ("{+}".to_owned(), format!("{{{}+}}", named(name))),
        };
        shape.extend(["/", &anonymous]);
        path.extend(["/", &segment]);
    }
    if path.is_empty() {
        path.push('/');
    }
    Ok((shape, path))
}

/// A name for the parameter at that place, which no other one has.
fn unnamed(route: &Route, position: usize) -> String {
    let mut name = format!("p{position}");
    let is_taken = |name: &str| {
        route.flat().segments().any(|segment| {
            matches!(segment, Segment::Parameter(other) | Segment::Tail(other) if other == name)
        })
    };
    while is_taken(&name) {
        name.push('_');
    }
    name
}
