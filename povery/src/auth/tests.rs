use http::{Extensions, HeaderMap, Method, Uri};
use serde_json::{Value, json};

use super::*;
use crate::request::{Gateway, GatewayContext, Host};

fn head(headers: &[(&str, &str)], context: Option<(Gateway, Value)>) -> Head {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        map.append(name, value.parse().unwrap());
    }
    let gateway = context.map(|(gateway, context)| {
        GatewayContext::new(gateway, serde_json::value::to_raw_value(&context).unwrap())
    });
    Head {
        method: Method::GET,
        uri: Uri::from_static("/"),
        headers: map.into(),
        extensions: Extensions::new(),
        host: Host {
            gateway,
            ..Host::default()
        },
    }
}

/// The id, roles and scopes that a gateway's context gives.
fn told(
    authorizer: &Authorizer,
    gateway: Gateway,
    context: Value,
) -> Option<(String, Vec<String>, Vec<String>)> {
    let head = head(&[], Some((gateway, context)));
    let identity = gateway::identity(&head, authorizer.names())?;
    Some((identity.id, identity.roles, identity.scopes))
}

fn all(id: &str, roles: &[&str], scopes: &[&str]) -> Option<(String, Vec<String>, Vec<String>)> {
    let owned = |texts: &[&str]| texts.iter().copied().map(str::to_owned).collect();
    Some((id.to_owned(), owned(roles), owned(scopes)))
}

#[test]
fn tokens_are_read_as_each_gateway_writes_them() {
    use Gateway::{HttpApi, HttpApiV1, Rest};
    let authorizer = Authorizer::gateway();
    for (groups, scope, gateway, roles, scopes) in [
        // REST APIs join by commas, and cannot tell a comma in a name.
        (
            json!("ADMIN"),
            json!("a b"),
            Rest,
            &["ADMIN"][..],
            &["a", "b"][..],
        ),
        (json!("A,B"), json!("a"), Rest, &["A", "B"], &["a"]),
        (
            json!("A,,B,"),
            json!(" a  b "),
            Rest,
            &["A", "B"],
            &["a", "b"],
        ),
        (
            json!("[A B]"),
            json!("[a b]"),
            Rest,
            &["[A B]"],
            &["[a", "b]"],
        ),
        (json!("A B"), json!("a,b"), Rest, &["A B"], &["a,b"]),
        (json!(""), json!(""), Rest, &[], &[]),
        // HTTP APIs write `[A B]`, with either payload, and a text as it is.
        (
            json!("[A B]"),
            json!("a b"),
            HttpApi,
            &["A", "B"],
            &["a", "b"],
        ),
        (
            json!("[A,B C]"),
            json!("[a b]"),
            HttpApi,
            &["A,B", "C"],
            &["a", "b"],
        ),
        (json!("A,B"), json!("a,b"), HttpApi, &["A,B"], &["a,b"]),
        (json!("A B"), json!("a"), HttpApi, &["A B"], &["a"]),
        (json!("[ADMIN]"), json!("a"), HttpApi, &["ADMIN"], &["a"]),
        (json!("[A"), json!("[a b"), HttpApi, &["[A"], &["[a", "b"]),
        (json!("[]"), json!("[]"), HttpApi, &[], &[]),
        (
            json!("[A B]"),
            json!("a b"),
            HttpApiV1,
            &["A", "B"],
            &["a", "b"],
        ),
        (json!("A,B"), json!("a b"), HttpApiV1, &["A,B"], &["a", "b"]),
        // Lists, where a host leaves them so.
        (
            json!(["A,B", "C D", 1]),
            json!(["a b"]),
            HttpApi,
            &["A,B", "C D"],
            &["a b"],
        ),
        (json!({"ADMIN": true}), json!(7), HttpApi, &[], &[]),
        (json!(null), json!(true), Rest, &[], &[]),
    ] {
        let claims = json!({"sub": "u-1", "cognito:groups": groups, "scope": scope});
        let context = match gateway {
            HttpApi => json!({"authorizer": {"jwt": {"claims": claims, "scopes": null}}}),
            _ => {
                json!({"authorizer": {"claims": claims, "scopes": null}, "identity": {"userArn": null}})
            }
        };
        let found = told(&authorizer, gateway, context.clone());
        assert_eq!(found, all("u-1", roles, scopes), "{gateway:?} {context}");
    }
}

#[test]
fn the_scopes_of_the_route_are_not_those_of_the_token() {
    let context =
        json!({"authorizer": {"jwt": {"claims": {"sub": "u-1"}, "scopes": ["users:write"]}}});
    let found = told(&Authorizer::gateway(), Gateway::HttpApi, context);
    assert_eq!(found, all("u-1", &[], &[]));
}

