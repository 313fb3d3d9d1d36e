//! Randomised faults by seed: whatever happens when, nothing is lost, doubled, left open or wedged.
//!
//! `POVERY_FAULT_SEEDS=0..2000` runs those seeds; a failure names its seed and what was done.

mod fault;
mod lane;

use std::any::Any;
use std::io::Write;
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fault::Told;
use futures_util::FutureExt;
use lane::Lane;

/// How many run at once: each waits most of its time.
const LANES: u64 = 8;
/// What is told of the course, after so many seeds.
const PROGRESS: u64 = 50;

/// The seeds that the variable names, else 200.
fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var("POVERY_FAULT_SEEDS") else {
        return 0..200;
    };
    let ends = text.split_once("..");
    let ends = ends.and_then(|(start, end)| Some(start.parse().ok()?..end.parse().ok()?));
    ends.unwrap_or_else(|| panic!("POVERY_FAULT_SEEDS is to be as 0..2000, not {text:?}"))
}

/// Said past the capture of the test harness, so that who waits sees it.
fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

#[test]
fn fault_schedules() {
    let course = Course {
        seeds: seeds(),
        next: AtomicU64::new(seeds().start),
        since: Instant::now(),
        failed: AtomicUsize::new(0),
        others: AtomicUsize::new(0),
    };
    let lanes = LANES.min(course.seeds.end.saturating_sub(course.seeds.start));
    let failed = thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(|| course.lane())).collect();
        let failed = lanes
            .into_iter()
            .flat_map(|lane| lane.join().expect("a lane goes on"));
        failed.collect::<Vec<_>>()
    });
    assert!(failed.is_empty(), "seeds that fail: {failed:?}");
    let (failed, others) = (course.failed.into_inner(), course.others.into_inner());
    say(&format!(
        "503 or 504 for {failed} requests, not for {others}"
    ));
    // Faults that nobody meets would show nothing, nor would those that nobody gets round.
    let enough = lanes < LANES || (failed > 0 && others > 2 * failed);
    assert!(enough, "{failed} of {}", failed + others);
}

/// What the lanes share.
struct Course {
    seeds: Range<u64>,
    next: AtomicU64,
    since: Instant,
    failed: AtomicUsize,
    others: AtomicUsize,
}

impl Course {
    /// Runs one schedule after the other, and returns the seeds that failed.
    fn lane(&self) -> Vec<u64> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let mut failed = Vec::new();
            let mut lane = Lane::new().await;
            loop {
                let seed = self.next.fetch_add(1, Ordering::SeqCst);
                if seed >= self.seeds.end {
                    return failed;
                }
                let told = Told::new(seed);
                let run = AssertUnwindSafe(lane.run(&told)).catch_unwind().await;
                match run.unwrap_or_else(|panic| Err(text(&*panic))) {
                    Ok(tally) => {
                        self.failed.fetch_add(tally.failed, Ordering::SeqCst);
                        self.others.fetch_add(tally.others, Ordering::SeqCst);
                    }
                    Err(why) => {
                        say(&format!("seed {seed} fails: {why}\n{told}"));
                        failed.push(seed);
                        lane = Lane::new().await;
                    }
                }
                if seed % PROGRESS == PROGRESS - 1 {
                    let seconds = self.since.elapsed().as_secs();
                    let (rest, end) = (seed + 1, self.seeds.end);
                    say(&format!(
                        "{seconds} s; what is left: POVERY_FAULT_SEEDS={rest}..{end}"
                    ));
                }
            }
        })
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

/// The longest that a request may take: its invocation's time, and what it is frozen.
const LONGEST: Duration = Duration::from_secs(7);
