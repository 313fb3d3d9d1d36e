use serde_json::json;

use crate::case::{Answer, Case, Job, user};
use crate::event::Payload;

fn case(job: Job) -> Case {
    Case {
        job,
        payload: Payload::V2,
    }
}

#[test]
fn headers_of_either_kind_and_any_case_are_found() {
    let one = br#"{"statusCode":200,"headers":{"Content-Type":"text/plain"},"body":"x"}"#;
    let many = br#"{"statusCode":200,"headers":{},"multiValueHeaders":{"content-type":["text/plain"]},"body":"x"}"#;
    for bytes in [&one[..], many] {
        let answer = Answer::read(bytes).expect("a response");
        assert_eq!(answer.header("content-type"), Some("text/plain"));
    }
}

#[test]
fn a_wrong_answer_has_a_fault() {
    let body = json!({ "user": user(0) }).to_string();
    let answer = |status: u16, kind: &str, body: &str| {
        json!({ "statusCode": status, "headers": { "content-type": kind }, "body": body })
            .to_string()
            .into_bytes()
    };
    let fault = |bytes: Vec<u8>| case(Job::Get).fault(&bytes);
    assert_eq!(fault(answer(200, "application/json", &body)), None);
    assert!(fault(answer(404, "application/json", &body)).is_some());
    assert!(fault(answer(200, "text/plain", &body)).is_some());
    assert!(fault(answer(200, "application/json", "{}")).is_some());
    assert!(fault(b"{}".to_vec()).is_some());
    assert!(fault(b"".to_vec()).is_some());
    // Created ones have a location.
    assert!(
        case(Job::Post)
            .fault(&answer(201, "application/json", "{}"))
            .is_some()
    );
}
