use serde_json::{Value, json};

use super::*;

#[test]
fn a_stage_is_taken_off_exactly() {
    // Defect 11 of the original: `/devices` is not below the stage `dev`.
    for (stage, path, expected) in [
        ("$default", "/users", "/users"),
        ("dev", "/dev/users", "/users"),
        ("dev", "/dev", "/"),
        ("dev", "/dev/", "/"),
        ("dev", "/devices", "/devices"),
        ("dev", "/dev/devices", "/devices"),
        ("dev", "/dev/dev", "/dev"),
        ("dev", "/users", "/users"),
        ("$default", "/$default/x", "/$default/x"),
    ] {
        let event = http_api(stage, path);
        assert_eq!(routed(&event).as_deref(), Some(expected), "{stage} {path}");
        let mut v1 = rest(path);
        v1["version"] = "1.0".into();
        v1["requestContext"]["stage"] = stage.into();
        v1["requestContext"]["apiId"] = "a1".into();
        v1["requestContext"]["domainName"] = "a1.execute-api.eu-west-1.amazonaws.com".into();
        assert_eq!(routed(&v1).as_deref(), Some(expected), "{stage} {path}");
    }
    // A REST API has no stage in its path, a Function URL has none at all.
    assert_eq!(routed(&rest("/prod/users")).as_deref(), Some("/prod/users"));
    let mut url = function_url("/dev/users");
    url["requestContext"]["stage"] = "dev".into();
    assert_eq!(routed(&url).as_deref(), Some("/dev/users"));
}

#[test]
fn every_segment_is_decoded_once() {
    // What was sent, what each kind of gateway makes of it, and what is routed.
    for (encoded, decoded, expected) in [
        ("/a%20b", "/a b", Some("/a b")),
        ("/%C3%A9", "/\u{e9}", Some("/\u{e9}")),
        ("/%2541", "/%41", Some("/%41")),
        ("/100%25", "/100%", Some("/100%")),
        ("/%3Fx%23", "/?x#", Some("/?x#")),
        ("/a\u{e9}", "/a\u{e9}", Some("/a\u{e9}")),
        ("/%00", "/\0", None),
        ("/a%5Cb", "/a\\b", None),
        ("/x/%2e%2e/y", "/x/../y", None),
        ("//x", "//x", None),
    ] {
        let expected = expected.map(str::to_owned);
        assert_eq!(
            routed(&http_api("$default", decoded)),
            expected,
            "{decoded}"
        );
        for mut event in [rest("/"), alb(json!({})), lattice()] {
            event["path"] = encoded.into();
            assert_eq!(routed(&event), expected, "{encoded}");
        }
        assert_eq!(routed(&function_url(encoded)), expected, "{encoded}");
    }
    // Only a gateway that has not decoded lets these be told apart.
    for encoded in ["/a%2Fb", "/%ff", "/%zz", "/%"] {
        assert_eq!(routed(&function_url(encoded)), None, "{encoded}");
    }
    assert_eq!(routed(&function_url("")).as_deref(), Some("/"));
    assert_eq!(routed(&function_url("users")), None);
}

#[test]
fn the_base_path_of_a_custom_domain_is_taken_off() {
    let event = |resource: &str, parameters: Value, path: &str| {
        let mut event = rest(path);
        event["resource"] = resource.into();
        event["pathParameters"] = parameters;
        event["requestContext"]["path"] = path.into();
        event
    };
    let proxy = |value: &str| json!({ "proxy": value });
    for (resource, parameters, path, expected) in [
        ("/{proxy+}", proxy("users/7"), "/v1/users/7", "/users/7"),
        ("/{proxy+}", proxy("users/7"), "/a/b/users/7", "/users/7"),
        ("/{proxy+}", proxy("users/7"), "/users/7", "/users/7"),
        ("/{proxy+}", proxy("users"), "/users/users", "/users"),
        ("/users/{id}", json!({"id": "7"}), "/v1/users/7", "/users/7"),
        (
            "/users/{id}",
            json!({"id": "a b"}),
            "/v1/users/a%20b",
            "/users/a b",
        ),
        (
            "/users/{id}",
            json!({"id": "a%20b"}),
            "/v1/users/a%20b",
            "/users/a b",
        ),
        (
            "/users/{id}",
            json!({"id": "7"}),
            "/v1/users/7/",
            "/users/7/",
        ),
        ("/", json!(null), "/v1", "/"),
        ("/", json!(null), "/", "/"),
        // What does not fit exactly stays.
        ("/{proxy+}", json!(null), "/v1/users", "/v1/users"),
        ("/{proxy+}", proxy("groups"), "/v1/users", "/v1/users"),
        ("/groups", json!({}), "/v1/users", "/v1/users"),
        ("/v1/users/x", json!({}), "/users/x", "/users/x"),
    ] {
        let event = event(resource, parameters, path);
        assert_eq!(routed(&event).as_deref(), Some(expected), "{event}");
    }
    // Through the gateway's own domain nothing stands before the path.
    let mut event = event("/{proxy+}", proxy("users"), "/v1/users");
    event["requestContext"]["path"] = "/prod/v1/users".into();
    assert_eq!(routed(&event).as_deref(), Some("/v1/users"));
}

