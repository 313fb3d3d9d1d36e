//! What povery's front door costs beside others that do the same job: see `tests/bench/README.md`.
//!
//! `cargo bench -p povery-tests --bench front_door`; `-- --help` says what can be asked of it.

mod bodies;
mod callgrind;
mod case;
mod cold;
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
mod packages;
#[path = "../harness/programs.rs"]
mod programs;
#[path = "../harness/report.rs"]
mod report;
mod routes;
mod size;
#[path = "../harness/statistics.rs"]
mod statistics;

use std::env;
use std::process::ExitCode;

use host::HostError;
use options::{Options, Section};
use programs::Programs;
use report::Report;

fn main() -> ExitCode {
    let options = match Options::read(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::HELP);
            return ExitCode::SUCCESS;
        }
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", options::HELP);
            return ExitCode::FAILURE;
        }
    };
    match measure(&options) {
        Ok(report) => conclude(&options, &report),
        Err(HostError(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
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
    let sections: [(Section, Measure); 7] = [
        (Section::Size, size::measure),
        (Section::Instructions, instructions::measure),
        (Section::Cold, cold::measure),
        (Section::Jobs, jobs::measure),
        (Section::Routes, routes::measure),
        (Section::Bodies, bodies::measure),
        (Section::Concurrent, concurrent::measure),
    ];
    for (section, measure) in sections {
        if options.wants(section) {
            measure(options, &programs, &mut report)?;
        }
    }
    Ok(report)
}

type Measure = fn(&Options, &Programs, &mut Report) -> Result<(), HostError>;

fn conclude(options: &Options, report: &Report) -> ExitCode {
    print!("{}", report.ratios());
    let missed = report.missed();
    for what in options.left_out() {
        println!("{what}");
    }
    if !options.enforced() {
        println!(
            "This is no full run (--quick, --invocations, --starts, --workers), so nothing is enforced; {missed} of the ratios are missed."
        );
        return ExitCode::SUCCESS;
    }
    if missed > 0 {
        println!("{missed} of the ratios are missed.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
