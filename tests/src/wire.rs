//! PostgreSQL's protocol 3.0, as far as faults need it: where a client's messages begin and end, and what a
//! server says that fails.

/// The code in place of a version with which a client asks for TLS.
const SSL_REQUEST: i32 = 80_877_103;
/// The first byte of a TLS handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// Cuts what a client sends into messages, however it arrives. What is encrypted passes as it is.
#[derive(Debug, Default)]
pub struct Frontend {
    pending: Vec<u8>,
    stage: Stage,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Stage {
    /// A startup packet follows, which has no type.
    #[default]
    Startup,
    /// The client has asked for TLS; its next byte tells whether it got it.
    Asked,
    Messages,
    Encrypted,
}

/// One message of a client, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// As it was sent, with type and length.
    pub bytes: Vec<u8>,
    /// Its type; none for a startup packet and for what is encrypted.
    pub kind: Option<u8>,
}

impl Frontend {
    /// Takes the next bytes, and returns the messages that are complete now.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Message> {
        self.pending.extend_from_slice(bytes);
        let mut messages = Vec::new();
        while let Some(message) = self.next() {
            messages.push(message);
        }
        messages
    }

    fn next(&mut self) -> Option<Message> {
        if self.stage == Stage::Asked {
            self.stage = match *self.pending.first()? {
                TLS_HANDSHAKE => Stage::Encrypted,
                _ => Stage::Startup,
            };
        }
        if self.stage == Stage::Encrypted {
            let bytes = std::mem::take(&mut self.pending);
            return (!bytes.is_empty()).then_some(Message { bytes, kind: None });
        }
        let typed = self.stage == Stage::Messages;
        let start = usize::from(typed);
        let length = number(self.pending.get(start..start + 4)?);
        let end = start + usize::try_from(length).ok()?.max(4);
        if self.pending.len() < end {
            return None;
        }
        let bytes: Vec<u8> = self.pending.drain(..end).collect();
        let kind = typed.then(|| bytes[0]);
        let message = Message { bytes, kind };
        if !typed {
            self.stage = if message.asks_for_tls() {
                Stage::Asked
            } else {
                Stage::Messages
            };
        }
        Some(message)
    }
}

impl Message {
    /// Whether it asks for TLS.
    #[must_use]
    pub fn asks_for_tls(&self) -> bool {
        self.kind.is_none() && self.bytes.get(4..8).map(number) == Some(SSL_REQUEST)
    }

    /// The SQL of a Query or Parse message.
    #[must_use]
    pub fn statement(&self) -> Option<&str> {
        let body = self.bytes.get(5..)?;
        let text = match self.kind? {
            b'Q' => body,
            b'P' => body.splitn(2, |byte| *byte == 0).nth(1)?,
            _ => return None,
        };
        let text = text.split(|byte| *byte == 0).next()?;
        std::str::from_utf8(text).ok()
    }

    /// Whether it commits a transaction.
    #[must_use]
    pub fn commits(&self) -> bool {
        self.statement()
            .is_some_and(|text| text.trim_start().to_ascii_uppercase().starts_with("COMMIT"))
    }

    /// Whether the client waits for the answer after it.
    #[must_use]
    pub fn awaits_answer(&self) -> bool {
        matches!(self.kind, Some(b'Q' | b'S'))
    }
}

fn number(bytes: &[u8]) -> i32 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | i32::from(*byte))
}

/// A message of a server.
#[must_use]
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("a message is short");
    [&[kind], &length.to_be_bytes()[..], body].concat()
}

/// A server's `ErrorResponse` with that SQLSTATE.
#[must_use]
pub fn error_response(severity: &str, sqlstate: &str) -> Vec<u8> {
    let fields = [
        ('S', severity),
        ('V', severity),
        ('C', sqlstate),
        ('M', "a scripted failure"),
    ];
    let mut body = Vec::new();
    for (name, value) in fields {
        body.push(name as u8);
        body.extend_from_slice(value.as_bytes());
        body.push(0);
    }
    body.push(0);
    message(b'E', &body)
}

/// A server's `ReadyForQuery` outside of a transaction.
#[must_use]
pub fn ready_for_query() -> Vec<u8> {
    message(b'Z', b"I")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn startup(code: i32, rest: &[u8]) -> Vec<u8> {
        let length = i32::try_from(8 + rest.len()).unwrap();
        [&length.to_be_bytes()[..], &code.to_be_bytes(), rest].concat()
    }

    #[test]
    fn messages_are_found_however_they_arrive() {
        let first = startup(196_608, b"user\0app\0\0");
        let query = message(b'Q', b"COMMIT\0");
        let parse = message(b'P', b"s1\0SELECT $1\0\0\0");
        let sync = message(b'S', b"");
        let all = [&first[..], &query, &parse, &sync].concat();
        for size in [1, 3, 7, all.len()] {
            let mut frontend = Frontend::default();
            let messages: Vec<_> = all
                .chunks(size)
                .flat_map(|part| frontend.feed(part))
                .collect();
            let kinds: Vec<_> = messages.iter().map(|message| message.kind).collect();
            assert_eq!(kinds, [None, Some(b'Q'), Some(b'P'), Some(b'S')]);
            assert_eq!(messages[1].statement(), Some("COMMIT"));
            assert!(messages[1].commits() && !messages[2].commits());
            assert_eq!(messages[2].statement(), Some("SELECT $1"));
            assert!(messages[3].awaits_answer() && !messages[2].awaits_answer());
            let bytes: Vec<u8> = messages
                .into_iter()
                .flat_map(|message| message.bytes)
                .collect();
            assert_eq!(bytes, all);
        }
    }

    #[test]
    fn what_is_encrypted_passes_and_a_refusal_of_tls_is_followed() {
        let asks = startup(SSL_REQUEST, b"");
        let mut encrypted = Frontend::default();
        assert_eq!(encrypted.feed(&asks).len(), 1);
        let hello = [TLS_HANDSHAKE, 3, 1, 0];
        assert_eq!(encrypted.feed(&hello)[0].bytes, hello);
        assert_eq!(encrypted.feed(b"COMMIT")[0].statement(), None);

        let mut plain = Frontend::default();
        plain.feed(&asks);
        plain.feed(&startup(196_608, b"\0"));
        assert!(plain.feed(&message(b'Q', b"commit\0"))[0].commits());
    }
}