#[test]
fn lambda_authorizers_are_read_by_what_they_can_say() {
    use Gateway::{HttpApi, HttpApiV1, Rest};
    let authorizer = Authorizer::gateway().role_claim("roles").scope_claim("scp");
    for (gateway, context, found) in [
        (
            Rest,
            json!({"principalId": "u-1", "roles": "A,B", "scp": "a b", "integrationLatency": 7}),
            all("u-1", &["A", "B"], &["a", "b"]),
        ),
        (
            Rest,
            json!({"principalId": 7, "claims": "x"}),
            all("7", &[], &[]),
        ),
        (
            Rest,
            json!({"principalId": "", "sub": "u-2"}),
            all("u-2", &[], &[]),
        ),
        (Rest, json!({"roles": "A"}), None),
        // These can have lists, so that a text is one role.
        (
            HttpApiV1,
            json!({"principalId": "u-1", "roles": "A,B"}),
            all("u-1", &["A,B"], &[]),
        ),
        (
            HttpApiV1,
            json!({"principalId": "u-1", "roles": ["A", "B"]}),
            all("u-1", &["A", "B"], &[]),
        ),
        (
            HttpApi,
            json!({"lambda": {"sub": "u-1", "roles": ["A,B", "C"], "scp": ["a"]}}),
            all("u-1", &["A,B", "C"], &["a"]),
        ),
        (
            HttpApi,
            json!({"lambda": {"principalId": "u-1", "sub": "u-2", "roles": "A,B"}}),
            all("u-1", &["A,B"], &[]),
        ),
        (HttpApi, json!({"lambda": {"roles": ["A"]}}), None),
        (HttpApi, json!({"lambda": null}), None),
    ] {
        let context = json!({"authorizer": context});
        assert_eq!(
            told(&authorizer, gateway, context.clone()),
            found,
            "{gateway:?} {context}"
        );
    }
    let named = Authorizer::gateway().id_claim("user");
    let context = json!({"authorizer": {"lambda": {"principalId": "p", "user": "u-1"}}});
    assert_eq!(told(&named, HttpApi, context), all("u-1", &[], &[]));
    let context = json!({"authorizer": {"lambda": {"principalId": "p"}}});
    assert_eq!(told(&named, HttpApi, context), None);
}

#[test]
fn iam_identities_are_where_their_gateway_has_them() {
    use Gateway::{FunctionUrl, HttpApi, HttpApiV1, Lattice, Rest};
    const ARN: &str = "arn:aws:iam::111122223333:user/ada";
    let identity = json!({"userArn": ARN, "caller": "AIDA", "accountId": "111122223333", "sourceIp": "192.0.2.1"});
    let iam =
        json!({"userArn": ARN, "callerId": "AIDA", "userId": "AIDA", "cognitoIdentity": null});
    let lattice = json!({"type": "AWS_IAM", "principal": ARN, "sourceVpcArn": "arn:aws:ec2:v"});
    let authorizer = Authorizer::gateway();
    for (gateway, context) in [
        (Rest, json!({"identity": identity})),
        (
            HttpApiV1,
            json!({"identity": identity, "authorizer": {"claims": null, "scopes": null}}),
        ),
        (HttpApi, json!({"authorizer": {"iam": iam}})),
        (FunctionUrl, json!({"authorizer": {"iam": iam}})),
        (Lattice, json!({"identity": lattice})),
    ] {
        let found = told(&authorizer, gateway, context.clone());
        assert_eq!(found, all(ARN, &[], &[]), "{gateway:?} {context}");
    }
    let by_arn = Authorizer::gateway().role_claim("userArn");
    let context = json!({"authorizer": {"iam": iam}});
    assert_eq!(told(&by_arn, FunctionUrl, context), all(ARN, &[ARN], &[]));
}

/// What one gateway writes is nothing in the context of another.
#[test]
fn only_the_place_of_the_gateway_itself_counts() {
    use Gateway::{Alb, FunctionUrl, HttpApi, HttpApiV1, Lattice, Rest};
    let claims = json!({"sub": "u-1", "cognito:groups": "ADMIN"});
    let v1 = json!({"authorizer": {"claims": claims}});
    let v2 = json!({"authorizer": {"jwt": {"claims": claims}}});
    let lambda = json!({"authorizer": {"lambda": claims}});
    let identity = json!({"identity": {"userArn": "arn"}});
    let iam = json!({"authorizer": {"iam": {"userArn": "arn"}}});
    let lattice = json!({"identity": {"type": "AWS_IAM", "principal": "arn"}});
    let places = [v1, v2, lambda, identity, iam, lattice];
    for (gateway, own) in [
        (Rest, &[0, 3][..]),
        (HttpApiV1, &[0, 3]),
        (HttpApi, &[1, 2, 4]),
        (FunctionUrl, &[4]),
        (Lattice, &[5]),
        (Alb, &[]),
    ] {
        for (place, context) in places.iter().enumerate() {
            let found = told(&Authorizer::gateway(), gateway, context.clone());
            assert_eq!(
                found.is_some(),
                own.contains(&place),
                "{gateway:?} {context}"
            );
        }
    }
}

