//! The most that povery may take beside others.

/// A query through the validated pool, beside one on sqlx's connection.
pub(crate) const QUERY: f64 = 1.05;

/// An invocation of ten queries, beside sqlx's pool of one connection and beside the original's recipe.
pub(crate) const TEN_QUERIES: f64 = 0.6;

/// The round trips of an invocation, beside those of its queries and one more.
pub(crate) const ROUND_TRIPS: f64 = 1.0;

/// From the start of the program to its first answer from the database, beside the program written by hand.
pub(crate) const COLD: f64 = 0.8;
