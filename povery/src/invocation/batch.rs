//! A batch of records: what is done, in which order, and what the service is told to redeliver.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::json;

use super::{Failure, Invocation, begin, log};
use crate::app::{Bound, Call, Failed, Together};
use crate::event::{Batch, Item, Payload};
use crate::listener::EventDef;
use crate::observation::Told;
use crate::request::RequestId;

/// What has become of a record.
enum Outcome {
    Done,
    Failed(Failed),
    /// Nothing: a record before it failed, or the invocation was about to end.
    NotBegun,
}

/// Handles the records, those with an order one after the other up to the first failure.
pub(super) async fn handle(
    invocation: Invocation<'_>,
    event: &EventDef,
    batch: Batch<'_>,
) -> Result<Bytes, Failure> {
    let Invocation {
        app,
        event: bytes,
        id,
        lambda,
    } = invocation;
    begin(event.name());
    let bound = lambda.deadline.instant().map(Bound::before);
    let width = if batch.is_ordered {
        1
    } else {
        event.concurrency
    };
    let ids: Vec<String> = batch
        .records
        .iter()
        .map(|item| item.id.to_string())
        .collect();
    let mut outcomes: Vec<_> = ids.iter().map(|_| Outcome::NotBegun).collect();
    let mut rest = batch.records.into_iter().enumerate();
    let mut under_way = FuturesUnordered::new();
    let together = Together::default();
    let mut stopped = false;
    loop {
        while !stopped && under_way.len() < width && !bound.is_some_and(Bound::has_passed) {
            let Some((at, item)) = rest.next() else { break };
            let call = Call {
                id: id.clone(),
                handler: event.name(),
                record_id: Some(ids[at].clone()),
                together: together.clone(),
                lambda: Arc::clone(&lambda),
                bound,
                record: Some(bytes.slice_ref(item.record.get().as_bytes())),
                payload: payload(item, bytes),
                user: None,
            };
            under_way.push(async move { (at, app.call(&event.listener, call).await) });
        }
        let Some((at, outcome)) = under_way.next().await else {
            break;
        };
        outcomes[at] = match outcome {
            Ok(_) => Outcome::Done,
            Err(failed) => {
                log(id, event.name(), Some(&ids[at]), &failed, Told::default());
                // What is redelivered as a whole, or in order, is not gone on with.
                stopped |= batch.is_ordered || !event.partial;
                Outcome::Failed(failed)
            }
        };
    }
    answer(event, &ids, outcomes, id)
}

/// What `Json<T>` reads. Text without escapes stands in the event as it is.
fn payload(item: Item<'_>, bytes: &Bytes) -> Bytes {
    match item.payload {
        Payload::Text(Cow::Borrowed(text)) => bytes.slice_ref(text.as_bytes()),
        Payload::Text(Cow::Owned(text)) => text.into(),
        Payload::Bytes(data) => data.into(),
        Payload::Record => bytes.slice_ref(item.record.get().as_bytes()),
    }
}

/// What the service is told: all that is not done, or for a stream where it begins.
fn answer(
    event: &EventDef,
    ids: &[String],
    outcomes: Vec<Outcome>,
    id: &RequestId,
) -> Result<Bytes, Failure> {
    let count =
        |what: fn(&Outcome) -> bool| outcomes.iter().filter(|outcome| what(outcome)).count();
    let not_begun = count(|outcome| matches!(outcome, Outcome::NotBegun));
    let failed = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let total = outcomes.len();
    if not_begun > 0 {
        let (request_id, handler) = (id.as_str(), event.name());
        tracing::warn!(
            request_id,
            handler,
            "{not_begun} of {total} records were not begun"
        );
    }
    if event.partial {
        let undone = outcomes.iter().zip(ids);
        let undone = undone.filter(|(outcome, _)| !matches!(outcome, Outcome::Done));
        // A stream goes on from there, so the records behind it come again by themselves.
        let most = if event.source.is_stream() { 1 } else { total };
        let failures: Vec<_> = undone
            .take(most)
            .map(|(_, id)| json!({ "itemIdentifier": id }))
            .collect();
        return Ok(json!({ "batchItemFailures": failures }).to_string().into());
    }
    if failed + not_begun == 0 {
        return Ok(Bytes::from_static(b"null"));
    }
    let first = outcomes
        .into_iter()
        .enumerate()
        .find_map(|(at, outcome)| match outcome {
            Outcome::Failed(failed) => Some((at, failed)),
            _ => None,
        });
    Err(match first {
        Some((at, failed)) => {
            let Failure { kind, message } = failed.into();
            let number = at + 1;
            let message = format!("record {number} of {total} failed: {message}");
            Failure { kind, message }
        }
        None => Failure::not_begun(not_begun, total),
    })
}
