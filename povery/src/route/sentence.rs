//! What is said of routes that conflict, made where nothing can be allocated.

use super::conflict::{Conflict, Cursor, With, same_function};
use super::{Flat, Segment};

/// What is said of conflicts, made where nothing can be allocated.
pub(crate) struct Message {
    bytes: [u8; Message::LONGEST],
    len: usize,
}

impl Message {
    const LONGEST: usize = 8 * 1024;

    /// The sentences for `count` conflicts, of which `found` holds the first.
    pub(crate) const fn of(flats: &[Flat], found: &[Conflict], count: usize) -> Self {
        let mut message = Self {
            bytes: [0; Self::LONGEST],
            len: 0,
        };
        let mut at = 0;
        while at < count && at < found.len() {
            if at > 0 {
                message.text("\n");
            }
            message.conflict(flats, &found[at]);
            at += 1;
        }
        if at < count {
            message.text("\nand ");
            message.number(count - at);
            message.text(" more");
        }
        message
    }

    const fn conflict(&mut self, flats: &[Flat], conflict: &Conflict) {
        self.route(&flats[conflict.route]);
        match conflict.with {
            With::Twin(twin) if same_function(&flats[twin], &flats[conflict.route]) => {
                self.text(" is listed twice: leave one out");
            }
            With::Twin(twin) => {
                self.text(" answers the same requests as ");
                self.route(&flats[twin]);
                self.text(": change the path or the method of one");
            }
            With::Shadow(tail) => {
                self.text(" takes requests from the tail of ");
                self.route(&flats[tail]);
                self.text(": put a literal before one of them");
            }
        }
    }

    /// `GET /users/<id>` (get_user, src/users.rs:12)
    const fn route(&mut self, flat: &Flat) {
        self.text("`");
        self.text(flat.def.method.as_str());
        self.text(" ");
        let mut cursor = Cursor::START;
        let mut any = false;
        while let Some(segment) = cursor.next(flat) {
            any = true;
            match segment {
                Segment::Literal(text) => {
                    self.text("/");
                    self.text(text);
                }
                Segment::Parameter(name) => {
                    self.text("/<");
                    self.text(name);
                    self.text(">");
                }
                Segment::Tail(name) => {
                    self.text("/<");
                    self.text(name);
                    self.text("..>");
                }
            }
        }
        if !any {
            self.text("/");
        }
        self.text("` (");
        self.text(flat.def.site.name);
        self.text(", ");
        self.text(flat.def.site.file);
        self.text(":");
        self.number(flat.def.site.line as usize);
        self.text(")");
    }

    /// Text that does not fit is left out, whole.
    const fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if self.len + bytes.len() > self.bytes.len() {
            return;
        }
        let mut at = 0;
        while at < bytes.len() {
            self.bytes[self.len] = bytes[at];
            self.len += 1;
            at += 1;
        }
    }

    const fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        let digit = [b'0' + (number % 10) as u8];
        if let Ok(digit) = std::str::from_utf8(&digit) {
            self.text(digit);
        }
    }

    pub(crate) const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "routes conflict",
        }
    }
}
