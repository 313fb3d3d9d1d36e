//! What a key stands for, and what is none.

use povery::IdempotencyOptions;
use serde_json::json;

use crate::shop::{Manner, Shop, an_order, error, same};

#[tokio::test]
async fn the_same_request_has_the_same_answer_and_one_effect() {
    let shop = Shop::open().await;
    let first = shop.order("k-1", "pen").await;
    assert_eq!((first.status().as_u16(), shop.calls.so_far()), (201, 1));
    assert_eq!(first.header("x-call"), Some("seen"));
    assert_eq!(first.header("location"), Some("/orders/1"));
    for key in ["k-1", "\"k-1\""] {
        same(&first, &shop.order(key, "pen").await);
    }
    assert_eq!(
        (shop.calls.so_far(), shop.effects().await),
        (1, vec!["pen".to_owned()])
    );
    let other = shop.order("k-2", "pen").await;
    assert_eq!((other.status().as_u16(), other.json::<i64>()), (201, 2));
    assert_eq!((shop.calls.so_far(), shop.records().await), (2, 2));
}

#[tokio::test]
async fn another_request_with_the_key_is_refused() {
    let shop = Shop::open().await;
    shop.order("k", "pen").await;
    let reused = (422, "IDEMPOTENCY_KEY_REUSED".to_owned());
    assert_eq!(error(&shop.order("k", "ink").await), reused);
    let text = shop
        .post("/orders", "k")
        .header("content-type", "application/json; charset=utf-8");
    assert_eq!(error(&text.json(&an_order("pen")).send().await), reused);

    let first = shop.post("/accounts/1/transfers?cents=5", "k").send().await;
    assert_eq!(first.status(), 200, "a key is of one route");
    same(
        &first,
        &shop.post("/accounts/1/transfers?cents=5", "k").send().await,
    );
    for other in [
        "/accounts/2/transfers?cents=5",
        "/accounts/1/transfers?cents=6",
    ] {
        assert_eq!(
            error(&shop.post(other, "k").send().await),
            reused,
            "{other}"
        );
    }
    assert_eq!(shop.effects().await, ["pen", "1 5"]);
}

#[tokio::test]
async fn a_key_is_of_one_caller() {
    let shop = Shop::with(Manner {
        has_authorizer: true,
        ..Manner::default()
    })
    .await;
    let order = |user: &str, issuer: Option<&str>| {
        let request = shop.post("/orders", "k").json(&an_order("pen"));
        let request = match issuer {
            Some(issuer) => request.claims(json!({ "iss": issuer })),
            None => request,
        };
        request.user(user, Vec::<String>::new()).send()
    };
    let ada = order("ada", None).await;
    let bob = order("bob", None).await;
    let elsewhere = order("ada", Some("https://other")).await;
    let numbers = [&ada, &bob, &elsewhere].map(|answer| answer.json::<i64>());
    assert_eq!(numbers, [1, 2, 3]);
    same(&ada, &order("ada", None).await);
    same(&bob, &order("bob", None).await);
    same(&elsewhere, &order("ada", Some("https://other")).await);
    let nobody = shop
        .post("/orders", "k")
        .json(&an_order("pen"))
        .send()
        .await;
    assert_eq!(
        nobody.status(),
        401,
        "a replay is for those alone who may call"
    );
    assert_eq!(shop.effects().await.len(), 3);
}

#[tokio::test]
async fn a_key_is_of_one_application() {
    let shop = Shop::open().await;
    let first = shop.order("k", "pen").await;
    let named = |name: &'static str| {
        let options = IdempotencyOptions::new().app(name);
        povery::test::TestClient::new(shop.app.clone().idempotency(options))
    };
    let order = |client: povery::test::TestClient| async move {
        let request = client.post("/orders").header("idempotency-key", "k");
        request.json(&an_order("pen")).send().await
    };
    assert_eq!(order(named("other")).await.json::<i64>(), 2);
    // Unless it says otherwise it has the name of the routes' crate.
    same(&first, &order(named("idempotency")).await);
}

#[tokio::test]
async fn what_is_no_key_is_told_with_all_other_faults() {
    let shop = Shop::open().await;
    let fault = |constraint: &str, message: &str| json!({"property": "Idempotency-Key", "in": "header", "constraints": {constraint: message}});
    let limit =
        json!({"property": "limit", "in": "query", "constraints": {"range": "must be at most 9"}});
    let required = fault("required", "is required");
    let format = fault("format", "must be 1 to 255 visible characters of ASCII");
    let single = fault("single", "is given more than once");
    for (keys, fault) in [
        (&[][..], required),
        (&["a b"], format),
        (&["a", "a"], single),
    ] {
        let with_keys = |path: &str| {
            let request = shop.client.post(path);
            keys.iter().fold(request, |request, key| {
                request.header("idempotency-key", key)
            })
        };
        let answer = with_keys("/only-keyed").send().await;
        assert_eq!(error(&answer), (400, "VALIDATION_FAILED".to_owned()));
        assert_eq!(answer.error().data, Some(json!([fault])));
        let answer = with_keys("/only-keyed?limit=10").send().await;
        assert_eq!(answer.error().data, Some(json!([limit, fault])));
    }
    assert!(shop.effects().await.is_empty());
}

#[tokio::test]
async fn a_refused_request_has_no_record() {
    let shop = Shop::open().await;
    let faulty = shop.order("k", "").await;
    assert_eq!((faulty.status().as_u16(), shop.records().await), (400, 0));
    let mended = shop.order("k", "pen").await;
    assert_eq!((mended.status().as_u16(), shop.records().await), (201, 1));
}

#[tokio::test]
async fn without_a_key_every_request_counts() {
    let shop = Shop::open().await;
    for number in 1..=2 {
        let answer = shop
            .client
            .post("/orders")
            .json(&an_order("pen"))
            .send()
            .await;
        assert_eq!(
            (answer.status().as_u16(), answer.json::<i64>()),
            (201, number)
        );
    }
    assert_eq!(shop.records().await, 0);
}