/// A first segment that only looks like the stage is the caller's: it must not lead to another route than
/// the one that the gateway has matched, and whose authorizer it has asked.
#[test]
fn no_caller_chooses_the_stage() {
    for (stage, route_key, path, expected) in [
        ("dev", "$default", "/dev/admin", Some("/dev/admin")),
        ("dev", "ANY /{proxy+}", "/dev/admin", Some("/dev/admin")),
        ("dev", "GET /admin", "/dev/admin", Some("/admin")),
        ("dev", "GET /users/{id}", "/dev/users/7", Some("/users/7")),
        ("dev", "GET /dev/{id}", "/dev/users", Some("/dev/users")),
        ("dev", "GET /admin", "/admin", Some("/admin")),
        ("", "$default", "//admin", None),
    ] {
        let mut event = http_api(stage, path);
        event["requestContext"]["domainName"] = "api.example.com".into();
        event["requestContext"]["routeKey"] = route_key.into();
        assert_eq!(
            routed(&event).as_deref(),
            expected,
            "{stage} {route_key} {path}"
        );
    }
    // What a tail took says where the path begins.
    for (template, proxy, path, expected) in [
        ("/{proxy+}", "admin", "/dev/admin", "/admin"),
        ("/{proxy+}", "dev/admin", "/dev/admin", "/dev/admin"),
        ("/{proxy+}", "dev/admin", "/dev/dev/admin", "/dev/admin"),
        ("/{proxy+}", "admin/", "/dev/admin/", "/admin/"),
        ("/a/{proxy+}", "b/c", "/dev/a/b/c", "/a/b/c"),
        ("/a/{proxy+}", "b", "/dev/x/b", "/dev/x/b"),
        ("/{proxy+}", "x", "/dev/admin", "/dev/admin"),
        ("/{proxy+}", "admin", "/dev/a/admin", "/dev/a/admin"),
        ("/{other+}", "admin", "/dev/admin", "/dev/admin"),
    ] {
        let mut event = http_api("dev", path);
        event["requestContext"]["domainName"] = "api.example.com".into();
        event["requestContext"]["routeKey"] = format!("ANY {template}").into();
        event["pathParameters"] = json!({ "proxy": proxy });
        assert_eq!(routed(&event).as_deref(), Some(expected), "{event}");
    }
    let mut event = http_api("dev", "/dev/admin");
    event["requestContext"]["domainName"] = "A1.Execute-API.eu-central-1.amazonaws.com".into();
    assert_eq!(routed(&event).as_deref(), Some("/admin"));
    assert_eq!(routed(&http_api("", "//admin")), None);
    // Nor does a custom domain make an HTTP API a Function URL, whose path is decoded here.
    let mut event = http_api("$default", "/t/%41");
    event["requestContext"]["domainName"] = "x.lambda-url.example.com".into();
    assert_eq!(routed(&event).as_deref(), Some("/t/%41"));
}

#[test]
fn nothing_odd_is_taken_for_a_base_path() {
    for (path, proxy) in [
        ("//admin", "/admin"),
        ("/v1//admin", "/admin"),
        ("/v1//admin", "admin"),
        ("/v1/../admin", "admin"),
        ("/v1/./admin", "admin"),
        ("/v1%2f/admin", "admin"),
        ("/v1%00/admin", "admin"),
    ] {
        let mut event = rest(path);
        event["pathParameters"] = json!({ "proxy": proxy });
        event["requestContext"]["path"] = path.into();
        assert_eq!(routed(&event), None, "{path} {proxy}");
        event["version"] = "1.0".into();
        event["requestContext"]["stage"] = "$default".into();
        let v1 = routed(&event);
        assert!(
            v1.is_none() || v1.as_deref() == Some(path),
            "{path} {proxy}: {v1:?}"
        );
    }
}
