//! The services that a function handles events of.

use std::fmt;

/// Where events come from, as [`event`](macro@crate::event) names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventSource {
    /// `sqs`: messages of an SQS queue.
    Sqs,
    /// `s3`: notifications of an S3 bucket.
    S3,
    /// `sns`: messages of an SNS topic.
    Sns,
    /// `dynamodb`: changes of a DynamoDB table, by its stream.
    DynamoDb,
    /// `kinesis`: records of a Kinesis stream.
    Kinesis,
    /// `eventbridge`: events of an EventBridge bus.
    EventBridge,
    /// `schedule`: scheduled events of EventBridge rules.
    Schedule,
    /// `custom`: whatever JSON else the function is invoked with.
    Custom,
}

impl EventSource {
    /// The name in the attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sqs => "sqs",
            Self::S3 => "s3",
            Self::Sns => "sns",
            Self::DynamoDb => "dynamodb",
            Self::Kinesis => "kinesis",
            Self::EventBridge => "eventbridge",
            Self::Schedule => "schedule",
            Self::Custom => "custom",
        }
    }

    /// Whether its records are a part of a stream, which goes on behind the last one that was done.
    pub(crate) const fn is_stream(self) -> bool {
        matches!(self, Self::DynamoDb | Self::Kinesis)
    }
}

impl fmt::Display for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
