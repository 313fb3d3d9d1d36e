//! What povery's pool costs beside sqlx's own connection and pool: see `tests/bench/README.md`.
//!
//! `cargo bench -p povery-tests --bench database`; `-- --help` says what can be asked of it.

mod cold;
#[path = "../harness/command.rs"]
mod command;
#[path = "../harness/event.rs"]
#[expect(dead_code, reason = "one payload is enough here")]
mod event;
#[path = "../harness/function.rs"]
#[expect(
    dead_code,
    reason = "time and memory of the process are not asked here"
)]
mod function;
#[path = "../harness/host.rs"]
mod host;
mod invocations;
mod limits;
#[path = "../harness/machine.rs"]
mod machine;
#[path = "../harness/message.rs"]
mod message;
mod options;
#[path = "../harness/programs.rs"]
#[expect(dead_code, reason = "nothing is profiled here")]
mod programs;
mod queries;
mod relay;
#[path = "../harness/report.rs"]
mod report;
mod round_trips;
mod rounds;
mod server;
#[path = "../harness/statistics.rs"]
mod statistics;
mod tls;
mod user;

use std::process::ExitCode;

use host::HostError;
use options::{Options, Section};
use programs::Programs;
use report::Report;
use server::Server;

/// The crates that the peers stand on.
const CRATES: [&str; 6] = [
    "sqlx",
    "tokio",
    "lambda_http",
    "lambda_runtime",
    "aws-config",
    "aws-sdk-secretsmanager",
];

fn main() -> ExitCode {
    command::run(Options::default(), measure)
}

fn measure(options: &Options) -> Result<Report, HostError> {
    let cold = options.wants(Section::Cold);
    let programs = Programs::build(cold.then_some(cold::PACKAGES).into_iter().flatten())?;
    let cores = machine::cores()?;
    let [client, server, ..] = *cores else {
        let what = "client and server each want a core of their own, and there is one";
        return Err(HostError(what.to_owned()));
    };
    let place = format!("server on core {server}, client on core {client}");
    let run = format!(
        "{} queries of each case and peer, {} starts",
        options.queries, options.starts
    );
    machine::describe(&place, &CRATES, &run);
    // On one thread, as povery on Lambda.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let server = Server::start(server, client).await?;
        let mut report = Report::default();
        if options.wants(Section::RoundTrips) {
            round_trips::measure(&server, &mut report).await?;
        }
        if options.wants(Section::Queries) {
            queries::measure(options, &server, &mut report).await?;
        }
        if options.wants(Section::Invocations) {
            invocations::measure(options, &server, &mut report).await?;
        }
        if cold {
            cold::measure(options, &server, &programs, &mut report).await?;
        }
        Ok(report)
    })
}
