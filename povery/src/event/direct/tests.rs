//! Which events are what.

use super::Direct;

fn action(event: &str) -> Option<(String, Option<&str>)> {
    match Direct::read(event.as_bytes()) {
        Direct::Action { name, payload } => {
            Some((name.into_owned(), payload.map(|payload| payload.get())))
        }
        _ => None,
    }
}

#[test]
fn an_action_is_exactly_its_name_and_its_payload() {
    for (event, name, payload) in [
        (r#"{"action":"sum"}"#, "sum", None),
        (r#"{"action":"sum","payload":null}"#, "sum", None),
        (
            r#" {"payload":{"a":1e999},"action":"a\u0062"} "#,
            "ab",
            Some(r#"{"a":1e999}"#),
        ),
        (r#"{"action":"","payload":[ 1 ]}"#, "", Some("[ 1 ]")),
    ] {
        assert_eq!(action(event), Some((name.to_owned(), payload)), "{event}");
    }
}

#[test]
fn whatever_else_there_is_makes_it_another_event() {
    for event in [
        "",
        "null",
        r#"["sum",1]"#,
        r#"{"payload":1}"#,
        r#"{"action":1}"#,
        r#"{"action":null}"#,
        r#"{"Action":"sum"}"#,
        r#"{"action":"sum","payloads":1}"#,
        r#"{"action":"sum","action":"sum"}"#,
        r#"{"action":"sum","payload":1,"payload":2}"#,
        r#"{"action":"sum","requestContext":null}"#,
        r#"{"action":"sum","body":"{}"}"#,
        r#"{"action":"sum"} {}"#,
        r#"{"action":"\ud800"}"#,
    ] {
        assert_eq!(action(event), None, "{event}");
    }
}

#[cfg(feature = "events")]
mod services {
    use serde_json::{Value, json};

    use super::Direct;
    use crate::event::Unread;
    use crate::listener::EventSource;

    fn message(id: &str, queue: &str) -> Value {
        let arn = format!("arn:aws:sqs:eu-central-1:123456789012:{queue}");
        json!({"messageId": id, "body": "{}", "eventSource": "aws:sqs", "eventSourceARN": arn})
    }

    fn unread(event: &Value) -> Option<Unread> {
        match Direct::read(event.to_string().as_bytes()) {
            Direct::Records(Err(unread)) => Some(unread),
            _ => None,
        }
    }

    #[test]
    fn what_all_records_of_a_service_have_is_missed() {
        let sound = || message("1", "orders");
        let mut no_body = sound();
        no_body["body"] = json!(1);
        let kinesis = json!({
            "eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:kinesis:a:1:stream/clicks",
            "kinesis": {"sequenceNumber": "1", "data": "a secret"},
        });
        let upload = json!({"eventSource": "aws:s3", "s3": {"bucket": [1]}});
        for (records, expected) in [
            (json!([]), Some(Unread::Empty)),
            (
                json!([sound(), message("2", "others")]),
                Some(Unread::Mixed),
            ),
            (json!([sound(), kinesis]), Some(Unread::Mixed)),
            (json!([sound(), 1]), Some(Unread::Mixed)),
            (
                json!([sound(), no_body]),
                Some(Unread::Record(EventSource::Sqs, 1)),
            ),
            (
                json!([message("", "orders")]),
                Some(Unread::Record(EventSource::Sqs, 0)),
            ),
            (
                json!([kinesis]),
                Some(Unread::Record(EventSource::Kinesis, 0)),
            ),
            (json!([upload]), Some(Unread::Record(EventSource::S3, 0))),
            (json!([sound(), sound()]), None),
        ] {
            let event = json!({ "Records": records });
            assert_eq!(unread(&event), expected, "{event}");
        }
    }

    #[test]
    fn records_of_no_known_service_are_another_event() {
        for records in [
            json!(null),
            json!(1),
            json!({}),
            json!([1]),
            json!([["aws:sqs"]]),
            json!([{"eventSource": "aws:ses"}]),
            json!([{"eventSource": 1}]),
            json!([{"eventSource": "aws:sqs", "EventSource": "aws:sqs"}]),
        ] {
            let event = json!({ "Records": records }).to_string();
            let read = Direct::read(event.as_bytes());
            assert!(matches!(read, Direct::Other), "{event}: {read:?}");
        }
        for event in [
            r#"{"source":"a","detail-type":"b"}"#,
            r#"{"source":1,"detail-type":"b","detail":{}}"#,
            r#"["a","b",{},[]]"#,
        ] {
            let read = Direct::read(event.as_bytes());
            assert!(matches!(read, Direct::Other), "{event}: {read:?}");
        }
    }

    #[test]
    fn the_origin_is_the_name_in_the_arn() {
        let stream = |source: &str, arn: &str, record: &str| {
            json!({
                "eventSource": source, "eventSourceARN": arn,
                record: {"SequenceNumber": "1", "sequenceNumber": "1", "data": "e30="},
            })
        };
        let topic = "arn:aws:sns:eu-central-1:123456789012:news";
        for (record, key, name, is_ordered) in [
            (message("1", "orders"), "queue", "orders", false),
            (message("1", "orders.fifo"), "queue", "orders.fifo", true),
            (
                stream(
                    "aws:kinesis",
                    "arn:aws:kinesis:a:1:stream/clicks",
                    "kinesis",
                ),
                "stream",
                "clicks",
                true,
            ),
            (
                stream(
                    "aws:kinesis",
                    "arn:aws:kinesis:a:1:stream/clicks/consumer/c:1",
                    "kinesis",
                ),
                "stream",
                "clicks",
                true,
            ),
            (
                stream(
                    "aws:dynamodb",
                    "arn:aws:dynamodb:a:1:table/Orders/stream/2026-01-01T00:00:00.000",
                    "dynamodb",
                ),
                "table",
                "Orders",
                true,
            ),
            (
                json!({"eventSource": "aws:s3", "s3": {"bucket": {"name": "photos"}}}),
                "bucket",
                "photos",
                false,
            ),
            (
                json!({"EventSource": "aws:sns", "Sns": {"MessageId": "1", "TopicArn": topic, "Message": "{}"}}),
                "topic",
                "news",
                false,
            ),
        ] {
            let event = json!({ "Records": [record] }).to_string();
            let Direct::Records(Ok(batch)) = Direct::read(event.as_bytes()) else {
                panic!("{event}");
            };
            assert_eq!(batch.properties, [(key, name.into())], "{event}");
            assert_eq!(batch.is_ordered, is_ordered, "{event}");
        }
    }
}
