//! Batches of records, by the service that sends them.

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Unread;
use crate::event::Object;
use crate::listener::{EventSource, Properties};

/// The records of one invocation, at least one, all of one source.
#[derive(Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) source: EventSource,
    /// Which queue, bucket, topic, table or stream it is of.
    pub(crate) properties: Properties<'a>,
    /// Whether the order of the records matters.
    pub(crate) is_ordered: bool,
    pub(crate) records: Vec<Item<'a>>,
}

#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// By which the service knows it; its place in the batch where it has none.
    pub(crate) id: Cow<'a, str>,
    pub(crate) payload: Payload<'a>,
    /// The record as it was sent.
    pub(crate) record: &'a RawValue,
}

/// What `Json<T>` reads.
#[derive(Debug)]
pub(crate) enum Payload<'a> {
    Text(Cow<'a, str>),
    Bytes(Vec<u8>),
    /// The record itself.
    Record,
}

/// What every record says of its origin; SNS writes its keys in its own way.
#[derive(Deserialize)]
struct Origin<'a> {
    #[serde(borrow, default, rename = "eventSource", alias = "EventSource")]
    source: Option<Cow<'a, str>>,
}

/// The value of `Records` as a batch; `None` where they are of no service that is known.
pub(super) fn read(records: &RawValue) -> Option<Result<Batch<'_>, Unread>> {
    let records: Vec<&RawValue> = serde_json::from_str(records.get()).ok()?;
    let Some(first) = records.first() else {
        return Some(Err(Unread::Empty));
    };
    let source = source(first)?;
    Some(batch(source, &records))
}

fn source(record: &RawValue) -> Option<EventSource> {
    let Object(Origin { source }) = serde_json::from_str(record.get()).ok()?;
    match source?.as_ref() {
        "aws:sqs" => Some(EventSource::Sqs),
        "aws:s3" => Some(EventSource::S3),
        "aws:sns" => Some(EventSource::Sns),
        "aws:dynamodb" => Some(EventSource::DynamoDb),
        "aws:kinesis" => Some(EventSource::Kinesis),
        _ => None,
    }
}

fn batch<'a>(of: EventSource, records: &[&'a RawValue]) -> Result<Batch<'a>, Unread> {
    let mut items = Vec::with_capacity(records.len());
    let mut origin: Option<Cow<'a, str>> = None;
    for (at, record) in records.iter().enumerate() {
        if source(record) != Some(of) {
            return Err(Unread::Mixed);
        }
        let (of, item) = item(of, record, at)?;
        match &origin {
            None => origin = Some(of),
            Some(origin) if *origin != of => return Err(Unread::Mixed),
            Some(_) => {}
        }
        items.push(item);
    }
    let origin = origin.unwrap_or_default();
    let is_ordered = of.is_stream() || (of == EventSource::Sqs && origin.ends_with(".fifo"));
    let key = match of {
        EventSource::Sqs => "queue",
        EventSource::S3 => "bucket",
        EventSource::Sns => "topic",
        EventSource::DynamoDb => "table",
        _ => "stream",
    };
    let property = match origin {
        Cow::Borrowed(arn) => name(of, arn).into(),
        Cow::Owned(arn) => name(of, &arn).to_owned().into(),
    };
    Ok(Batch {
        source: of,
        properties: vec![(key, property)],
        is_ordered,
        records: items,
    })
}

/// The name in an ARN; a bucket is named by itself.
fn name(source: EventSource, arn: &str) -> &str {
    let last = arn.rsplit(':').next().unwrap_or(arn);
    match source {
        EventSource::S3 => arn,
        // `arn:aws:dynamodb:…:table/Orders/stream/2026-01-01T00:00:00.000`
        EventSource::DynamoDb => between(arn, ":table/"),
        // `arn:aws:kinesis:…:stream/clicks`, and `…/consumer/…` behind it.
        EventSource::Kinesis => between(arn, ":stream/"),
        _ => last,
    }
}

fn between<'a>(arn: &'a str, before: &str) -> &'a str {
    let rest = arn.split_once(before).map_or(arn, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    #[serde(borrow)]
    body: Cow<'a, str>,
    #[serde(borrow, rename = "eventSourceARN")]
    arn: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Upload<'a> {
    #[serde(borrow)]
    s3: Object<Place<'a>>,
}

#[derive(Deserialize)]
struct Place<'a> {
    #[serde(borrow)]
    bucket: Object<Bucket<'a>>,
}

#[derive(Deserialize)]
struct Bucket<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Notice<'a> {
    #[serde(borrow, rename = "Sns")]
    sns: Object<Notification<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Notification<'a> {
    #[serde(borrow)]
    message_id: Cow<'a, str>,
    #[serde(borrow)]
    topic_arn: Cow<'a, str>,
    #[serde(borrow)]
    message: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    dynamodb: Object<Sequence<'a>>,
    #[serde(borrow, rename = "eventSourceARN")]
    arn: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Sequence<'a> {
    #[serde(borrow, rename = "SequenceNumber")]
    number: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    kinesis: Object<Data<'a>>,
    #[serde(borrow, rename = "eventSourceARN")]
    arn: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(borrow)]
    sequence_number: Cow<'a, str>,
    #[serde(borrow)]
    data: Cow<'a, str>,
}

/// A record, and what it says that it is of.
fn item<'a>(
    source: EventSource,
    record: &'a RawValue,
    at: usize,
) -> Result<(Cow<'a, str>, Item<'a>), Unread> {
    let unread = |_| Unread::Record(source, at);
    let text = record.get();
    let (origin, id, payload) = match source {
        EventSource::Sqs => {
            let Object::<Message<'_>>(message) = serde_json::from_str(text).map_err(unread)?;
            (message.arn, message.message_id, Payload::Text(message.body))
        }
        EventSource::S3 => {
            let Object::<Upload<'_>>(upload) = serde_json::from_str(text).map_err(unread)?;
            let Object(Place { bucket }) = upload.s3;
            (bucket.0.name, (at + 1).to_string().into(), Payload::Record)
        }
        EventSource::Sns => {
            let Object::<Notice<'_>>(notice) = serde_json::from_str(text).map_err(unread)?;
            let Object(Notification {
                message_id,
                topic_arn,
                message,
            }) = notice.sns;
            (topic_arn, message_id, Payload::Text(message))
        }
        EventSource::DynamoDb => {
            let Object::<Change<'_>>(change) = serde_json::from_str(text).map_err(unread)?;
            (change.arn, change.dynamodb.0.number, Payload::Record)
        }
        _ => {
            let Object::<Entry<'_>>(entry) = serde_json::from_str(text).map_err(unread)?;
            let Object(Data {
                sequence_number,
                data,
            }) = entry.kinesis;
            let decoded = BASE64_STANDARD.decode(data.as_bytes());
            let data = decoded.map_err(|_| Unread::Record(source, at))?;
            (entry.arn, sequence_number, Payload::Bytes(data))
        }
    };
    // Without it the service would take all of the batch for failed, or for done.
    if id.is_empty() {
        return Err(Unread::Record(source, at));
    }
    Ok((
        origin,
        Item {
            id,
            payload,
            record,
        },
    ))
}
