//! The benchmark's own tests; a benchmark without a harness runs none.

#![expect(dead_code, reason = "the rest is what `main.rs` uses")]

mod bodies;
mod callgrind;
mod case;
#[path = "../harness/command.rs"]
mod command;
#[path = "../harness/event.rs"]
mod event;
#[path = "../harness/function.rs"]
mod function;
#[path = "../harness/host.rs"]
mod host;
mod lane;
mod limits;
#[path = "../harness/machine.rs"]
mod machine;
#[path = "../harness/message.rs"]
mod message;
mod options;
mod packages;
#[path = "../harness/programs.rs"]
mod programs;
#[path = "../harness/report.rs"]
mod report;
#[path = "../harness/statistics.rs"]
mod statistics;

mod checks {
    mod bodies;
    mod callgrind;
    mod case;
    mod event;
    mod function;
    mod host;
    mod limits;
    mod machine;
    mod message;
    mod options;
    mod report;
    mod statistics;
}
