//! The most that povery may take beside others.

use crate::case::Job;

/// Median and CPU of an invocation. A list is mostly the writing of its 17 KB twice, as JSON and as a text in
/// JSON, so that half of another's time is less than the floor takes.
pub(crate) fn warm(peer: &str, job: Job) -> Option<f64> {
    match (peer, job) {
        ("lambda_http" | "axum", Job::Get | Job::Post) => Some(0.50),
        ("lambda_http" | "axum", Job::List) => Some(0.75),
        ("lambda_http, one thread", _) => Some(0.80),
        ("floor", _) => Some(1.20),
        _ => None,
    }
}

/// Instructions of an invocation.
pub(crate) fn instructions(peer: &str, job: Job) -> Option<f64> {
    (peer == "floor" && job == Job::Get).then_some(1.25)
}

/// From the start of the program to its first answer.
pub(crate) fn cold(peer: &str) -> Option<f64> {
    (peer == "lambda_http").then_some(1.05)
}

/// Peak RSS.
pub(crate) fn memory(peer: &str) -> Option<f64> {
    (peer == "lambda_http").then_some(1.05)
}

/// The stripped `hello` beside that of `lambda_http`.
pub(crate) const HELLO: f64 = 1.15;

/// Median and CPU with 1 000 routes beside one.
pub(crate) const ROUTES: f64 = 1.10;

/// Median and CPU of an application with authorisation, CORS, a log and metrics, beside the bare one.
pub(crate) const OVERHEAD: f64 = 1.50;
/// The same application beside one on axum that does as much.
pub(crate) const FULL: f64 = 0.80;
