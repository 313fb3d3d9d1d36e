use serde_json::Value;

use crate::event::{Payload, minified};

#[test]
fn white_space_goes_but_not_within_text() {
    let json = r#"{ "a" : "b \" c\\", "d" : [ 1 , 2 ] }"#;
    assert_eq!(minified(json), r#"{"a":"b \" c\\","d":[1,2]}"#);
}

#[test]
fn an_event_is_json_of_two_kilobytes_and_keeps_the_body() {
    for payload in Payload::ALL {
        let event = payload.event("POST", "/users", Some("{\"name\":\"@PATH@\"}"));
        assert!((1800..3000).contains(&event.len()), "{}", event.len());
        let event: Value = serde_json::from_slice(&event).expect("JSON");
        assert_eq!(event["body"], "{\"name\":\"@PATH@\"}");
        let headers = event["headers"].as_object().expect("headers");
        assert!(headers.len() >= 15);
        assert!(
            !headers
                .values()
                .any(|value| value.to_string().contains('@'))
        );
    }
}

#[test]
fn without_a_body_it_is_null() {
    let event = Payload::V2.event("GET", "/users", None);
    let event: Value = serde_json::from_slice(&event).expect("JSON");
    assert_eq!(event["body"], Value::Null);
    assert_eq!(event["requestContext"]["http"]["path"], "/users");
}
