use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::json;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Plan {
    Free,
    Paid,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Id(u64);

#[derive(Debug, PartialEq, Deserialize)]
struct Profile {
    sub: String,
    #[serde(rename = "cognito:groups", default)]
    groups: Vec<String>,
    exp: u64,
    balance: f64,
    email_verified: bool,
    plan: Plan,
    account: Option<Id>,
    nickname: Option<String>,
}

fn read_as<T: DeserializeOwned>(claims: Value, lists: Lists) -> Result<T, String> {
    let Value::Object(claims) = claims else {
        panic!("claims are an object")
    };
    let identity = crate::auth::Identity {
        claims,
        lists,
        ..Default::default()
    };
    read(&identity.into()).map_err(|error| format!("{error:?}"))
}

#[test]
fn texts_are_read_as_what_they_were() {
    let profile = || Profile {
        sub: "7".to_owned(),
        groups: vec!["A".to_owned(), "B".to_owned()],
        exp: 1_700_000_000,
        balance: -0.5,
        email_verified: true,
        plan: Plan::Paid,
        account: Some(Id(9)),
        nickname: None,
    };
    let texts = |groups: &str| {
        json!({
            "sub": "7", "cognito:groups": groups, "exp": "1700000000", "balance": "-0.5", "email_verified": "true",
            "plan": "paid", "account": "9", "iss": "https://issuer.example"
        })
    };
    assert_eq!(read_as(texts("A,B"), Lists::Commas), Ok(profile()));
    assert_eq!(read_as(texts("[A B]"), Lists::Brackets), Ok(profile()));
    let typed = json!({
        "sub": "7", "cognito:groups": ["A", "B"], "exp": 1_700_000_000, "balance": -0.5, "email_verified": true,
        "plan": "paid", "account": 9, "nickname": null
    });
    assert_eq!(read_as(typed, Lists::Json), Ok(profile()));
    let all: BTreeMap<String, Value> = read_as(json!({"a": "1", "b": [1]}), Lists::Commas).unwrap();
    assert_eq!(all["a"], json!("1"), "what may be a text stays one");
    let numbers: BTreeMap<String, Vec<u8>> = read_as(json!({"a": "1,2"}), Lists::Commas).unwrap();
    assert_eq!(numbers["a"], [1, 2]);
    let audience: BTreeMap<String, Vec<String>> =
        read_as(json!({"aud": "a b"}), Lists::Json).unwrap();
    assert_eq!(audience["aud"], ["a b"]);
}

#[test]
fn what_does_not_fit_is_told_by_its_place_alone() {
    let claims = json!({
        "sub": "s3cret", "exp": "s3cret", "balance": "1", "email_verified": "true", "plan": "free"
    });
    let error = read_as::<Profile>(claims, Lists::Commas).unwrap_err();
    assert!(
        error.contains("at `exp`") && error.contains("500"),
        "{error}"
    );
    let missing = read_as::<Profile>(json!({"sub": "s3cret"}), Lists::Json).unwrap_err();
    let plan =
        json!({"sub": "s3cret", "exp": 1, "balance": 1, "email_verified": true, "plan": "s3cret"});
    let plan = read_as::<Profile>(plan, Lists::Json).unwrap_err();
    let nested = json!({"a": {"b": ["s3cret"]}});
    let nested =
        read_as::<BTreeMap<String, BTreeMap<String, Vec<u8>>>>(nested, Lists::Json).unwrap_err();
    for text in [error, missing, plan, nested] {
        assert!(!text.contains("s3cret"), "{text}");
    }
}
