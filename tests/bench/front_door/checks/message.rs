use crate::message::{Call, Message};

const ANSWER: &[u8] = b"POST /2018-06-01/runtime/invocation/id-1/response HTTP/1.1\r\n\
    host: 127.0.0.1\r\nContent-Length: 4\r\n\r\nbody";

#[test]
fn a_request_is_read_once_it_is_whole() {
    for end in 0..ANSWER.len() {
        assert_eq!(Message::parse(&ANSWER[..end]), Ok(None), "{end}");
    }
    let message = Message::parse(ANSWER).expect("readable").expect("whole");
    assert_eq!(&ANSWER[message.body.clone()], b"body");
    assert_eq!(message.call(ANSWER), Call::Answer("id-1"));
}

#[test]
fn what_follows_is_not_part_of_it() {
    let bytes = [ANSWER, b"GET /"].concat();
    let message = Message::parse(&bytes).expect("readable").expect("whole");
    assert_eq!(message.body.end, ANSWER.len());
}

#[test]
fn the_calls_of_the_runtime_api() {
    let call = |line: &str| {
        let bytes = format!("{line} HTTP/1.1\r\n\r\n").into_bytes();
        let message = Message::parse(&bytes).expect("readable").expect("whole");
        match message.call(&bytes) {
            Call::Answer(_) => "answer",
            Call::Next => "next",
            Call::Failure => "failure",
            Call::Register => "register",
            Call::Event => "event",
            Call::Unknown => "unknown",
        }
    };
    assert_eq!(call("GET /2018-06-01/runtime/invocation/next"), "next");
    assert_eq!(call("POST /2018-06-01/runtime/invocation/next"), "unknown");
    assert_eq!(call("POST /2018-06-01/runtime/init/error"), "failure");
    assert_eq!(
        call("POST /2018-06-01/runtime/invocation/i/error"),
        "failure"
    );
    assert_eq!(call("POST /2020-01-01/extension/register"), "register");
    assert_eq!(call("GET /2020-01-01/extension/event/next"), "event");
    assert_eq!(call("GET /2020-01-01/extension/register"), "unknown");
    assert_eq!(call("GET /"), "unknown");
}

#[test]
fn a_body_without_a_length_is_refused() {
    let bytes = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    assert!(Message::parse(bytes).is_err());
    let bytes = b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n";
    assert!(Message::parse(bytes).is_err());
}
