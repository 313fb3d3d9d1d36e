use serde_json::{Value, json};

use super::*;

fn addr(event: &Value) -> Option<String> {
    let request = request(event);
    let address = request.host.client.address(|| request.headers.get());
    address.map(|address| address.to_string())
}

#[test]
fn the_client_is_who_the_gateway_says() {
    assert_eq!(addr(&rest("/")).as_deref(), Some("192.0.2.1"));
    assert_eq!(
        addr(&http_api("$default", "/")).as_deref(),
        Some("2001:db8::1")
    );
    assert_eq!(addr(&lattice()), None);
    // What the console's test button sends.
    let mut event = rest("/");
    event["requestContext"]["identity"]["sourceIp"] = "test-invoke-source-ip".into();
    assert_eq!(addr(&event), None);
}

#[test]
fn of_a_load_balancers_header_only_the_last_entry_counts() {
    for (header, expected) in [
        ("192.0.2.1", Some("192.0.2.1")),
        ("9.9.9.9, 8.8.8.8 , 192.0.2.1", Some("192.0.2.1")),
        ("9.9.9.9,192.0.2.1:4711", Some("192.0.2.1")),
        ("9.9.9.9, [2001:db8::1]:4711", Some("2001:db8::1")),
        ("9.9.9.9, 2001:db8::1", Some("2001:db8::1")),
        ("9.9.9.9,", None),
        ("192.0.2.1, unknown", None),
        ("", None),
    ] {
        let event = alb(json!({"x-forwarded-for": header}));
        assert_eq!(addr(&event).as_deref(), expected, "{header}");
    }
    assert_eq!(addr(&alb(json!({}))), None);
    // With multi-value headers on, the header may have several lines.
    let mut event = alb(json!({}));
    event["multiValueHeaders"] = json!({"x-forwarded-for": ["9.9.9.9", "8.8.8.8, 192.0.2.1"]});
    assert_eq!(addr(&event).as_deref(), Some("192.0.2.1"));
}

#[test]
fn the_gateways_context_is_kept_as_it_is() {
    let event = r#"{"requestContext": {"elb": {"b":1.50, "a": [ ]}, "é": "\u00e9"},
        "httpMethod": "GET", "path": "/"}"#;
    let request = read(event.as_bytes()).ok().unwrap().request.unwrap();
    let context = request.head.host.gateway.unwrap();
    assert_eq!(
        context.json().get(),
        r#"{"elb": {"b":1.50, "a": [ ]}, "é": "\u00e9"}"#
    );
}
