//! Events in the shapes that AWS documents: `shapes/<source>.json` with what `Json<T>` reads of them. Each goes to its
//! handler, and its record can be read as the type of `aws_lambda_events`.

use std::sync::{Arc, Mutex};

use povery::aws_lambda_events::{dynamodb, eventbridge, kinesis, s3, sns, sqs};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Record, Unvalidated};
use serde::Deserialize;
use serde_json::{Value, json};

/// The handlers that were called, and with what.
type Calls = Arc<Mutex<Vec<(&'static str, Value)>>>;
type Seen = State<Calls>;
type Payload = Unvalidated<Json<Value>>;

macro_rules! handlers {
    ($($name:ident $type:ty, $source:ident $(, $key:ident = $value:literal)?;)*) => {
        $(
            #[povery::event($source $(, $key = $value)?)]
            async fn $name(record: Record<$type>, payload: Payload, seen: Seen) {
                drop(record);
                let Unvalidated(Json(payload)) = payload;
                seen.lock().unwrap().push((stringify!($name), payload));
            }
        )*
    };
}

handlers! {
    of_sqs sqs::SqsMessage, sqs, queue = "my-queue";
    of_fifo sqs::SqsMessage, sqs, queue = "my-queue.fifo";
    of_s3 s3::S3EventRecord, s3, bucket = "amzn-s3-demo-bucket";
    of_sns sns::SnsRecord, sns, topic = "sns-lambda";
    of_dynamodb dynamodb::EventRecord, dynamodb, table = "Orders";
    of_kinesis kinesis::KinesisEventRecord, kinesis, stream = "lambda-stream";
    of_eventbridge eventbridge::EventBridgeEvent, eventbridge, detail_type = "EC2 Instance State-change Notification";
    of_schedule eventbridge::EventBridgeEvent, schedule, rule = "my-schedule";
    of_the_scheduler Value, custom;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    handler: String,
    payloads: Vec<Value>,
    event: Value,
}

#[tokio::test]
async fn documented_events_go_to_their_handlers() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/listeners/shapes");
    let entries = std::fs::read_dir(directory).expect("the shapes");
    let mut names = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let text = std::fs::read_to_string(&path).expect("a case");
        let case: Case = serde_json::from_str(&text).expect("a case");
        let seen = Calls::default();
        let app = App::new()
            .events(povery::events![
                of_sqs,
                of_fifo,
                of_s3,
                of_sns,
                of_dynamodb,
                of_kinesis,
                of_eventbridge,
                of_schedule,
                of_the_scheduler
            ])
            .state(Arc::clone(&seen));
        let answer = TestClient::new(app).invoke(&case.event).await;
        assert_eq!(answer, Ok(Value::Null), "{path:?}");
        let of_handler =
            |payload| match case.event["Records"].is_array() && payload == json!("record") {
                true => case.event["Records"][0].clone(),
                false => payload,
            };
        let expected: Vec<_> = case.payloads.into_iter().map(of_handler).collect();
        let seen = seen.lock().unwrap().clone();
        assert!(
            seen.iter().all(|(name, _)| *name == case.handler),
            "{path:?}: {seen:?}"
        );
        let payloads: Vec<_> = seen.into_iter().map(|(_, payload)| payload).collect();
        assert_eq!(payloads, expected, "{path:?}");
        names.push(case.handler);
    }
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 9, "a source has no shape: {names:?}");
}
