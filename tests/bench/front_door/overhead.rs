//! What a service in production has around its handlers: authorisation, CORS, a log and metrics.

use std::path::Path;

use crate::case::Case;
use crate::host::HostError;
use crate::lane::{Lane, measure as rounds};
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table, figure};

/// The applications: povery's with all of it, the same without and with a log at WARN, and axum's with as much.
const PEERS: [(&str, &str, Log); 3] = [
    ("povery, with all", "full-povery", Lane::logging),
    ("povery, bare", "on-povery", |name, program, options| {
        Lane::start(name, program, 1, options)
    }),
    ("axum, with all", "full-axum", Lane::logging),
];
/// How one is started: with a line of the log for each request, or without.
type Log = fn(&'static str, &Path, &Options) -> Result<Lane, HostError>;

/// Those whose event has claims.
const CASES: [&str; 2] = ["get-v2", "post-v2"];

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let mut table = Table::new(&["case", "peer", "median/µs", "p99/µs", "CPU/µs"]);
    let mut lanes = Vec::new();
    for (peer, program, start) in PEERS {
        lanes.push(start(peer, &programs.get(program)?.stripped, options)?);
    }
    for name in CASES {
        eprintln!("measuring the overhead of {name}");
        let case = Case::of(name)?;
        for lane in &mut lanes {
            lane.ask(&case.event(), |answer| case.fault(answer))?;
        }
        let warm = rounds(&mut lanes, options.invocations)?;
        for (lane, warm) in lanes.iter().zip(&warm) {
            let [median, p99, cpu] = [warm.median, warm.p99, warm.cpu].map(figure);
            table.row([name.to_owned(), lane.name.to_owned(), median, p99, cpu]);
        }
        let [full, bare, axum] = &*warm else {
            continue;
        };
        for (theirs, pair, limit) in [
            (bare, "with all / bare", limits::OVERHEAD),
            (axum, "with all / axum, with all", limits::FULL),
        ] {
            for (measure, ours, other, value) in [
                (
                    "median",
                    full.median,
                    theirs.median,
                    full.beside(theirs, |round| round.median),
                ),
                (
                    "CPU",
                    full.cpu,
                    theirs.cpu,
                    full.beside(theirs, |round| round.cpu),
                ),
            ] {
                report.add(Ratio {
                    measure,
                    case: format!("overhead of {name}"),
                    pair: pair.to_owned(),
                    ours,
                    theirs: other,
                    value,
                    unit: "µs",
                    limit: Some(limit),
                });
            }
        }
    }
    print!("{}", table.text("All around"));
    Ok(())
}
