//! The wiring of `examples/auth` under `cargo lambda watch`, with real tokens.

use bytes::Bytes;
use http::{HeaderMap, Method};
use povery_tests::home::{Answer, Home};
use povery_tests::http_home::HttpHome;
use povery_tests::watch::{Watch, Watched};
use povery_tests::workspace;

use super::issuer::Issuer;

async fn watch(environment: &[(&str, &str)]) -> Watch {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Watch::start(Watched {
        directory: workspace::root(),
        package: "auth".into(),
        target_dir: workspace::target_dir(),
        environment: environment.iter().map(owned).collect(),
    })
    .await
}

async fn get(home: &HttpHome, path: &str, token: Option<&str>) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().expect("a value");
        headers.insert("authorization", value);
    }
    home.send(Method::GET, path, headers, Bytes::new()).await
}

#[tokio::test]
async fn tokens_are_verified_under_cargo_lambda_watch() {
    let issuer = Issuer::start().await;
    let variables = [("JWT_ISSUER", &*issuer.url), ("JWT_AUDIENCE", "api")];
    let running = watch(&variables).await;
    let home = running.home();
    assert_eq!(get(&home, "/", None).await.status, 200);
    assert_eq!(get(&home, "/profile", None).await.status, 401);
    let editor = issuer.token(&["EDITOR"]);
    assert_eq!(get(&home, "/profile", Some(&editor)).await.status, 200);
    assert_eq!(get(&home, "/admin", Some(&editor)).await.status, 403);
    let administrator = issuer.token(&["ADMIN"]);
    let admitted = get(&home, "/admin", Some(&administrator)).await;
    assert_eq!(
        (admitted.status, &*admitted.body),
        (200, &b"u-1 administers"[..])
    );
    for (what, token) in issuer.forgeries() {
        assert_eq!(
            get(&home, "/admin", Some(&token)).await.status,
            401,
            "{what}"
        );
    }
    drop(running);

    // The gateway's authorizer: nobody has an identity in a local run, unless tokens are believed as they are.
    let unsigned = "e30.eyJzdWIiOiJ1LTEiLCJjb2duaXRvOmdyb3VwcyI6WyJBRE1JTiJdfQ.";
    let running = watch(&[]).await;
    assert_eq!(
        get(&running.home(), "/admin", Some(unsigned)).await.status,
        401
    );
    assert!(
        running.log().contains("POVERY_UNVERIFIED_CLAIMS=1"),
        "{}",
        running.log()
    );
    drop(running);
    let running = watch(&[("POVERY_UNVERIFIED_CLAIMS", "1")]).await;
    assert!(
        running.log().contains("every bearer token are believed"),
        "{}",
        running.log()
    );
    let admitted = get(&running.home(), "/admin", Some(unsigned)).await;
    assert_eq!(
        (admitted.status, &*admitted.body),
        (200, &b"u-1 administers"[..])
    );
    assert_eq!(get(&running.home(), "/admin", None).await.status, 401);
    assert_eq!(
        get(&running.home(), "/admin", Some("e30")).await.status,
        401
    );
}