#[test]
fn what_cannot_be_read_in_one_way_names_nobody() {
    use Gateway::{HttpApi, Lattice, Rest};
    for (gateway, context) in [
        (HttpApi, json!({})),
        (HttpApi, json!({"authorizer": null})),
        (HttpApi, json!({"authorizer": "jwt"})),
        (HttpApi, json!({"authorizer": []})),
        (HttpApi, json!({"authorizer": {"jwt": {"claims": null}}})),
        (
            HttpApi,
            json!({"authorizer": {"jwt": {"claims": {"sub": ""}}}}),
        ),
        (
            HttpApi,
            json!({"authorizer": {"jwt": {"claims": {"sub": {"a": 1}}}}}),
        ),
        (
            HttpApi,
            json!({"authorizer": {"jwt": {"claims": {"sub": "a"}}, "iam": {"userArn": "b"}}}),
        ),
        (Rest, json!({"identity": {"userArn": ""}})),
        (
            Rest,
            json!({"identity": {"caller": "AIDA", "sourceIp": "192.0.2.1"}}),
        ),
        (
            Rest,
            json!({"authorizer": {"claims": {}}, "identity": {"userArn": "arn"}}),
        ),
        (Lattice, json!({"identity": {"sourceVpcArn": "arn"}})),
        (
            Lattice,
            json!({"identity": {"type": "NONE", "principal": "arn"}}),
        ),
        (Lattice, json!({"identity": {"principal": "arn"}})),
    ] {
        assert_eq!(
            told(&Authorizer::gateway(), gateway, context.clone()),
            None,
            "{context}"
        );
    }
    let twice = r#"{"authorizer":{"claims":{"sub":"a"}},"authorizer":{"claims":{"sub":"b"}}}"#;
    let deep = format!(
        r#"{{"authorizer":{{"claims":{}{}}}}}"#,
        "[".repeat(1_000),
        "]".repeat(1_000)
    );
    for text in [twice, &deep] {
        let raw = serde_json::value::RawValue::from_string(text.to_owned()).unwrap();
        assert!(gateway::read(Gateway::Rest, &raw, &Names::default()).is_none());
    }
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

fn unverified(headers: &[(&str, &str)]) -> Result<Option<String>, (u16, String)> {
    let identity = unverified::identity(&head(headers, None), &Names::default());
    match identity {
        Ok(identity) => Ok(identity.map(|identity| identity.id)),
        Err(error) => Err((error.status().as_u16(), error.to_string())),
    }
}

#[test]
fn a_bearer_token_is_one_and_in_its_header() {
    let token = format!("{}.{}.", base64("{}"), base64(r#"{"sub":"u-1"}"#));
    let bearer = |scheme: &str| format!("{scheme} {token}");
    for (value, found) in [
        (bearer("Bearer"), Ok(Some("u-1"))),
        (bearer("bEARER"), Ok(Some("u-1"))),
        (bearer("Bearer  "), Ok(Some("u-1"))),
        (bearer("Basic"), Ok(None)),
        (token.clone(), Ok(None)),
        ("Bearer".to_owned(), Err(401)),
        ("Bearer ".to_owned(), Err(401)),
        (format!("Bearer {token},Bearer {token}"), Err(401)),
        (format!("Bearer {token} {token}"), Err(401)),
        (format!("Bearer {}", "a".repeat(20_000)), Err(401)),
        ("Bearer a.b".to_owned(), Err(401)),
        ("Bearer a.b.c.d".to_owned(), Err(401)),
        (format!("Bearer a.{}.c", base64("[]")), Err(401)),
        (format!("Bearer a.{}.c", base64("{}")), Err(401)),
        (
            format!("Bearer a.{}.c", base64(&"[".repeat(5_000))),
            Err(401),
        ),
    ] {
        let is = unverified(&[("authorization", &value)]);
        let is = is
            .as_ref()
            .map(Option::as_deref)
            .map_err(|(status, _)| *status);
        assert_eq!(is, found, "{value}");
    }
    let once = bearer("Bearer");
    let twice = unverified(&[("authorization", &once), ("authorization", &once)]);
    assert_eq!(twice.unwrap_err().0, 401);
    let elsewhere = [
        ("cookie", &*once),
        ("x-amzn-oidc-data", &token),
        ("x-authorization", &once),
    ];
    assert_eq!(unverified(&elsewhere), Ok(None));
}

#[test]
fn debug_shows_no_claim() {
    let user = User::new("s3cret")
        .with_role("s3cret")
        .with_scope("s3cret")
        .with_claim("s3cret", "s3cret");
    for text in [
        format!("{user:?}"),
        format!("{:?}", Vouched(user.identity().clone())),
    ] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}
