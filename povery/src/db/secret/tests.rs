use std::sync::Mutex;

use super::super::credentials::Tls;
use super::*;
use crate::secret::SecretFuture;

const CANARY: &str = "canary-Pa55";

/// Has a current text, and one that is pending.
struct Store {
    current: Mutex<&'static str>,
    pending: Option<&'static str>,
}

impl SecretSource for Store {
    fn name(&self) -> &str {
        "store:shop"
    }

    fn fetch(&self, want: Want) -> SecretFuture<'_> {
        let text = match want {
            Want::Pending => self.pending,
            _ => Some(*self.current.lock().unwrap()),
        };
        let text = text.map(|text| text.replace("PW", CANARY).into());
        Box::pin(async move { Ok(text) })
    }
}

fn secret(current: &'static str, pending: Option<&'static str>) -> Secret {
    Secret::new(Store {
        current: Mutex::new(current),
        pending,
    })
}

async fn address(secret: &Secret, want: Want) -> Result<String, String> {
    let credentials = secret.credentials(want).await;
    credentials
        .map(|credentials| credentials.address())
        .map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_login_is_completed_by_the_program_and_not_against_the_secret() {
    let login = r#"{"username":"app","password":"PW"}"#;
    let complete = secret(login, None)
        .with_host("db.example")
        .with_port(6000)
        .with_database("shop")
        .with_ca("ca.pem");
    let credentials = complete.credentials(Want::Kept).await.unwrap();
    assert_eq!(credentials.address(), "app@db.example:6000/shop");
    let ca = Some("ca.pem".into());
    assert_eq!(credentials.tls(), Ok(Tls::Verified { ca }));
    for debug in [format!("{complete:?}"), format!("{credentials:?}")] {
        assert!(!debug.contains(CANARY), "{debug}");
    }
    let whole = r#"{"host":"h","port":1,"user":"u","password":"PW","database":"d"}"#;
    let whole = secret(whole, None)
        .with_host("x")
        .with_port(2)
        .with_database("y");
    assert_eq!(address(&whole, Want::Kept).await, Ok("u@h:1/d".to_owned()));
}

#[tokio::test]
async fn what_is_wrong_is_told_by_the_name_of_the_secret() {
    for (text, expected) in [
        ("", "it is empty"),
        ("PW", "it is not a JSON object"),
        (
            r#"{"user":"PW","password":"PW"}"#,
            "the field `host` is missing",
        ),
    ] {
        let told = address(&secret(text, None), Want::Kept).await;
        assert_eq!(told, Err(format!("secret `store:shop`: {expected}")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotation_with_alternating_users_is_followed() {
    let one = r#"{"host":"h","user":"one","password":"PW","database":"d"}"#;
    let two = r#"{"host":"h","user":"two","password":"PW","database":"d"}"#;
    let secret = secret(one, Some(two));
    let (one, two) = (Ok("one@h:5432/d".to_owned()), Ok("two@h:5432/d".to_owned()));
    assert_eq!(address(&secret, Want::Kept).await, one);
    assert_eq!(address(&secret, Want::Pending).await, two);
    assert_eq!(address(&secret, Want::Kept).await, two);
    secret.forget().await;
    assert_eq!(address(&secret, Want::Kept).await, one);
}
