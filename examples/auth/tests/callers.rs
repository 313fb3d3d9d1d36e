//! The application without a network, as any of its callers sees it.

use povery::test::TestClient;
use serde_json::{Value, json};

fn client(variables: &'static [(&str, &str)]) -> TestClient {
    let variable = |name: &str| {
        let mut variables = variables.iter();
        let found = variables.find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    TestClient::new(auth::app(variable))
}

const ISSUER: &[(&str, &str)] = &[
    ("JWT_ISSUER", "https://issuer.example"),
    ("JWT_AUDIENCE", "api"),
];

#[tokio::test]
async fn everyone_any_user_and_administrators() {
    for client in [client(&[]), client(ISSUER)] {
        for (path, nobody, user, administrator) in [
            ("/", 200, 200, 200),
            ("/profile", 401, 200, 200),
            ("/admin", 401, 403, 200),
        ] {
            let request = || client.get(path);
            assert_eq!(request().send().await.status(), nobody, "{path}");
            assert_eq!(
                request().user("u-1", ["EDITOR"]).send().await.status(),
                user,
                "{path}"
            );
            let answer = request().user("u-2", ["EDITOR", "ADMIN"]).send().await;
            assert_eq!(answer.status(), administrator, "{path}");
        }
    }
}

#[tokio::test]
async fn a_profile_has_the_address_that_was_verified() {
    let client = client(&[("ROLE_CLAIM", "roles"), ("JWT_ISSUER", "")]);
    for (verified, email) in [("true", json!("ada@example.com")), ("false", Value::Null)] {
        let claims = json!({"email": "ada@example.com", "email_verified": verified});
        let answer = client
            .get("/profile")
            .claims(claims)
            .user("u-1", ["EDITOR"])
            .send()
            .await;
        let expected = json!({"id": "u-1", "roles": ["EDITOR"], "email": email});
        assert_eq!(answer.json::<Value>(), expected);
    }
}
