//! Cold starts: from the start of the program to its first answer.

use std::path::Path;
use std::time::Instant;

use crate::case::Case;
use crate::event::Payload;
use crate::function::{Function, Start};
use crate::host::HostError;
use crate::jobs::{PEERS, beside};
use crate::lane::microseconds;
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table};
use crate::statistics::{Sequence, median, percentile};

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    eprintln!("starting each function {} times", options.starts);
    let case = Case::of("get-v2")?;
    let mut times = vec![Vec::new(); PEERS.len()];
    let mut sequence = Sequence::new(15);
    // The first turn reads the programs from the disk, and is not kept.
    for turn in 0..=options.starts {
        for index in sequence.order(PEERS.len()) {
            let (Some(peer), Some(times)) = (PEERS.get(index), times.get_mut(index)) else {
                continue;
            };
            let program = &programs.get(peer.program(Payload::V2))?.stripped;
            let time = start(program, case, options.workers)?;
            if turn > 0 {
                times.push(time);
            }
        }
    }
    let mut table = Table::new(&["peer", "median/ms", "p90/ms"]);
    let mut medians = Vec::new();
    for (peer, times) in PEERS.iter().zip(&times) {
        let middle = median(times).unwrap_or(f64::NAN);
        let slow = percentile(times, 90.0).unwrap_or(f64::NAN);
        let figures = [middle, slow].map(|time| format!("{:.2}", time / 1_000.0));
        let [middle_text, slow_text] = figures;
        table.row([peer.name.to_owned(), middle_text, slow_text]);
        medians.push(middle);
    }
    print!("{}", table.text("Cold starts"));
    let ratios = beside(&medians, |peer, &ours, &theirs| Ratio {
        measure: "cold start",
        case: case.name(),
        pair: format!("povery / {peer}"),
        ours,
        theirs,
        value: ours / theirs,
        unit: "µs",
        limit: limits::cold(peer),
    });
    for ratio in ratios {
        report.add(ratio);
    }
    Ok(())
}

/// The microseconds of one start.
fn start(program: &Path, case: Case, workers: usize) -> Result<f64, HostError> {
    let event = case.event();
    let begun = Instant::now();
    let mut function = Function::start(Start {
        program,
        concurrency: 1,
        workers,
        callgrind: None,
    })?;
    let (_, answer) = function.invoke(&event)?;
    let time = begun.elapsed();
    match case.fault(&answer) {
        None => Ok(microseconds(time)),
        Some(fault) => Err(HostError(format!(
            "{} answers wrongly: {fault}",
            program.display()
        ))),
    }
}
