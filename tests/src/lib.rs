//! What povery's end-to-end tests stand on.
//!
//! The same request can be put to the users application wherever it runs: see [`home::Home`]
//! and its implementations. [`scenario::users_scenario`] is the one script they all have to pass.
//! The rest brings the surroundings up and takes them down again: child processes, a Lambda
//! Runtime API host, `cargo lambda watch`, and a fake Secrets Manager.

pub mod base64;
pub mod binary;
pub mod client;
pub mod cluster;
pub mod database;
pub mod event;
pub mod fake_secrets;
pub mod fault_proxy;
pub mod function;
pub mod home;
pub mod http_home;
pub mod invoke_home;
pub mod lambda_home;
pub mod local_home;
pub mod moto;
pub mod process;
pub mod runtime_api;
pub mod scenario;
pub mod scratch;
pub mod scripted_postgres;
pub mod tool;
pub mod watch;
pub mod wire;
pub mod workspace;
