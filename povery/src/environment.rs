//! What the environment says of the place in which the program runs.

use std::env;

/// An environment variable; an empty one counts as unset.
pub(crate) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether a Lambda runtime API is there to serve: on Lambda, and under `cargo lambda watch`.
pub(crate) fn has_runtime_api() -> bool {
    variable("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// Whether this is a developer's machine, `cargo lambda watch` included.
pub(crate) fn is_local_run() -> bool {
    variable("LAMBDA_TASK_ROOT").is_none() && variable("AWS_LAMBDA_INITIALIZATION_TYPE").is_none()
}

/// How many invocations may be under way at once: 1 on plain Lambda.
pub(crate) fn max_concurrency() -> usize {
    // As `lambda_runtime` reads it.
    let number =
        variable("AWS_LAMBDA_MAX_CONCURRENCY").and_then(|number| number.parse::<u32>().ok());
    number.map_or(1, |number| number.max(1) as usize)
}

/// The variable by which a local run believes tokens that nobody has verified.
pub(crate) const UNVERIFIED: &str = "POVERY_UNVERIFIED_CLAIMS";

/// Whether tokens that nobody has verified are to be believed.
///
/// # Errors
///
/// For any other value than `1`: what was meant is too grave to be guessed.
pub(crate) fn unverified_claims() -> Result<bool, String> {
    match variable(UNVERIFIED).as_deref() {
        None => Ok(false),
        Some("1") => Ok(true),
        Some(_) => Err(format!("{UNVERIFIED} is either `1` or not set")),
    }
}
