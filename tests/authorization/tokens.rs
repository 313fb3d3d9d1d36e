//! A function that verifies tokens itself.

use std::time::Duration;

use povery_tests::function::{Function, RuntimeHost};

use super::issuer::{By, Issuer, header};
use super::{get, probe};

fn function(issuer: &str) -> Function {
    probe().env("JWT_ISSUER", issuer).env("JWT_AUDIENCE", "api")
}

async fn get_with(host: &RuntimeHost, path: &str, token: &str) -> (u16, Option<String>) {
    let answer = get(host, path, Some(&format!("Bearer {token}"))).await;
    let challenge = answer.header("www-authenticate").map(str::to_owned);
    (answer.status, challenge)
}

fn challenged(error: &str) -> (u16, Option<String>) {
    (401, Some(format!("Bearer{error}")))
}

const INVALID: &str = r#" error="invalid_token""#;

#[tokio::test]
async fn tokens_of_the_issuer_are_believed_and_no_others() {
    let issuer = Issuer::start().await;
    let host = RuntimeHost::start(function(&issuer.url)).await;
    let administrator = issuer.token(&["EDITOR", "ADMIN"]);
    let editor = issuer.token(&["EDITOR"]);
    assert_eq!(get_with(&host, "/admin", &administrator).await, (200, None));
    assert_eq!(get_with(&host, "/admin", &editor).await, (403, None));
    assert_eq!(get_with(&host, "/profile", &editor).await, (200, None));
    assert_eq!(get(&host, "/", None).await.status, 200);
    let nobody = get(&host, "/admin", None).await;
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, Some("Bearer"))
    );
    for (what, token) in issuer.forgeries() {
        for path in ["/admin", "/profile", "/"] {
            let refused = get_with(&host, path, &token).await;
            assert_eq!(refused, challenged(INVALID), "{what} {path}");
        }
    }
    for value in [
        "Basic dTpw",
        &administrator,
        &format!("Token {administrator}"),
    ] {
        let answer = get(&host, "/admin", Some(value)).await;
        assert_eq!(answer.status, 401, "{value}");
    }
    let twice = get(
        &host,
        "/admin",
        Some(&format!("Bearer {administrator},Bearer {administrator}")),
    )
    .await;
    assert_eq!(twice.status, 401);
    // Fetched before the first invocation, kept since, and not for every id that somebody invents.
    assert_eq!(issuer.asked(), 1);
    let log = host.log();
    assert!(
        !log.contains(&administrator) && !log.contains("panicked"),
        "{log}"
    );
}

#[tokio::test]
async fn a_token_of_another_kind_is_refused_where_the_kind_is_said() {
    let issuer = Issuer::start().await;
    let host = RuntimeHost::start(function(&issuer.url).env("JWT_TOKEN_USE", "access")).await;
    for (kind, status) in [(Some("access"), 200), (Some("id"), 401), (None, 401)] {
        let mut claims = issuer.claims(&["ADMIN"]);
        claims["token_use"] = kind.into();
        let token = issuer.sign(By::Published, &header(), &claims);
        let (answered, _) = get_with(&host, "/admin", &token).await;
        assert_eq!(answered, status, "{kind:?}");
    }
}

#[tokio::test]
async fn keys_come_over_https_that_is_verified() {
    let (issuer, certificate) = Issuer::start_tls().await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), certificate).expect("a file");
    let trusting = function(&issuer.url).env("SSL_CERT_FILE", file.path());
    let host = RuntimeHost::start(trusting).await;
    let token = issuer.token(&["ADMIN"]);
    assert_eq!(get_with(&host, "/admin", &token).await, (200, None));
    assert_eq!(issuer.asked(), 1);
    let host = RuntimeHost::start(function(&issuer.url)).await;
    assert_eq!(get_with(&host, "/admin", &token).await.0, 503);
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test]
async fn without_keys_it_starts_and_answers_503_until_there_are_some() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("an address");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    let host = RuntimeHost::start(function(&format!("http://{address}"))).await;
    let answer = get(
        &host,
        "/admin",
        Some("Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6Im9uZSJ9.e30.AA"),
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (503, Some("1"))
    );
    assert_eq!(
        get(&host, "/", None).await.status,
        200,
        "who says nothing needs no keys"
    );
    let issuer = Issuer::start_at(address).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let token = issuer.token(&["ADMIN"]);
    assert_eq!(get_with(&host, "/admin", &token).await, (200, None));
}

/// On Lambda nothing makes it believe what nobody has verified.
#[tokio::test]
async fn the_flag_of_local_runs_has_no_effect_on_lambda() {
    let issuer = Issuer::start().await;
    for function in [function(&issuer.url), probe()] {
        let host = RuntimeHost::start(function.env("POVERY_UNVERIFIED_CLAIMS", "1")).await;
        let unsigned = "e30.eyJzdWIiOiJ1LTEiLCJjb2duaXRvOmdyb3VwcyI6WyJBRE1JTiJdfQ.";
        assert_eq!(get_with(&host, "/admin", unsigned).await.0, 401);
        let told = "has no effect here";
        host.process()
            .wait_for_line(told, Duration::from_secs(30))
            .await;
    }
}
