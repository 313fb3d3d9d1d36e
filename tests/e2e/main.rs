//! The users application in all of its homes, on a real PostgreSQL.

mod configuration;
mod dependencies;
mod lambda;
mod local;
mod secrets;
mod streaming;
mod template;
mod watch;
