use secrecy::ExposeSecret;

use super::*;

const CANARY: &str = "canary-T0ken";

fn after(made: Moment, running: u64, wall: i64) -> Moment {
    let shift = Duration::from_secs(wall.unsigned_abs());
    Moment {
        running: made.running + Duration::from_secs(running),
        wall: if wall < 0 {
            made.wall - shift
        } else {
            made.wall + shift
        },
    }
}

#[test]
fn a_token_is_used_for_ten_minutes_of_either_clock() {
    let made = Moment::now();
    for (running, wall, serves) in [
        (0, 0, true),
        (599, 599, true),
        (600, 600, false),
        // Frozen.
        (1, 600, false),
        // Set forward, set back.
        (600, 1, false),
        (1, -1, false),
    ] {
        let now = after(made, running, wall);
        assert_eq!(made.serves_at(now), serves, "{running} {wall}");
    }
}

/// A source with a token of this age, in a place without credentials for another one.
fn with_token(age: Duration) -> RdsIam {
    let now = Moment::now();
    let made = Moment {
        running: now.running - age,
        wall: now.wall - age,
    };
    let source = RdsIam::new("db.example", "app", "shop").with_port(6000);
    let text = CANARY.into();
    RdsIam {
        kept: Mutex::new(Some(Token { text, made })),
        ..source
    }
}

#[tokio::test]
async fn a_kept_token_is_the_password_of_an_encrypted_connection() {
    let source = with_token(Duration::from_secs(500));
    let credentials = source.credentials(Want::Kept).await.unwrap();
    assert_eq!(credentials.password.expose_secret(), CANARY);
    assert_eq!(credentials.address(), "app@db.example:6000/shop");
    assert_eq!(
        credentials.tls(),
        Ok(super::super::credentials::Tls::Verified { ca: None })
    );
    for debug in [format!("{credentials:?}"), format!("{source:?}")] {
        assert!(!debug.contains(CANARY), "{debug}");
    }
    let local = RdsIam::new("localhost", "app", "shop").with_ca("ca.pem");
    let tls = local.with_token("t".into()).tls();
    let ca = Some("ca.pem".into());
    assert_eq!(tls, Ok(super::super::credentials::Tls::Verified { ca }));
}

#[tokio::test]
async fn an_old_token_is_not_used_and_a_refused_one_neither() {
    for (age, want) in [(601, Want::Kept), (1, Want::Current), (1, Want::Pending)] {
        let source = with_token(Duration::from_secs(age));
        // Either there are credentials in the environment of the tests, and so another token, or none.
        match source.credentials(want).await {
            Ok(credentials) => assert_ne!(credentials.password.expose_secret(), CANARY),
            Err(error) => {
                let error = error.to_string();
                assert!(error.starts_with("RDS IAM token: AWS_"), "{error}");
            }
        }
    }
    let source = with_token(Duration::ZERO);
    source.forget().await;
    assert!(source.kept.lock().await.is_none());
}
