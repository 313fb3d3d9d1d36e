//! The benchmark's own tests; a benchmark without a harness runs none.

#![expect(dead_code, reason = "the rest is what `main.rs` uses")]

#[path = "../harness/command.rs"]
mod command;
#[path = "../harness/host.rs"]
mod host;
#[path = "../harness/machine.rs"]
mod machine;
#[path = "../harness/message.rs"]
mod message;
mod options;
#[path = "../harness/programs.rs"]
mod programs;
mod relay;
#[path = "../harness/report.rs"]
mod report;
mod rounds;
mod server;
#[path = "../harness/statistics.rs"]
mod statistics;
mod user;

mod checks {
    mod options;
    mod relay;
    mod rounds;
    mod server;
}
