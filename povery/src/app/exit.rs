//! How the program ends.

use std::process::{ExitCode, Termination};

use crate::error::{BoxError, chain};
use crate::redact::Redacted;

/// What `main` returns: success, or a failure that has been printed.
#[derive(Debug)]
#[must_use = "return it from `main`"]
pub struct Exit(Result<(), BoxError>);

impl Exit {
    /// Whether the application ended as it was asked to.
    pub fn is_success(&self) -> bool {
        self.0.is_ok()
    }
}

impl From<Result<(), BoxError>> for Exit {
    fn from(result: Result<(), BoxError>) -> Self {
        Self(result)
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        match self.0 {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("error: {}", Redacted::text(chain(error.as_ref())));
                ExitCode::FAILURE
            }
        }
    }
}
