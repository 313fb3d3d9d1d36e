//! For 1 000 random batches of each source: what comes back makes the service redeliver exactly what was not done,
//! and in order where there is one. The services are modelled as AWS documents them.

mod model;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use super::Failure;
use model::Model;

/// The batches of each source.
const BATCHES: usize = 1_000;
/// How often a message is received before it goes to the dead-letter queue.
const RECEIVES: usize = 5;

/// The identifiers that come back; `None` where the service takes all of the batch for failed.
fn reported(answer: &Result<Value, Failure>) -> Option<Vec<String>> {
    let failures = answer
        .as_ref()
        .ok()?
        .get("batchItemFailures")?
        .as_array()
        .expect("a list");
    let ids = failures.iter().map(|failure| {
        let id = failure["itemIdentifier"].as_str().expect("text");
        assert!(!id.is_empty());
        id.to_owned()
    });
    Some(ids.collect())
}

fn message(number: u64, queue: &str) -> Value {
    json!({
        "messageId": format!("m-{number}"), "body": number.to_string(), "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:eu-central-1:123456789012:{queue}"),
    })
}

/// What a queue deletes of a batch, by what the function answers.
fn deleted(batch: &[u64], answer: &Result<Value, Failure>, partial: bool) -> BTreeSet<u64> {
    let all = || batch.iter().copied().collect::<BTreeSet<_>>();
    match (answer, partial) {
        (Err(_), _) => BTreeSet::new(),
        (Ok(answer), false) => {
            assert_eq!(*answer, Value::Null);
            all()
        }
        (Ok(_), true) => {
            let mut left = all();
            for id in reported(answer).expect("a partial answer") {
                let number = id.strip_prefix("m-").and_then(|number| number.parse().ok());
                assert!(
                    left.remove(&number.expect("an id")),
                    "{id} is not of the batch, or is there twice"
                );
            }
            left
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_redelivers_what_was_not_done() {
    for (queue, partial, width) in [("parts", true, 4), ("whole", false, 3)] {
        let mut model = Model::new(1);
        let mut next = 0;
        while model.batches < BATCHES {
            let mut waiting = model.records(next);
            let sent = waiting.clone();
            next += 100;
            let mut receives = BTreeMap::<u64, usize>::new();
            let mut dead = BTreeSet::new();
            while !waiting.is_empty() {
                model.rng.shuffle(&mut waiting);
                let size = model.rng.usize(1..=waiting.len());
                let batch = waiting[..size].to_vec();
                let records = batch.iter().map(|number| message(*number, queue)).collect();
                let answer = model.deliver(records).await;
                let deleted = deleted(&batch, &answer, partial);
                let done = model.lately();
                match partial {
                    true => assert_eq!(deleted, done, "{batch:?}"),
                    false => assert!(deleted.is_subset(&done), "{batch:?}"),
                }
                for number in &batch {
                    let receives = receives.entry(*number).or_default();
                    *receives += 1;
                    if !deleted.contains(number) && *receives == RECEIVES {
                        dead.insert(*number);
                    }
                }
                waiting.retain(|number| !deleted.contains(number) && !dead.contains(number));
            }
            let mut done = model.done();
            done.retain(|number| *number >= next - 100);
            let once: BTreeSet<u64> = done.iter().copied().collect();
            assert!(!partial || done.len() == once.len(), "done twice: {done:?}");
            assert!(
                sent.iter()
                    .all(|number| once.contains(number) || dead.contains(number))
            );
        }
        let most = model.world.lock().unwrap().most_running;
        assert_eq!(most, width, "records at once");
    }
}

#[tokio::test(start_paused = true)]
async fn a_fifo_queue_redelivers_in_order() {
    for (queue, partial) in [("parts.fifo", true), ("whole.fifo", false)] {
        let mut model = Model::new(2);
        let mut next = 0;
        while model.batches < BATCHES {
            // Messages of group `number % 3`; the next of a group comes only when those before it are gone.
            let mut waiting = model.records(next);
            next += 100;
            let first = model.done().len();
            let mut receives = BTreeMap::<u64, usize>::new();
            while !waiting.is_empty() {
                let size = model.rng.usize(1..=waiting.len());
                let batch = waiting[..size].to_vec();
                let records = batch.iter().map(|number| message(*number, queue)).collect();
                let answer = model.deliver(records).await;
                let deleted = deleted(&batch, &answer, partial);
                match partial {
                    true => assert_eq!(deleted, model.lately(), "{batch:?}"),
                    false => assert!(deleted.is_subset(&model.lately()), "{batch:?}"),
                }
                // Nothing behind a failure is done: what is deleted is the beginning of the batch.
                assert!(
                    batch
                        .iter()
                        .take(deleted.len())
                        .all(|number| deleted.contains(number))
                );
                for number in &batch {
                    *receives.entry(*number).or_default() += 1;
                }
                waiting.retain(|number| {
                    let dead = receives
                        .get(number)
                        .is_some_and(|receives| *receives >= RECEIVES);
                    !deleted.contains(number) && !dead
                });
            }
            let done = model.done()[first..].to_vec();
            for group in 0..3 {
                let of_group: Vec<u64> = done
                    .iter()
                    .copied()
                    .filter(|number| number % 3 == group)
                    .collect();
                let sorted = of_group.is_sorted_by(|a, b| a < b);
                assert!(!partial || sorted, "{of_group:?}");
            }
        }
        assert_eq!(model.world.lock().unwrap().most_running, 1);
    }
}

fn change(source: &str, number: u64) -> Value {
    let number = number.to_string();
    match source {
        "dynamodb" => json!({
            "eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": number},
            "eventSourceARN": "arn:aws:dynamodb:a:1:table/Orders/stream/2026-01-01T00:00:00.000",
        }),
        stream => json!({
            "eventSource": "aws:kinesis", "eventSourceARN": format!("arn:aws:kinesis:a:1:stream/{stream}"),
            "kinesis": {"sequenceNumber": number, "data": base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &number)},
        }),
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_goes_on_at_what_was_not_done() {
    for (source, partial) in [("clicks", true), ("whole", false), ("dynamodb", true)] {
        let mut model = Model::new(3);
        let mut next = 1;
        while model.batches < BATCHES {
            let mut shard: VecDeque<u64> = model.records(next).into();
            next += 100;
            let first = model.done().len();
            let mut attempts = 0;
            while !shard.is_empty() {
                let size = model.rng.usize(1..=shard.len());
                let batch: Vec<u64> = shard.iter().copied().take(size).collect();
                let records = batch.iter().map(|number| change(source, *number)).collect();
                let answer = model.deliver(records).await;
                let checkpoint = match (&answer, partial) {
                    (Err(_), _) => Some(batch[0]),
                    (Ok(answer), false) => {
                        assert_eq!(*answer, Value::Null);
                        None
                    }
                    (Ok(_), true) => {
                        let ids = reported(&answer).expect("a partial answer");
                        assert!(ids.len() <= 1, "{ids:?}");
                        ids.first().map(|id| id.parse().expect("a number"))
                    }
                };
                let before = batch
                    .iter()
                    .filter(|number| checkpoint.is_none_or(|at| **number < at));
                let passed: BTreeSet<u64> = before.copied().collect();
                match partial {
                    true => assert_eq!(passed, model.lately(), "{batch:?}"),
                    false => assert!(passed.is_subset(&model.lately()), "{batch:?}"),
                }
                shard.drain(..passed.len());
                attempts = if passed.is_empty() { attempts + 1 } else { 0 };
                // The mapping gives it up, to its destination for failures.
                if attempts == RECEIVES {
                    shard.pop_front();
                    attempts = 0;
                }
            }
            let done = model.done()[first..].to_vec();
            assert!(!partial || done.is_sorted_by(|a, b| a < b), "{done:?}");
        }
        assert_eq!(model.world.lock().unwrap().most_running, 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_invoked_asynchronously_is_tried_again_as_a_whole() {
    for source in ["s3", "sns"] {
        let mut model = Model::new(4);
        let mut next = 0;
        while model.batches < BATCHES {
            let numbers = model.records(next);
            next += 100;
            for _ in 0..3 {
                let records = numbers.iter().map(|number| match source {
                    "s3" => json!({
                        "eventSource": "aws:s3",
                        "s3": {"bucket": {"name": "photos"}, "object": {"key": number.to_string()}},
                    }),
                    _ => json!({
                        "EventSource": "aws:sns",
                        "Sns": {"MessageId": "1", "TopicArn": "arn:aws:sns:a:1:news", "Message": number.to_string()},
                    }),
                });
                let records = records.collect();
                let answer = model.deliver(records).await;
                let done = model.lately();
                let all = numbers.iter().all(|number| done.contains(number));
                assert_eq!(answer.is_ok(), all, "{answer:?}");
                if all {
                    assert_eq!(answer, Ok(Value::Null));
                    break;
                }
            }
        }
        assert_eq!(model.world.lock().unwrap().most_running, 2);
    }
}
