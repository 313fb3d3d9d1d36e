//! What a function says of its secret: as it is kept, without asking for it.

use std::time::Duration;

use http::Method;
use povery_tests::fake_secrets::Manner;
use serde_json::{Value, json};

use crate::bench::{Answered, Bench, SOON};
use crate::canary::PASSWORD;
use crate::database::Database;

/// The time for which an answer is given again.
const PAUSE: Duration = Duration::from_millis(1_050);

async fn health(bench: &Bench) -> Answered {
    bench.asked(Method::GET, "/health").await
}

/// What is said of the secret, and whether its age is.
fn secret(answer: &Answered) -> (Value, bool) {
    let secret = &answer.body["secrets"]["main"];
    (secret["status"].clone(), secret["ageSeconds"].is_u64())
}

#[tokio::test]
async fn a_secret_is_fresh_until_it_cannot_be_had_again() {
    let bench = Bench::with_secret(Database::shared().await, |function| function).await;
    bench.ok("/one", SOON).await;
    let asked = bench.secrets().asked();
    let answer = health(&bench).await;
    answer.is(200, SOON);
    assert_eq!(answer.body["databases"]["main"]["status"], "up");
    assert_eq!(secret(&answer), (json!("fresh"), true));
    assert_eq!(bench.secrets().asked(), asked, "nothing was fetched");

    // The login is refused, and the one that is current now cannot be had.
    bench.secrets().set(Manner::Failing);
    bench.database.set_password(&format!("{PASSWORD}1")).await;
    tokio::time::sleep(PAUSE).await;
    let answer = health(&bench).await;
    answer.is(503, SOON);
    assert_eq!(answer.body["databases"]["main"], json!({"status": "down"}));
    assert_eq!(secret(&answer), (json!("stale"), true));

    bench.secrets().set(Manner::Well);
    let text = bench.database.secret(
        bench.proxy.port(),
        &bench.database.role,
        &format!("{PASSWORD}1"),
    );
    bench.secrets().put(text);
    tokio::time::sleep(PAUSE).await;
    let answer = health(&bench).await;
    answer.is(200, SOON);
    assert_eq!(secret(&answer), (json!("fresh"), true));
}

#[tokio::test]
async fn a_secret_that_was_never_had_is_absent() {
    let spoil = |secrets: &povery_tests::fake_secrets::FakeSecrets| secrets.set(Manner::Hanging);
    let bench = Bench::cold(Database::shared().await, spoil).await;
    let answer = health(&bench).await;
    assert_eq!(answer.status, 503);
    assert_eq!(secret(&answer), (json!("absent"), false));
    let said = answer.body.to_string();
    for secret in [
        PASSWORD,
        &bench.database.role,
        "faults/database",
        "127.0.0.1",
    ] {
        assert!(!said.contains(secret), "{said}");
    }
}
