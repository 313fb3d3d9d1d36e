//! Text to tree.

use super::Node;

/// As deep as serde_json reads.
pub(super) const DEEPEST: usize = 127;

/// The tree of text that is known to be JSON; `None` where a name in it is no Unicode, or it is nested
/// too deep.
pub(super) fn tree(text: &str) -> Option<Node> {
    Scanner { text, at: 0 }.value(0)
}

/// Splits JSON that is known to be valid.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Option<Node> {
        match self.peek()? {
            b'{' if depth < DEEPEST => {
                self.at += 1;
                let mut entries = Vec::new();
                while self.goes_on(b'}')? {
                    let name = serde_json::from_str(self.string()?).ok()?;
                    if self.peek()? == b':' {
                        self.at += 1;
                    }
                    entries.push((name, self.value(depth + 1)?));
                }
                Some(Node::Object(entries))
            }
            b'[' if depth < DEEPEST => {
                self.at += 1;
                let mut items = Vec::new();
                while self.goes_on(b']')? {
                    items.push(self.value(depth + 1)?);
                }
                Some(Node::List(items))
            }
            b'{' | b'[' => None,
            b'"' => Some(Node::Leaf(self.string()?.to_owned().into())),
            _ => {
                let start = self.at;
                let rest = self.text.as_bytes().get(start..)?;
                let ends =
                    |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b']' | b'}');
                self.at += rest.iter().position(ends).unwrap_or(rest.len());
                Some(Node::Leaf(self.text.get(start..self.at)?.to_owned().into()))
            }
        }
    }

    /// Steps over a comma, or over the closing bracket: then nothing more comes.
    fn goes_on(&mut self, close: u8) -> Option<bool> {
        let byte = self.peek()?;
        if byte == b',' {
            self.at += 1;
        } else if byte == close {
            self.at += 1;
            return Some(false);
        }
        Some(true)
    }

    /// A string with its quotes.
    fn string(&mut self) -> Option<&str> {
        self.peek()?;
        let start = self.at;
        let mut escaped = false;
        for (index, byte) in self.text.as_bytes().iter().enumerate().skip(start + 1) {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    self.at = index + 1;
                    return self.text.get(start..self.at);
                }
                _ => {}
            }
        }
        None
    }
}
