//! Events of services that cannot be read.

use std::fmt;

use crate::listener::EventSource;

/// Why an event of a service that is known cannot be read. Its text says nothing of what the event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unread {
    /// It has no records.
    Empty,
    /// Its records are not all of one queue, bucket, topic, table or stream.
    Mixed,
    /// The record at this place lacks what all records of the service have.
    Record(EventSource, usize),
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the event has no records: its list is empty"),
            Self::Mixed => f.write_str("the records of the event are not all of one origin"),
            Self::Record(source, at) => {
                let fields = match source {
                    EventSource::Sqs => "`messageId`, `body` or `eventSourceARN`",
                    EventSource::S3 => "`s3.bucket.name`",
                    EventSource::Sns => "`Sns.MessageId`, `Sns.TopicArn` or `Sns.Message`",
                    EventSource::DynamoDb => "`dynamodb.SequenceNumber` or `eventSourceARN`",
                    _ => "`kinesis.sequenceNumber`, `kinesis.data` or `eventSourceARN`",
                };
                let number = at + 1;
                write!(
                    f,
                    "record {number} of the event, of `{source}`, has no {fields} that can be read"
                )
            }
        }
    }
}
