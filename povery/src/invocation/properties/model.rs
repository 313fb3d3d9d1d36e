//! The handlers, and what a service delivers to them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::RECEIVES;
use crate as povery;
use crate::event::Unknown;
use crate::invocation::{Failure, invoke};
use crate::prelude::*;
use crate::request::{Deadline, LambdaContext, RequestId};
use crate::{Bytes, Unvalidated};

/// What becomes of a record at its next deliveries.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Done,
    Fails,
    Panics,
    /// It takes as many milliseconds.
    Takes(u64),
}

/// What the handlers have done, and what is to become of each record.
#[derive(Default)]
pub(super) struct World {
    fates: BTreeMap<u64, VecDeque<Fate>>,
    done: Vec<u64>,
    /// Those that were done since the last look.
    lately: BTreeSet<u64>,
    running: usize,
    pub(super) most_running: usize,
}

type Shared = State<Arc<Mutex<World>>>;

async fn work(number: u64, world: &Shared) -> Result<(), PoveryError> {
    let fate = {
        let mut world = world.lock().unwrap();
        world.running += 1;
        world.most_running = world.most_running.max(world.running);
        let fate = world.fates.get_mut(&number).and_then(VecDeque::pop_front);
        fate.unwrap_or(Fate::Done)
    };
    let _left = Left(world);
    match fate {
        Fate::Done => sleep(Duration::from_millis(1)).await,
        Fate::Takes(milliseconds) => sleep(Duration::from_millis(milliseconds)).await,
        Fate::Fails => return Err(PoveryError::conflict("Not now")),
        Fate::Panics => panic!("not now"),
    }
    let mut world = world.lock().unwrap();
    world.done.push(number);
    world.lately.insert(number);
    Ok(())
}

struct Left<'a>(&'a Shared);

impl Drop for Left<'_> {
    fn drop(&mut self) {
        let mut world = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        world.running -= 1;
    }
}

type Number = Unvalidated<Json<u64>>;

#[povery::event(sqs, queue = "parts", partial, concurrency = 4, crate = crate)]
async fn parts(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(sqs, queue = "whole", concurrency = 3, crate = crate)]
async fn whole(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(sqs, queue = "parts.fifo", partial, concurrency = 4, crate = crate)]
async fn in_order(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(sqs, queue = "whole.fifo", crate = crate)]
async fn in_order_whole(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(kinesis, partial, crate = crate)]
async fn clicks(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(kinesis, stream = "whole", crate = crate)]
async fn clicks_whole(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

#[povery::event(sns, concurrency = 2, crate = crate)]
async fn news(number: Number, world: Shared) -> Result<(), PoveryError> {
    work(number.0.0, &world).await
}

/// The number of a change is its sequence number, and the record itself the payload.
#[povery::event(dynamodb, partial, crate = crate)]
async fn changes(record: crate::Record, world: Shared) -> Result<(), PoveryError> {
    let number = record.0["dynamodb"]["SequenceNumber"].as_str();
    let number = number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default();
    work(number, &world).await
}

/// An upload is numbered by its key.
#[povery::event(s3, concurrency = 2, crate = crate)]
async fn uploads(record: crate::Record, world: Shared) -> Result<(), PoveryError> {
    let number = record.0["s3"]["object"]["key"].as_str();
    let number = number
        .and_then(|number| number.parse().ok())
        .unwrap_or_default();
    work(number, &world).await
}

/// A service and the function behind it.
pub(super) struct Model {
    app: App,
    pub(super) world: Arc<Mutex<World>>,
    pub(super) rng: Rng,
    pub(super) batches: usize,
}

impl Model {
    pub(super) fn new(seed: u64) -> Self {
        let world = Arc::default();
        let app = App::new()
            .events(povery::events![
                parts,
                whole,
                in_order,
                in_order_whole,
                clicks,
                clicks_whole,
                changes,
                news,
                uploads
            ])
            .state(Arc::clone(&world));
        app.check().unwrap();
        Self {
            app,
            world,
            rng: Rng::with_seed(seed),
            batches: 0,
        }
    }

    /// Records with random fates, numbered from `first` on.
    pub(super) fn records(&mut self, first: u64) -> Vec<u64> {
        let numbers: Vec<u64> = (first..first + self.rng.u64(1..=10)).collect();
        let mut world = self.world.lock().unwrap();
        for number in &numbers {
            let troubles = match self.rng.u8(..8) {
                0 => RECEIVES * 3,
                1 | 2 => self.rng.usize(1..4),
                _ => 0,
            };
            let fates = (0..troubles).map(|_| match self.rng.u8(..3) {
                0 => Fate::Panics,
                1 => Fate::Takes(self.rng.u64(1..1_500)),
                _ => Fate::Fails,
            });
            let fates = fates.collect();
            world.fates.insert(*number, fates);
        }
        numbers
    }

    /// Delivers a batch, now and then with little time.
    pub(super) async fn deliver(&mut self, records: Vec<Value>) -> Result<Value, Failure> {
        self.batches += 1;
        let time = match self.rng.u8(..4) {
            0 => self.rng.u64(1..1_000),
            _ => 10_000,
        };
        let end = Instant::now() + Duration::from_millis(time);
        let lambda = LambdaContext {
            deadline: Deadline::from(end.into_std()),
            ..LambdaContext::default()
        };
        self.world.lock().unwrap().lately.clear();
        let event = Bytes::from(json!({ "Records": records }).to_string());
        let id = RequestId::from("test");
        let answer = invoke(&self.app, Unknown::Other, &event, &id, lambda.into()).await?;
        assert!(Instant::now() < end, "the sandbox was killed");
        assert_eq!(self.world.lock().unwrap().running, 0, "something goes on");
        Ok(serde_json::from_slice(&answer).expect("JSON"))
    }

    pub(super) fn lately(&self) -> BTreeSet<u64> {
        self.world.lock().unwrap().lately.clone()
    }

    pub(super) fn done(&self) -> Vec<u64> {
        self.world.lock().unwrap().done.clone()
    }
}
