//! The users application, warm: time, time on the core, and memory.

use crate::case::{Case, refusals};
use crate::event::Payload;
use crate::host::HostError;
use crate::lane::{Lane, Round, Warm, measure as rounds};
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table, figure};

/// A peer: how it is called, and its program for each payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    v1: &'static str,
    v2: &'static str,
}

impl Peer {
    const fn one(name: &'static str, program: &'static str) -> Self {
        Self {
            name,
            v1: program,
            v2: program,
        }
    }

    /// The program that takes events of that payload.
    pub(crate) fn program(self, payload: Payload) -> &'static str {
        match payload {
            Payload::V1 => self.v1,
            Payload::V2 => self.v2,
        }
    }
}

/// The peers; povery is the first.
pub(crate) const PEERS: [Peer; 6] = [
    Peer::one("povery", "on-povery"),
    Peer::one("lambda_http", "lambda-http-default"),
    Peer::one("lambda_http, one thread", "lambda-http-current-thread"),
    Peer::one("axum", "on-axum"),
    Peer {
        name: "lw-http-router",
        v1: "lw-http-router-v1",
        v2: "lw-http-router-v2",
    },
    Peer::one("floor", "floor"),
];

/// Measures all cases of a payload in the same processes.
pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let head = ["case", "peer", "median/µs", "p99/µs", "CPU/µs"];
    let mut table = Table::new(&head);
    let (mut medians, mut cpus, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Payload::ALL {
        let cases: Vec<Case> = options
            .cases()
            .filter(|case| case.payload == payload)
            .collect();
        if cases.is_empty() {
            continue;
        }
        let mut lanes = start(options, programs, payload)?;
        for case in cases {
            eprintln!("measuring {}", case.name());
            for lane in &mut lanes {
                lane.ask(&case.event(), |answer| case.fault(answer))?;
            }
            let warm = rounds(&mut lanes, options.invocations)?;
            for (lane, warm) in lanes.iter().zip(&warm) {
                let figures = [warm.median, warm.p99, warm.cpu].map(figure);
                let [median, p99, cpu] = figures;
                table.row([case.name(), lane.name.to_owned(), median, p99, cpu]);
            }
            medians.extend(ratios(
                "median",
                case,
                &warm,
                |warm| warm.median,
                |round| round.median,
            ));
            cpus.extend(ratios(
                "CPU",
                case,
                &warm,
                |warm| warm.cpu,
                |round| round.cpu,
            ));
        }
        memory.push(
            lanes
                .iter()
                .map(Lane::peak_memory)
                .collect::<Result<Vec<_>, _>>()?,
        );
    }
    print!("{}", table.text("Warm invocations"));
    for ratio in medians.into_iter().chain(cpus) {
        report.add(ratio);
    }
    peak(&memory, report);
    Ok(())
}

/// Starts all peers, and sees them refuse what is wrong.
fn start(options: &Options, programs: &Programs, payload: Payload) -> Result<Vec<Lane>, HostError> {
    let mut lanes = Vec::new();
    for peer in PEERS {
        let program = programs.get(peer.program(payload))?;
        let mut lane = Lane::start(peer.name, &program.stripped, 1, options)?;
        for refusal in refusals(payload) {
            lane.ask(&refusal.event, |answer| refusal.fault(answer))?;
        }
        lanes.push(lane);
    }
    Ok(lanes)
}

/// Povery beside each other peer.
fn ratios(
    measure: &'static str,
    case: Case,
    warm: &[Warm],
    whole: impl Fn(&Warm) -> f64,
    round: impl Fn(&Round) -> f64,
) -> Vec<Ratio> {
    beside(warm, |peer, ours, theirs| Ratio {
        measure,
        case: case.name(),
        pair: format!("povery / {peer}"),
        ours: whole(ours),
        theirs: whole(theirs),
        value: ours.beside(theirs, &round),
        unit: "µs",
        limit: limits::warm(peer, case.job),
    })
}

/// What is made of povery's figure and that of each other peer.
pub(crate) fn beside<T>(figures: &[T], make: impl Fn(&'static str, &T, &T) -> Ratio) -> Vec<Ratio> {
    let Some((ours, others)) = figures.split_first() else {
        return Vec::new();
    };
    let peers = PEERS.iter().skip(1).zip(others);
    peers
        .map(|(peer, theirs)| make(peer.name, ours, theirs))
        .collect()
}

/// The larger peak of the two payloads' processes.
fn peak(memory: &[Vec<u64>], report: &mut Report) {
    let peaks: Vec<f64> = (0..PEERS.len())
        .map(|index| {
            let peaks = memory.iter().filter_map(|peaks| peaks.get(index));
            peaks.max().map_or(f64::NAN, |&peak| peak as f64)
        })
        .collect();
    let ratios = beside(&peaks, |peer, &ours, &theirs| Ratio {
        measure: "peak RSS",
        case: "all of the above".to_owned(),
        pair: format!("povery / {peer}"),
        ours,
        theirs,
        value: ours / theirs,
        unit: "KiB",
        limit: limits::memory(peer),
    });
    for ratio in ratios {
        report.add(ratio);
    }
}
