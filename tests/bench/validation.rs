//! What the validation of a body costs: `cargo bench -p povery-tests --bench validation`.
//!
//! A valid body is to cost what serde and `validate()` cost alone. Both are measured in one process,
//! in turns, and medians are compared. Ends with 1 where a ratio exceeds 1.10.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt;
use povery::__private::request;
use povery::{FromRequest, Json, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::{Validate, ValidationError};

/// How much more than serde and `validate()` a valid body may cost.
const MOST: f64 = 1.10;

/// Rounds of each kind, of which the medians are compared.
const ROUNDS: usize = 301;

/// How long a round takes, roughly.
const ROUND: Duration = Duration::from_millis(2);

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Small {
    #[validate(length(min = 2, max = 50))]
    name: String,
    #[validate(email)]
    email: String,
    id: Uuid,
    #[validate(range(min = 18))]
    age: u32,
    kind: Kind,
    note: Option<String>,
}

#[derive(Debug, Deserialize, Validate)]
struct Large {
    #[validate(nested)]
    items: Vec<Small>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Gift,
    Sale,
}

/// Twelve faults are made of it.
#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Order {
    #[validate(length(min = 2, max = 10))]
    customer_name: String,
    #[serde(rename = "mail")]
    #[validate(email)]
    email: String,
    order_id: Uuid,
    kind: Kind,
    #[validate(nested)]
    lines: Vec<Line>,
    #[serde(flatten)]
    #[validate(nested)]
    shipping: Shipping,
    payment: Payment,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Line {
    #[validate(range(min = 1))]
    count: u32,
    #[validate(custom(function = "odd"))]
    code: u8,
    #[serde(rename = "unit-price")]
    price: f64,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Shipping {
    #[serde(rename = "deliverOn")]
    date: chrono::NaiveDate,
    #[serde(rename = "post-code")]
    #[validate(length(equal = 5))]
    zip: String,
    floor: u8,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its shape matters")]
enum Payment {
    Card { number: String },
    Invoice { days: u16 },
}

fn odd(code: u8) -> Result<(), ValidationError> {
    if code % 2 == 1 {
        return Ok(());
    }
    Err(ValidationError::new("odd"))
}

fn small(index: usize) -> Value {
    json!({
        "name": format!("Ada {index}"), "email": "ada@example.com", "id": Uuid::nil(), "age": 36,
        "kind": "gift", "note": "A note of some length, as people write them.",
    })
}

fn faulty() -> Value {
    json!({
        "customerName": "x", "mail": "x", "orderId": "x", "kind": "x",
        "lines": [{"count": 0, "code": 2, "unit-price": 1}, {"count": "x", "code": 1}],
        "deliverOn": "x", "post-code": "1", "floor": 999,
        "payment": {"by": "invoice", "days": "x"},
    })
}

fn posted(body: &Value) -> Request {
    let parts = http::Request::post("/")
        .header("content-type", "application/json")
        .body(())
        .expect("a request")
        .into_parts()
        .0;
    request(parts, Bytes::from(body.to_string()))
}

fn extracted<T: DeserializeOwned + Validate + Send>(request: &Request) -> bool {
    let read = Json::<T>::from_request(request).now_or_never();
    black_box(read.expect("it waits for nothing")).is_ok()
}

fn plain<T: DeserializeOwned + Validate>(request: &Request) -> bool {
    let read = serde_json::from_slice::<T>(request.body());
    black_box(read).is_ok_and(|value| black_box(&value).validate().is_ok())
}

/// The time of one call, in nanoseconds.
fn timed(calls: u32, call: impl Fn() -> bool, expected: bool) -> f64 {
    let start = Instant::now();
    for _ in 0..calls {
        assert_eq!(call(), expected);
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

/// As many calls as fill a round.
fn calls(call: impl Fn() -> bool, expected: bool) -> u32 {
    let one = timed(5, &call, expected);
    let calls = ROUND.as_secs_f64() * 1e9 / one;
    // A round of a slow call is a call.
    calls.clamp(1.0, 1e6) as u32
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Prints a line; whether the ratio is small enough.
fn compare<T: DeserializeOwned + Validate + Send>(name: &str, body: &Value) -> bool {
    let request = posted(body);
    let calls = calls(|| plain::<T>(&request), true);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        theirs.push(timed(calls, || plain::<T>(&request), true));
        ours.push(timed(calls, || extracted::<T>(&request), true));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let ratio = ours / theirs;
    let bytes = request.body().len();
    println!("{name:<22} {bytes:>7} {theirs:>14.0} {ours:>14.0} {ratio:>7.3}");
    ratio <= MOST
}

fn failing<T: DeserializeOwned + Validate + Send>(name: &str, body: &Value) {
    let request = posted(body);
    let calls = calls(|| extracted::<T>(&request), false);
    let times = (0..ROUNDS / 3).map(|_| timed(calls, || extracted::<T>(&request), false));
    let (time, bytes) = (median(times.collect()), request.body().len());
    println!("{name:<22} {bytes:>7} {:>14} {time:>14.0}", "");
}

fn main() -> ExitCode {
    println!(
        "{:<22} {:>7} {:>14} {:>14} {:>7}",
        "body", "bytes", "serde+rules/ns", "Json<T>/ns", "ratio"
    );
    let items: Vec<Value> = (0..100).map(small).collect();
    let small = compare::<Small>("valid, 6 fields", &small(0));
    let large = compare::<Large>("valid, 100 items", &json!({ "items": items }));
    failing::<Order>("twelve faults", &faulty());
    let wrong = |index| {
        let mut item = self::small(index);
        item["age"] = json!("x");
        item
    };
    let items: Vec<Value> = (0..350).map(wrong).collect();
    failing::<Large>("faults in 350 items", &json!({ "items": items }));
    if small && large {
        ExitCode::SUCCESS
    } else {
        println!("a valid body costs more than {MOST} times what serde and its rules cost");
        ExitCode::FAILURE
    }
}
