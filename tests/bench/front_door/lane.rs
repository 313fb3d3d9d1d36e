//! Warm invocations, in rounds that change from one function to the next.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::function::{Function, Start};
use crate::host::{HostError, Prepared};
use crate::options::Options;
use crate::statistics::{Sequence, median, percentile};

/// How often each function has its turn.
const ROUNDS: usize = 40;

/// A running function, and what is asked of it.
#[derive(Debug)]
pub(crate) struct Lane {
    /// The peer's name.
    pub(crate) name: &'static str,
    function: Function,
    at_once: usize,
    event: Prepared,
    answer: Vec<u8>,
}

/// What a function's invocations took.
#[derive(Clone, Debug)]
pub(crate) struct Warm {
    /// Microseconds until the answer: half of the invocations take no longer.
    pub(crate) median: f64,
    /// 99 of 100 take no longer.
    pub(crate) p99: f64,
    /// Microseconds for each invocation, from handing out to the last answer of those at once.
    pub(crate) each: f64,
    /// Microseconds of the function on the core, for each invocation.
    pub(crate) cpu: f64,
    /// The median and the time on the core of each round.
    pub(crate) rounds: Vec<Round>,
}

/// What the invocations of one round took, in microseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) median: f64,
    pub(crate) cpu: f64,
}

impl Warm {
    /// This one beside another: the median over the rounds of their ratios. A virtual machine is faster
    /// in some rounds than in others, for all who have their turn in them.
    pub(crate) fn beside(&self, other: &Self, figure: impl Fn(&Round) -> f64) -> f64 {
        let rounds = self.rounds.iter().zip(&other.rounds);
        let ratios: Vec<f64> = rounds
            .map(|(our, their)| figure(our) / figure(their))
            .collect();
        median(&ratios).unwrap_or(f64::NAN)
    }
}

impl Lane {
    /// Starts the function; it has `at_once` invocations at a time.
    pub(crate) fn start(
        name: &'static str,
        program: &Path,
        at_once: usize,
        options: &Options,
    ) -> Result<Self, HostError> {
        let function = Function::start(Start {
            program,
            concurrency: at_once,
            workers: options.workers,
            callgrind: None,
        })?;
        Ok(Self::of(name, function, at_once))
    }

    /// Starts the function, which writes its log and its metrics into a pipe.
    pub(crate) fn logging(
        name: &'static str,
        program: &Path,
        options: &Options,
    ) -> Result<Self, HostError> {
        let start = Start {
            program,
            concurrency: 1,
            workers: options.workers,
            callgrind: None,
        };
        Ok(Self::of(name, Function::logging(start)?, 1))
    }

    fn of(name: &'static str, function: Function, at_once: usize) -> Self {
        Self {
            name,
            function,
            at_once,
            event: Prepared::new(b""),
            answer: Vec::new(),
        }
    }

    /// Sends an event, asks `fault` about the answer, and keeps both for the rounds.
    pub(crate) fn ask(
        &mut self,
        event: &[u8],
        fault: impl Fn(&[u8]) -> Option<String>,
    ) -> Result<(), HostError> {
        let said = self.function.invoke(event);
        let (_, answer) = said.map_err(|error| error.of(self.name))?;
        if let Some(fault) = fault(&answer) {
            return Err(HostError(format!("{} answers wrongly: {fault}", self.name)));
        }
        self.event = Prepared::new(event);
        self.answer = answer;
        Ok(())
    }

    /// The most memory that the function had so far, in KiB.
    pub(crate) fn peak_memory(&self) -> Result<u64, HostError> {
        self.function.peak_memory()
    }

    /// Invokes the function so often, and adds the microseconds.
    fn run(&mut self, invocations: usize, times: &mut Times) -> Result<(), HostError> {
        let (name, expected) = (self.name, &self.answer);
        for _ in 0..invocations.div_ceil(self.at_once) {
            let begun = Instant::now();
            let mut last = begun;
            let host = self.function.host();
            host.invoke(&mut self.event, self.at_once, &mut |time, answer| {
                last = Instant::now();
                times.answers.push(microseconds(time));
                if answer == expected {
                    return Ok(());
                }
                Err(HostError("another answer than before".to_owned()))
            })
            .map_err(|error| error.of(name))?;
            let each = (last - begun).div_f64(self.at_once as f64);
            times.each.push(microseconds(each));
        }
        Ok(())
    }
}

#[derive(Clone, Debug, Default)]
struct Times {
    answers: Vec<f64>,
    each: Vec<f64>,
    cpu: Duration,
    rounds: Vec<Round>,
}

/// Measures all of them, turn by turn, in an order that changes with every round.
pub(crate) fn measure(lanes: &mut [Lane], invocations: usize) -> Result<Vec<Warm>, HostError> {
    let mut times = vec![Times::default(); lanes.len()];
    for lane in &mut *lanes {
        // The warm-up is not kept.
        lane.run(invocations.div_ceil(10), &mut Times::default())?;
    }
    let mut sequence = Sequence::new(4);
    for _ in 0..ROUNDS {
        for index in sequence.order(lanes.len()) {
            let (Some(lane), Some(times)) = (lanes.get_mut(index), times.get_mut(index)) else {
                continue;
            };
            lane.function.host().ready(lane.at_once)?;
            let (before, first) = (lane.function.cpu_time()?, times.answers.len());
            lane.run(invocations.div_ceil(ROUNDS), times)?;
            lane.function.host().ready(lane.at_once)?;
            let cpu = lane.function.cpu_time()?.saturating_sub(before);
            times.cpu += cpu;
            let answers = &times.answers[first..];
            times.rounds.push(Round {
                median: median(answers).unwrap_or(f64::NAN),
                cpu: microseconds(cpu) / answers.len() as f64,
            });
        }
    }
    let nothing = || HostError("nothing was measured".to_owned());
    let warm = times.into_iter().map(|times| {
        Some(Warm {
            median: median(&times.answers)?,
            p99: percentile(&times.answers, 99.0)?,
            each: median(&times.each)?,
            cpu: microseconds(times.cpu) / times.answers.len() as f64,
            rounds: times.rounds,
        })
    });
    warm.collect::<Option<_>>().ok_or_else(nothing)
}

/// A time in microseconds.
pub(crate) fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
