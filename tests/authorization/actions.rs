//! Who may call an action that asks for roles.

use povery_tests::function::RuntimeHost;
use serde_json::{Value, json};

use super::issuer::Issuer;
use super::probe;

/// What the action `administer` says to this `authorization` in the client context, or its error.
async fn administer(host: &RuntimeHost, authorization: Option<Value>) -> Result<Value, String> {
    let context = authorization.map(|value| json!({"custom": {"authorization": value}}));
    host.api()
        .set_client_context(context.map(|context| context.to_string()));
    let answer = host.invoke(json!({"action": "administer"})).await;
    answer.map_err(|error| error.error_type)
}

fn bearer(token: &str) -> Option<Value> {
    Some(format!("Bearer {token}").into())
}

#[tokio::test]
async fn an_action_asks_the_token_of_the_client_context() {
    let issuer = Issuer::start().await;
    let function = probe().env("JWT_ISSUER", &issuer.url);
    let host = RuntimeHost::start(function.env("JWT_AUDIENCE", "api")).await;
    let refused = |kind: &str| Err(kind.to_owned());

    assert_eq!(administer(&host, None).await, refused("UNAUTHENTICATED"));
    let administrator = issuer.token(&["EDITOR", "ADMIN"]);
    let admitted = administer(&host, bearer(&administrator)).await;
    assert_eq!(admitted, Ok(json!("u-1 administers")));
    let editor = issuer.token(&["EDITOR"]);
    assert_eq!(
        administer(&host, bearer(&editor)).await,
        refused("FORBIDDEN")
    );
    for (what, token) in issuer.forgeries() {
        let answer = administer(&host, bearer(&token)).await;
        assert_eq!(answer, refused("UNAUTHENTICATED"), "{what}");
    }
    for given in [
        json!(""),
        json!(administrator),
        json!("Basic dTpw"),
        json!("Bearer"),
        json!("Bearer a\nb"),
    ] {
        let answer = administer(&host, Some(given.clone())).await;
        assert_eq!(answer, refused("UNAUTHENTICATED"), "{given}");
    }
    // Nobody is remembered.
    assert_eq!(administer(&host, None).await, refused("UNAUTHENTICATED"));
    assert!(!host.log().contains(&administrator), "{}", host.log());
}
