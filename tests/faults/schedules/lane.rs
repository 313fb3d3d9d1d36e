//! Schedules one after the other: requests, faults beside them, and what must hold in the end.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use futures_util::future::join_all;
use http::Method;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::LONGEST;
use super::fault::{Fault, Told};
use crate::bench::Bench;
use crate::canary::PASSWORD;
use crate::database::Database;

/// Within which time the first request after the faults is served.
const SERVED: Duration = Duration::from_secs(3);

/// A database, for one schedule after the other.
#[derive(Debug)]
pub(super) struct Lane {
    database: Database,
}

/// How many requests met a fault that was answered to the caller, and how many did not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) failed: usize,
    pub(super) others: usize,
}

/// A request of a schedule.
struct Request {
    id: Uuid,
    method: Method,
    path: String,
    /// The statuses that it may be answered, whatever happens.
    may_be: &'static [u16],
}

/// A read, or a write that may go through or not.
const READ: &[u16] = &[200, 503, 504];
const WRITE: &[u16] = &[201, 503, 504];
const TRANSFER: &[u16] = &[201, 422, 503, 504];

impl Request {
    fn random(random: &mut Rng) -> Self {
        let id = Uuid::from_u128(random.u128(..));
        let (method, path, may_be): (_, _, &'static [u16]) = match random.u8(0..16) {
            0..3 => (Method::GET, "/one".to_owned(), READ),
            3 => (Method::GET, "/two?pause=20".to_owned(), READ),
            4..6 => (
                Method::GET,
                "/idempotent/sleep?seconds=0.02".to_owned(),
                READ,
            ),
            6 => (Method::GET, "/rows?count=500".to_owned(), READ),
            7..9 => (Method::POST, format!("/writes/{id}"), WRITE),
            9 => (Method::PUT, format!("/writes/{id}?seconds=0.03"), WRITE),
            10..12 => (Method::POST, format!("/tx/writes/{id}?pause=10"), WRITE),
            12..14 => {
                let (from, to) = (random.u8(1..=8), random.u8(1..=8));
                let path = format!("/tx/transfers/{id}?from={from}&to={to}&amount=40");
                (Method::POST, path, TRANSFER)
            }
            14 => (Method::POST, format!("/tx/panics/{id}"), &[500, 503, 504]),
            _ => (Method::POST, format!("/tx/refuses/{id}"), &[409, 503, 504]),
        };
        Self {
            id,
            method,
            path,
            may_be,
        }
    }

    /// Whether nothing of it is stored, however it is answered.
    fn stores_nothing(&self) -> bool {
        self.path.starts_with("/tx/panics") || self.path.starts_with("/tx/refuses")
    }
}

impl Lane {
    pub(super) async fn new() -> Self {
        Self {
            database: Database::shared().await,
        }
    }

    /// Runs the schedule of that seed, and counts what was answered.
    pub(super) async fn run(&self, told: &Told) -> Result<Tally, String> {
        let mut random = Rng::with_seed(told.seed);
        let concurrency = [1, 1, 3][random.usize(0..3)];
        self.database.set_password(PASSWORD).await;
        let bench = Bench::with_secret(self.database.clone(), |function| {
            function
                .env("AWS_LAMBDA_MAX_CONCURRENCY", concurrency.to_string())
                .timeout(Duration::from_secs(4))
        })
        .await;
        if random.bool() {
            bench.get("/one").await;
        }
        let callers: Vec<_> = (0..concurrency).map(|_| random.fork()).collect();
        let callers = callers
            .into_iter()
            .map(|random| requests(&bench, random, told));
        let faults = faults(&bench, random.fork(), told);
        let (sent, ()) = tokio::join!(join_all(callers), faults);
        told.tell("the faults are over");
        bench.proxy.heal().await;

        let since = Instant::now();
        let first = bench.get("/one").await;
        told.tell(format!("GET /one {} within {:?}", first.status, first.took));
        if first.status != 200 || since.elapsed() > SERVED {
            let asked = bench.secrets().asked();
            return Err(format!(
                "wedged: {first:?}, the secret was asked for {asked} times\n{}",
                bench.course()
            ));
        }
        self.database.settles().await;
        let mut all = HashMap::new();
        for (id, outcome) in sent.into_iter().flatten() {
            all.insert(id, outcome?);
        }
        self.database.agrees_with(&all).await;
        let failed = all.values().filter(|status| **status > 500).count();
        let tally = Tally {
            failed,
            others: all.len() - failed,
        };
        match self
            .database
            .number("SELECT sum(balance) FROM accounts")
            .await
        {
            8_000 => Ok(tally),
            sum => Err(format!("{sum} in the accounts, which had 8000")),
        }
    }
}

/// Sends requests, one after the other, and returns what each was answered.
async fn requests(bench: &Bench, mut random: Rng, told: &Told) -> Vec<(Uuid, Result<u16, String>)> {
    let mut sent = Vec::new();
    for _ in 0..random.u8(10..25) {
        let request = Request::random(&mut random);
        let answer = bench.send(request.method.clone(), &request.path).await;
        let line = format!(
            "{} {} {} within {:?}",
            request.method, request.path, answer.status, answer.took
        );
        told.tell(&line);
        let sound = request.may_be.contains(&answer.status) && answer.took < LONGEST;
        let outcome = match sound {
            // As if it was refused: there must be no row.
            true if request.stores_nothing() => Ok(409),
            true => Ok(answer.status),
            false => Err(line),
        };
        sent.push((request.id, outcome));
        sleep(Duration::from_millis(random.u64(0..60))).await;
    }
    sent
}

/// Lets faults happen, some at once.
async fn faults(bench: &Bench, mut random: Rng, told: &Told) {
    let lines: Vec<_> = (0..random.u8(1..3)).map(|_| random.fork()).collect();
    let lines = lines
        .into_iter()
        .enumerate()
        .map(async |(line, mut random)| {
            for number in 0..random.u64(2..6) {
                sleep(Duration::from_millis(random.u64(0..250))).await;
                let fault = Fault::random(&mut random);
                // Two at once would end each other.
                let alone = matches!(
                    fault,
                    Fault::Rotated { .. } | Fault::Secrets(_) | Fault::ReadOnly
                );
                if alone && line > 0 {
                    continue;
                }
                // As a rule less than an answer can wait for, and now and then more.
                let longest = [600, 600, 600, 600, 2_400][random.usize(0..5)];
                let lasting = Duration::from_millis(random.u64(5..longest));
                told.tell(format!("{fault:?} for {lasting:?}"));
                fault.happen(bench, lasting, number).await;
                told.tell(format!("{fault:?} is over"));
            }
        });
    join_all(lines).await;
}
