use std::time::Instant;

use secrecy::ExposeSecret;
use serde_json::json;

use super::super::fake::{Fake, Step};
use super::*;

fn version(id: &str) -> Step {
    let value = json!({"SecretString": format!("text of {id}"), "VersionId": id});
    Step::Answer(200, value.to_string())
}

async fn given(secret: &SecretsManager, fake: &Fake, want: Want) -> Option<String> {
    let extension = Extension::new(fake.port, "t0ken".to_owned());
    let text = secret.ask_extension(&extension, want).await;
    text.map(|text| text.expose_secret().to_owned())
}

#[tokio::test]
async fn a_refused_version_is_not_taken_from_the_extension_again() {
    let fake = Fake::start([version("v1"), version("v1"), version("v1"), version("v2")]).await;
    let secret = SecretsManager::new("app/db".to_owned());
    for (want, expected) in [
        (Want::Kept, Some("text of v1")),
        (Want::Kept, Some("text of v1")),
        // It has passed over the request to refresh: the SDK is asked.
        (Want::Current, None),
        (Want::Current, Some("text of v2")),
    ] {
        assert_eq!(given(&secret, &fake, want).await.as_deref(), expected);
    }
    let refreshed = fake.seen();
    let refreshed = refreshed
        .iter()
        .map(|seen| seen.text.contains("refreshNow=true"));
    assert_eq!(refreshed.collect::<Vec<_>>(), [false, false, true, true]);
}

#[tokio::test]
async fn an_extension_that_is_not_ready_or_hangs_leaves_time_for_the_sdk() {
    let not_ready = Step::Answer(400, "not ready to serve traffic, please wait".to_owned());
    for step in [not_ready, Step::Hang, Step::Cut] {
        let fake = Fake::start([step]).await;
        let secret = SecretsManager::new("app/db".to_owned());
        let start = Instant::now();
        assert_eq!(given(&secret, &fake, Want::Kept).await, None);
        assert!(start.elapsed() < Duration::from_millis(900));
    }
}
