//! Bodies of 1 KB to 5 MB, there and back.

use crate::case::Answer;
use crate::event::Payload;
use crate::host::HostError;
use crate::lane::{Lane, measure as rounds};
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table, figure};

pub(crate) const SIZES: [(usize, &str); 5] = [
    (1_000, "1 KB"),
    (10_000, "10 KB"),
    (100_000, "100 KB"),
    (1_000_000, "1 MB"),
    (5_000_000, "5 MB"),
];
/// As many bytes are sent for each size and peer, at most.
const BYTES: usize = 500_000_000;
/// The peers; povery is the first.
const PEERS: [(&str, &str); 3] = [
    ("povery", "echo-povery"),
    ("lambda_http", "echo-lambda-http"),
    ("floor", "echo-floor"),
];

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let mut table = Table::new(&[
        "body",
        "peer",
        "median/µs",
        "p99/µs",
        "CPU/µs",
        "invocations",
    ]);
    for (size, name) in SIZES {
        eprintln!("measuring bodies of {name}");
        let body = text(size);
        let event = Payload::V2.event("POST", "/echo", Some(&body));
        let mut lanes = Vec::new();
        for (peer, program) in PEERS {
            let mut lane = Lane::start(peer, &programs.get(program)?.stripped, 1, options)?;
            lane.ask(&event, |answer| match Answer::read(answer) {
                Ok(answer) if answer.status == 200 && answer.body == body => None,
                Ok(answer) => Some(format!("status {}, another body", answer.status)),
                Err(fault) => Some(fault),
            })?;
            lanes.push(lane);
        }
        let invocations = options.invocations.min(BYTES / size);
        let warm = rounds(&mut lanes, invocations)?;
        for (lane, warm) in lanes.iter().zip(&warm) {
            let [median, p99, cpu] = [warm.median, warm.p99, warm.cpu].map(figure);
            let peer = lane.name.to_owned();
            table.row([
                name.to_owned(),
                peer,
                median,
                p99,
                cpu,
                invocations.to_string(),
            ]);
        }
        if let [ours, others @ ..] = &*warm {
            for ((peer, _), theirs) in PEERS.iter().skip(1).zip(others) {
                report.add(Ratio {
                    measure: "median",
                    case: format!("body of {name}"),
                    pair: format!("povery / {peer}"),
                    ours: ours.median,
                    theirs: theirs.median,
                    value: ours.beside(theirs, |round| round.median),
                    unit: "µs",
                    limit: None,
                });
            }
        }
    }
    print!("{}", table.text("Bodies"));
    Ok(())
}

/// Lines of text, some of whose characters JSON escapes or takes more than a byte for.
pub(crate) fn text(size: usize) -> String {
    const LINE: &str =
        "She said \"the engine weaves algebraic patterns\" – and went on to prove it.\n";
    let mut text = LINE.repeat(size / LINE.len());
    text.push_str(&"x".repeat(size - text.len()));
    text
}
