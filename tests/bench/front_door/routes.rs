//! One route and a thousand.

use crate::callgrind::instructions;
use crate::case::Answer;
use crate::event::Payload;
use crate::host::HostError;
use crate::lane::{Lane, measure as rounds};
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table, figure};

/// How many routes a program has, and its name.
const PROGRAMS: [(usize, &str); 4] = [
    (1, "routes-1"),
    (10, "routes-10"),
    (100, "routes-100"),
    (1_000, "routes-1000"),
];

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    eprintln!("measuring 1 to 1000 routes");
    let mut lanes = Vec::new();
    for (count, name) in PROGRAMS {
        let mut lane = Lane::start(name, &programs.get(name)?.stripped, 1, options)?;
        let (event, expected) = last(count);
        lane.ask(&event, |answer| match Answer::read(answer) {
            Ok(answer) if answer.status == 200 && answer.body == expected => None,
            other => Some(format!("{other:?}")),
        })?;
        lanes.push(lane);
    }
    let warm = rounds(&mut lanes, options.invocations)?;
    let mut table = Table::new(&["routes", "median/µs", "p99/µs", "CPU/µs", "instructions"]);
    let mut counts = Vec::new();
    for ((count, name), warm) in PROGRAMS.iter().zip(&warm) {
        let instructions = if options.counts_instructions() {
            let (program, event) = (&programs.get(name)?.whole, last(*count).0);
            let instructions =
                instructions(program, name, &event, &programs.profiles(), options.workers)?;
            counts.push(instructions);
            format!("{instructions:.0}")
        } else {
            String::new()
        };
        let [median, p99, cpu] = [warm.median, warm.p99, warm.cpu].map(figure);
        table.row([count.to_string(), median, p99, cpu, instructions]);
    }
    print!("{}", table.text("Routes"));
    let mut add = |measure, [ours, theirs]: [f64; 2], value, unit, limit| {
        report.add(Ratio {
            measure,
            case: "routes".to_owned(),
            pair: "1000 routes / 1 route".to_owned(),
            ours,
            theirs,
            value,
            unit,
            limit,
        });
    };
    if let [one, .., thousand] = &*warm {
        let (medians, cpus) = ([thousand.median, one.median], [thousand.cpu, one.cpu]);
        let (median, cpu) = (
            thousand.beside(one, |round| round.median),
            thousand.beside(one, |round| round.cpu),
        );
        add("median", medians, median, "µs", Some(limits::ROUTES));
        add("CPU", cpus, cpu, "µs", Some(limits::ROUTES));
    }
    if let [one, .., thousand] = *counts {
        add("instructions", [thousand, one], thousand / one, "", None);
    }
    Ok(())
}

/// An event for the last `GET` of one resource, and the answer.
fn last(count: usize) -> (Vec<u8>, String) {
    // A resource has four routes; the first of them is that `GET`.
    let resource = (count - 1) / 4;
    let event = Payload::V2.event("GET", &format!("/resource{resource}/7"), None);
    (event, format!("{} 7", resource * 4))
}
