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
    /// The registration of an internal extension.
    Register,
    /// An extension's wait for an event.
    Event,
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
        match (method, target) {
            (Some("POST"), Some("/2020-01-01/extension/register")) => return Call::Register,
            (Some("GET"), Some("/2020-01-01/extension/event/next")) => return Call::Event,
            _ => {}
        }
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
