//! A function for the tests of spans. `PROBE` says what becomes of them: each is a line, `slow` is after a while, `fails` and
//! `stuck` is never. `own` is a program with a subscriber of its own.

use std::time::Duration;

use povery::Lifecycle;
use povery::opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use povery::opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, SpanData, SpanExporter,
};
use povery::prelude::*;

#[derive(Debug)]
struct Printed {
    manner: String,
}

impl SpanExporter for Printed {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        match &*self.manner {
            "slow" => std::thread::sleep(Duration::from_millis(300)),
            "fails" => return Err(OTelSdkError::InternalFailure("no collector".to_owned())),
            "stuck" => std::thread::sleep(Duration::from_hours(1)),
            _ => {}
        }
        for span in batch {
            println!("span {} {}", span.name, span.span_context.trace_id());
        }
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        println!("shut down");
        Ok(())
    }
}

#[povery::route(GET, "/work/<number>")]
async fn work(number: u32) -> String {
    println!("at work {number}");
    number.to_string()
}

fn main() -> povery::Exit {
    let manner = std::env::var("PROBE").unwrap_or_default();
    if manner == "own" {
        tracing_subscriber::fmt().init();
    }
    // By itself it sends nothing while a test runs.
    let batches = BatchConfigBuilder::default().with_scheduled_delay(Duration::from_hours(1));
    let processor = BatchSpanProcessor::builder(Printed { manner })
        .with_batch_config(batches.build())
        .build();
    let provider = SdkTracerProvider::builder()
        .with_span_processor(processor)
        .build();
    App::new()
        .routes(povery::routes![work])
        .opentelemetry(provider)
        // What no invocation sends.
        .on(Lifecycle::Shutdown, async || {
            drop(tracing::info_span!("the end"))
        })
        .run()
}
