//! Instructions per invocation, counted by callgrind.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::function::{Function, Start};
use crate::host::{HostError, Prepared};

/// The two lengths of a run. What is between them has no start, no end and no first times in it.
const RUNS: [usize; 2] = [300, 1_300];

/// Whether valgrind is there.
pub(crate) fn available() -> bool {
    let version = Command::new("valgrind").arg("--version").output();
    version.is_ok_and(|output| output.status.success())
}

/// The instructions that an invocation takes in the function's own process, without the kernel's.
/// The longer profile stays in that directory, as `callgrind.NAME`.
pub(crate) fn instructions(
    program: &Path,
    name: &str,
    event: &[u8],
    directory: &Path,
    workers: usize,
) -> Result<f64, HostError> {
    fs::create_dir_all(directory)?;
    let file = directory.join(format!("callgrind.{name}"));
    let start = Start {
        program,
        concurrency: 1,
        workers,
        callgrind: Some(&file),
    };
    let mut counted = [0; 2];
    for (count, invocations) in counted.iter_mut().zip(RUNS) {
        *count = run(start, event, invocations, &file)?;
    }
    let [short, long] = counted;
    Ok((long - short) as f64 / (RUNS[1] - RUNS[0]) as f64)
}

fn run(start: Start<'_>, event: &[u8], invocations: usize, file: &Path) -> Result<i64, HostError> {
    let mut function = Function::start(start)?;
    let mut event = Prepared::new(event);
    for _ in 0..invocations {
        function.host().invoke(&mut event, 1, &mut |_, _| Ok(()))?;
    }
    function.host().ready(1)?;
    function.end()?;
    let profile = fs::read_to_string(file)?;
    total(&profile).ok_or_else(|| HostError(format!("no totals in {}", file.display())))
}

/// The instructions of a profile: those of all its parts, one for each thread.
pub(crate) fn total(profile: &str) -> Option<i64> {
    let totals = profile
        .lines()
        .filter_map(|line| line.strip_prefix("totals: "));
    let counts: Option<Vec<i64>> = totals.map(|count| count.trim().parse().ok()).collect();
    counts
        .filter(|counts| !counts.is_empty())
        .map(|counts| counts.iter().sum())
}
