//! A process for the tests of secrets: of the secret in its first argument it prints what `Debug` shows of the
//! credentials that each further argument wants: `kept`, `current`, `pending`. Between `wait` and the next it
//! waits longer than a fetch keeps others from being made.

use std::time::Duration;

use povery::{CredentialSource, Secret, Want};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let secret = Secret::from_secrets_manager(arguments.next().expect("the name of a secret"));
    for argument in arguments {
        let want = match argument.as_str() {
            "kept" => Want::Kept,
            "current" => Want::Current,
            "pending" => Want::Pending,
            "wait" => {
                tokio::time::sleep(Duration::from_millis(1_100)).await;
                continue;
            }
            other => panic!("unknown: {other}"),
        };
        match secret.credentials(want).await {
            Ok(credentials) => println!("{argument}: {credentials:?}"),
            Err(error) => println!("{argument}: {error}"),
        }
    }
}
