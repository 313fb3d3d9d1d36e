//! What an invocation ends with.

use std::fmt;

use serde_json::Value;

/// The error of an invocation, as Lambda passes it on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvocationError {
    /// `errorType`: the code of a handler's error.
    pub kind: String,
    /// `errorMessage`: its message and, in a last line of its own, its `errorData`.
    pub message: String,
}

impl InvocationError {
    /// The `errorData` in the last line of the message, where there is any.
    pub fn data(&self) -> Option<Value> {
        let (_, last) = self.message.rsplit_once('\n')?;
        serde_json::from_str(last).ok()
    }
}

impl fmt::Display for InvocationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.message)
    }
}

impl std::error::Error for InvocationError {}
