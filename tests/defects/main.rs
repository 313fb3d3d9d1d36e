//! The defects of the TypeScript povery, a test for each by its number: the event that broke the original, sent to a
//! function's program. That of the tenth, secrets in the log, is in `tests/logs`.

mod callers;
mod database;
mod machine_in_the_middle;
mod requests;

use povery_tests::event::decode_v2;
use povery_tests::function::RuntimeHost;
use povery_tests::home::Answer;
use serde_json::Value;

async fn answer(host: &RuntimeHost, event: Value) -> Answer {
    let mut answer = host.invoke(event).await.expect("an answer");
    // What a REST API reads has a list for each header.
    if let Some(Value::Object(lists)) = answer.get_mut("multiValueHeaders").map(Value::take) {
        let first = lists
            .into_iter()
            .map(|(name, values)| (name, values[0].clone()));
        answer["headers"] = Value::Object(first.collect());
    }
    decode_v2(&answer).expect("a response")
}

fn text(answer: &Answer) -> &str {
    str::from_utf8(&answer.body).expect("text")
}
