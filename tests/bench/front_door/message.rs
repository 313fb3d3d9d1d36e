//! As much of HTTP/1.1 as a Runtime API needs to read.

use std::ops::Range;

/// What a function asks of its Runtime API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call<'a> {
    /// The next invocation.
    Next,
    /// The answer to the invocation of that id.
    Answer(&'a str),
    /// The failure of an invocation, or of the start.
    Failure,
    /// Anything else.
    Unknown,
}

/// A request that has arrived whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Where its method and target stand.
    line: Range<usize>,
    /// Where its body stands.
    pub(crate) body: Range<usize>,
}

/// A request that this host does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) &'static str);

impl Message {
    /// The request at the start of these bytes; `None` while some of it is still missing.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, Unreadable> {
        let Some(end) = find(bytes, b"\r\n\r\n") else {
            return Ok(None);
        };
        let line = find(bytes, b"\r\n").unwrap_or(end);
        let mut length = 0;
        let head = bytes.get(line..end).unwrap_or_default();
        for header in head.split(|&byte| byte == b'\n') {
            let Some(colon) = header.iter().position(|&byte| byte == b':') else {
                continue;
            };
            let (name, value) = header.split_at(colon);
            if name.eq_ignore_ascii_case(b"content-length") {
                let value = value.get(1..).unwrap_or_default().trim_ascii();
                length = std::str::from_utf8(value)
                    .ok()
                    .and_then(|value| value.parse().ok())
                    .ok_or(Unreadable("a content length that is no number"))?;
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                return Err(Unreadable("a body without a length"));
            }
        }
        let body = end + 4..end + 4 + length;
        Ok((bytes.len() >= body.end).then_some(Self {
            line: 0..line,
            body,
        }))
    }

    /// What it asks.
    pub(crate) fn call<'a>(&self, bytes: &'a [u8]) -> Call<'a> {
        let line = bytes.get(self.line.clone()).unwrap_or_default();
        let line = std::str::from_utf8(line).unwrap_or_default();
        let mut words = line.split(' ');
        let (method, target) = (words.next(), words.next());
        let target = target.and_then(|target| target.strip_prefix("/2018-06-01/runtime/"));
        match (method, target) {
            (Some("GET"), Some("invocation/next")) => Call::Next,
            (Some("POST"), Some("init/error")) => Call::Failure,
            (Some("POST"), Some(target)) => {
                let steps = target.strip_prefix("invocation/").unwrap_or_default();
                match steps.split_once('/') {
                    Some((id, "response")) => Call::Answer(id),
                    Some((_, "error")) => Call::Failure,
                    _ => Call::Unknown,
                }
            }
            _ => Call::Unknown,
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(call("GET /"), "unknown");
    }

    #[test]
    fn a_body_without_a_length_is_refused() {
        let bytes = b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
        assert!(Message::parse(bytes).is_err());
        let bytes = b"POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n";
        assert!(Message::parse(bytes).is_err());
    }
}
