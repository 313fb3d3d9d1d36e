//! What povery's front door costs beside others that do the same job: see `tests/bench/README.md`.
//!
//! `cargo bench -p povery-tests --bench front_door`; `-- --help` says what can be asked of it.

mod bodies;
mod callgrind;
mod case;
mod cold;
#[path = "../harness/command.rs"]
mod command;
mod concurrent;
#[path = "../harness/event.rs"]
mod event;
#[path = "../harness/function.rs"]
mod function;
#[path = "../harness/host.rs"]
mod host;
mod instructions;
mod jobs;
mod lane;
mod limits;
#[path = "../harness/machine.rs"]
mod machine;
#[path = "../harness/message.rs"]
mod message;
mod options;
mod overhead;
mod packages;
#[path = "../harness/programs.rs"]
mod programs;
#[path = "../harness/report.rs"]
mod report;
mod routes;
mod size;
#[path = "../harness/statistics.rs"]
mod statistics;

use std::process::ExitCode;

use host::HostError;
use options::{Options, Section};
use programs::Programs;
use report::Report;

fn main() -> ExitCode {
    command::run(Options::default(), measure)
}

/// The crates that the peers stand on.
const CRATES: [&str; 8] = [
    "lambda_http",
    "lambda_runtime",
    "axum",
    "lambda-lw-http-router",
    "hyper",
    "tokio",
    "serde_json",
    "validator",
];

fn measure(options: &Options) -> Result<Report, HostError> {
    if options.wants(Section::Instructions) && !callgrind::available() {
        let what = "valgrind not found: install it, or leave the instructions out with --without-callgrind";
        return Err(HostError(what.to_owned()));
    }
    let programs = Programs::build(packages::wanted(options))?;
    let core = machine::cores()?.first().copied();
    let core = core.ok_or_else(|| HostError("no core to be had".to_owned()))?;
    // All of it is on one core.
    machine::bind(core)?;
    let run = format!(
        "{} invocations, {} starts, {} worker threads in a default runtime",
        options.invocations, options.starts, options.workers
    );
    machine::describe(&format!("all on core {core}"), &CRATES, &run);

    let mut report = Report::default();
    let sections: [(Section, Measure); 8] = [
        (Section::Size, size::measure),
        (Section::Instructions, instructions::measure),
        (Section::Cold, cold::measure),
        (Section::Jobs, jobs::measure),
        (Section::Routes, routes::measure),
        (Section::Bodies, bodies::measure),
        (Section::Concurrent, concurrent::measure),
        (Section::Overhead, overhead::measure),
    ];
    for (section, measure) in sections {
        if options.wants(section) {
            measure(options, &programs, &mut report)?;
        }
    }
    Ok(report)
}

type Measure = fn(&Options, &Programs, &mut Report) -> Result<(), HostError>;
