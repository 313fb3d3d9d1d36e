//! One to 32 invocations at once.

use crate::case::Case;
use crate::host::HostError;
use crate::lane::{Lane, measure as rounds};
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table, figure};

const AT_ONCE: [usize; 6] = [1, 2, 4, 8, 16, 32];
/// The peers; povery is the first.
const PEERS: [(&str, &str); 2] = [
    ("povery", "on-povery"),
    ("lambda_http", "concurrent-lambda-http"),
];

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let head = [
        "at once",
        "peer",
        "each/µs",
        "median/µs",
        "p99/µs",
        "CPU/µs",
    ];
    let mut table = Table::new(&head);
    let case = Case::of("get-v2")?;
    for at_once in AT_ONCE {
        eprintln!("measuring {at_once} at once");
        let mut lanes = Vec::new();
        for (peer, program) in PEERS {
            let mut lane = Lane::start(peer, &programs.get(program)?.stripped, at_once, options)?;
            lane.ask(&case.event(), |answer| case.fault(answer))?;
            lanes.push(lane);
        }
        let warm = rounds(&mut lanes, options.invocations)?;
        for (lane, warm) in lanes.iter().zip(&warm) {
            let figures = [warm.each, warm.median, warm.p99, warm.cpu].map(figure);
            let [each, median, p99, cpu] = figures;
            table.row([
                at_once.to_string(),
                lane.name.to_owned(),
                each,
                median,
                p99,
                cpu,
            ]);
        }
        if let [ours, theirs] = &*warm {
            report.add(Ratio {
                measure: "time for each",
                case: format!("{at_once} at once"),
                pair: "povery / lambda_http".to_owned(),
                ours: ours.each,
                theirs: theirs.each,
                value: ours.each / theirs.each,
                unit: "µs",
                limit: None,
            });
        }
    }
    print!("{}", table.text("Invocations at once"));
    Ok(())
}
