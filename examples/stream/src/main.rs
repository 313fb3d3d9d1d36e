//! Answers that are sent while they are made. Deploy it behind a Function URL of the invoke mode
//! `RESPONSE_STREAM`, or try it here:
//!
//! ```console
//! cargo run -p stream
//! curl --no-buffer http://127.0.0.1:3000/countdown/5
//! curl --no-buffer --compressed 'http://127.0.0.1:3000/squares?below=1000000'
//! ```

use std::convert::Infallible;
use std::time::Duration;

use async_stream::stream;
use futures_core::Stream;
use povery::prelude::*;
use povery::{ByteStream, InvokeMode};
use serde_json::json;

/// Headers by name and value.
type Headers<const N: usize> = [(&'static str, &'static str); N];

/// Counts down, a server-sent event a second.
#[povery::route(GET, "/countdown/<from>")]
async fn countdown(
    #[validate(range(max = 60))] from: u32,
) -> (
    Headers<2>,
    ByteStream<impl Stream<Item = Result<String, Infallible>>>,
) {
    let events = stream! {
        for number in (1..=from).rev() {
            yield Ok(format!("data: {number}\n\n"));
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        yield Ok("event: end\ndata: 0\n\n".to_owned());
    };
    let headers = [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
    ];
    (headers, ByteStream(events))
}

/// The squares of all numbers below one, a line of JSON each: of any length, in little memory.
#[povery::route(GET, "/squares?<below>")]
async fn squares(
    below: u32,
) -> (
    Headers<1>,
    ByteStream<impl Stream<Item = Result<String, Infallible>>>,
) {
    let lines = stream! {
        for number in 0..u64::from(below) {
            yield Ok(format!("{}\n", json!({"number": number, "square": number * number})));
        }
    };
    (
        [("content-type", "application/x-ndjson")],
        ByteStream(lines),
    )
}

fn app() -> App {
    App::new()
        .routes(povery::routes![countdown, squares])
        .compression()
        .invoke_mode(InvokeMode::ResponseStream)
}

fn main() -> povery::Exit {
    app().run()
}

#[cfg(test)]
mod tests {
    use povery::test::TestClient;
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_second_lies_between_two_events() {
        let client = TestClient::new(app());
        let start = Instant::now();
        let mut answer = client.get("/countdown/2").send_stream().await;
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        for (seconds, event) in [
            (0, "data: 2\n\n"),
            (1, "data: 1\n\n"),
            (2, "event: end\ndata: 0\n\n"),
        ] {
            assert_eq!(answer.next().await.unwrap().unwrap(), event);
            assert_eq!(start.elapsed().as_secs(), seconds);
        }
        assert!(answer.next().await.is_none());
        let refused = client.get("/countdown/61").send().await;
        assert_eq!(refused.error().code, "VALIDATION_FAILED");
    }

    #[tokio::test]
    async fn a_line_is_a_chunk() {
        let answer = TestClient::new(app()).get("/squares?below=3").send().await;
        let lines: Vec<_> = answer.chunks().iter().map(|line| line.len()).collect();
        assert_eq!(lines, [24, 24, 24]);
        assert!(answer.text().ends_with("{\"number\":2,\"square\":4}\n"));
    }
}
