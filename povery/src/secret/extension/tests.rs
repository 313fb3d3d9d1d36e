use secrecy::ExposeSecret;
use serde_json::json;

use super::super::fake::{Fake, Log, Step};
use super::*;

const CANARY: &str = "canary-Pa55";

fn of(fake: &Fake) -> Extension {
    Extension::new(fake.port, "t0ken".to_owned())
}

#[tokio::test]
async fn the_secret_is_had_for_the_token() {
    let value = json!({"SecretString": CANARY, "VersionId": "v1", "VersionStages": ["AWSCURRENT"]});
    for (fresh, query) in [
        (false, "secretId=app%2Fd%26b&versionStage=AWSCURRENT"),
        (
            true,
            "secretId=app%2Fd%26b&versionStage=AWSCURRENT&refreshNow=true",
        ),
    ] {
        let fake = Fake::start([Step::Answer(200, value.to_string())]).await;
        let log = Log::of_everything();
        let answer = of(&fake).fetch("app/d&b", fresh).await.unwrap();
        log.has_none_of(&[CANARY, "t0ken"]);
        assert_eq!(answer.text.expose_secret(), CANARY);
        assert_eq!(answer.version.as_deref(), Some("v1"));
        let request = &fake.seen()[0].text;
        assert!(
            request.starts_with(&format!("GET /secretsmanager/get?{query} HTTP/1.1\r\n")),
            "{request}"
        );
        assert!(
            request.contains("x-aws-parameters-secrets-token: t0ken\r\n"),
            "{request}"
        );
        let host = format!("host: localhost:{}\r\n", fake.port);
        assert!(request.contains(&host), "{request}");
    }
}

#[tokio::test]
async fn a_failure_is_one_line_without_what_was_answered() {
    let large = format!("{{\"SecretString\":\"{}\"}}", CANARY.repeat(60_000));
    let cases = [
        (
            Step::Answer(400, "not ready to serve traffic, please wait".to_owned()),
            "it answers 400 Bad Request",
        ),
        (
            Step::Answer(200, json!({"SecretBinary": CANARY}).to_string()),
            BINARY,
        ),
        (
            Step::Answer(200, CANARY.to_owned()),
            "its answer is none of GetSecretValue",
        ),
        (Step::Answer(200, large), "its answer cannot be read"),
        (Step::Cut, "it cannot be reached"),
    ];
    for (step, expected) in cases {
        let fake = Fake::start([step]).await;
        let error = of(&fake).fetch("app/db", false).await.err();
        assert_eq!(error.as_deref(), Some(expected));
    }
    let nowhere = Extension::new(1, "t0ken".to_owned());
    let error = nowhere.fetch("app/db", false).await.err();
    assert_eq!(error.as_deref(), Some("it cannot be reached"));
    let odd = Extension::new(1, "t0\nken".to_owned());
    let error = odd.fetch("app/db", false).await.err();
    assert_eq!(error.as_deref(), Some("its token cannot stand in a header"));
}
