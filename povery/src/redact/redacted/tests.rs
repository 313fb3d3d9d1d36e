use serde_json::json;

use super::*;

#[test]
fn what_has_names_is_exact() {
    let value = json!({
        "user": {"name": "ada", "db_password": "canary", "pin": 1234},
        "items": [{"clientSecret": ["canary"]}, {"api-key": {"deep": "canary"}}, "token=canary"],
        "attributes": [{"Value": "canary", "Name": "password"}, {"Name": "city", "Value": "Ulm"}],
        "entries": [["authorization", "canary"], ["accept", "*/*"]],
        "body": "{\"password\":\"canary\",\"city\":\"Ulm\"}",
        "token": null,
        "session": false,
    });
    let text = Redacted::json(&value).to_string();
    assert!(!text.contains("canary") && !text.contains("1234"), "{text}");
    let read: Value = serde_json::from_str(&text).unwrap();
    let expected = json!({
        "user": {"name": "ada", "db_password": REDACTED, "pin": REDACTED},
        "items": [{"clientSecret": REDACTED}, {"api-key": REDACTED}, "token=[redacted]"],
        "attributes": [{"Value": REDACTED, "Name": "password"}, {"Name": "city", "Value": "Ulm"}],
        "entries": [["authorization", REDACTED], ["accept", "*/*"]],
        "body": "{\"password\":\"[redacted]\",\"city\":\"Ulm\"}",
        "token": null,
        "session": false,
    });
    assert_eq!(read, expected);
    // A log reads it once more.
    assert_eq!(super::super::redacted(&text), text);
}

#[test]
fn headers_are_an_object() {
    let mut headers = HeaderMap::new();
    headers.append("cookie", "a=canary".parse().unwrap());
    headers.append("cookie", "b=canary".parse().unwrap());
    headers.append("accept", "a".parse().unwrap());
    headers.append("accept", "b".parse().unwrap());
    headers.append("referer", "https://h/?token=canary&a=1".parse().unwrap());
    headers.append("x-odd", http::HeaderValue::from_bytes(b"\xff\"").unwrap());
    let mut marked = http::HeaderValue::from_static("canary");
    marked.set_sensitive(true);
    headers.append("x-mine", marked);
    let redacted = Redacted::headers(&headers);
    let expected = json!({
        "cookie": [REDACTED, REDACTED],
        "accept": ["a", "b"],
        "referer": "https://h/?token=[redacted]&a=1",
        "x-odd": "\u{fffd}\"",
        "x-mine": REDACTED,
    });
    assert_eq!(
        serde_json::from_str::<Value>(&redacted.to_string()).unwrap(),
        expected
    );
    assert_eq!(format!("{redacted:?}"), redacted.to_string());
    assert_eq!(Redacted::headers(&HeaderMap::new()).to_string(), "{}");
}

#[test]
fn a_query_is_split_before_it_is_read() {
    for (query, expected) in [
        ("", ""),
        ("a=1&token=canary+x%26y;z&b", "a=1&token=[redacted]&b"),
        ("p%61ssword=canary", "p%61ssword=[redacted]"),
        ("token=&token", "token=&token"),
        (
            "next=https%3A%2F%2Fu%3Acanary%40h%2F",
            "next=https%3A%2F%2F[redacted]%40h%2F",
        ),
        ("user%5Bpassword%5D=canary", "user%5Bpassword%5D=[redacted]"),
    ] {
        assert_eq!(Redacted::query(query).to_string(), expected);
    }
}

#[test]
fn what_is_no_json_says_so() {
    let odd = std::collections::HashMap::from([(vec![1], "canary")]);
    assert_eq!(Redacted::json(&odd).to_string(), "\"[not representable]\"");
}
