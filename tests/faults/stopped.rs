//! Processes of the server that are stopped for a while.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// A stopped process, which is continued when this is dropped.
#[derive(Debug)]
pub(crate) struct Stopped(Pid);

impl Stopped {
    /// Stops the backend of that id.
    pub(crate) fn backend(id: &Value) -> Self {
        let id = id.as_i64().and_then(|id| i32::try_from(id).ok());
        Self::process(id.expect("a process id"))
    }

    pub(crate) fn process(id: i32) -> Self {
        let pid = Pid::from_raw(id).expect("a process id");
        kill_process(pid, Signal::STOP).expect("it is there");
        Self(pid)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // It may have ended by now.
        let _ = kill_process(self.0, Signal::CONT);
    }
}
