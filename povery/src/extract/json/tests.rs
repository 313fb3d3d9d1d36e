use http::{StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;
use validator::ValidationError;

use super::*;
use crate::app::App;

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Order {
    #[validate(length(min = 2, max = 10))]
    customer_name: String,
    #[serde(rename = "mail")]
    #[validate(email)]
    email: String,
    order_id: Uuid,
    kind: Kind,
    #[validate(nested)]
    lines: Vec<Line>,
    #[serde(flatten)]
    #[validate(nested)]
    shipping: Shipping,
    payment: Payment,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Line {
    #[validate(range(min = 1))]
    count: u32,
    #[validate(custom(function = "odd", message = "must be odd"))]
    code: u8,
    #[serde(rename = "unit-price")]
    price: f64,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Shipping {
    #[serde(rename = "deliverOn")]
    date: chrono_like::Date,
    #[serde(rename = "post-code")]
    #[validate(length(equal = 5))]
    zip: String,
    floor: u8,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
#[expect(dead_code, reason = "only its shape matters")]
enum Payment {
    Card { number: String },
    Invoice { days: u16 },
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its shape matters")]
enum Kind {
    Gift,
    Sale { percent: u8 },
}

/// A date as chrono reads it, text of its own format.
mod chrono_like {
    use serde::{Deserialize, Deserializer, de::Error};

    #[derive(Debug)]
    pub(super) struct Date;

    impl<'de> Deserialize<'de> for Date {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let parts: Vec<&str> = text.split('-').collect();
            match parts.as_slice() {
                [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() == 2 => {
                    Ok(Self)
                }
                _ if text.is_empty() => Err(D::Error::custom("premature end of input")),
                _ => Err(D::Error::custom("input contains invalid characters")),
            }
        }
    }
}

fn odd(code: u8) -> Result<(), ValidationError> {
    if code % 2 == 1 {
        return Ok(());
    }
    Err(ValidationError::new("odd"))
}

#[povery_macros::route(POST, "/orders", crate = crate)]
async fn orders(order: Json<Order>) -> &'static str {
    assert!(!format!("{order:?}").is_empty());
    "taken"
}

#[povery_macros::route(POST, "/loose", crate = crate)]
async fn loose(loose: Unvalidated<Json<Loose>>) -> &'static str {
    assert!(!format!("{loose:?}").is_empty());
    "taken"
}

/// Has no rules, and so is no `Validate`.
#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Loose {
    name: String,
    count: u32,
}

async fn post(path: &str, content_type: &str, body: &str) -> (StatusCode, Value) {
    let request = http::Request::post(path)
        .header(header::CONTENT_TYPE, content_type)
        .body(Full::new(bytes::Bytes::copy_from_slice(body.as_bytes())))
        .unwrap();
    let app = App::new().routes(crate::routes![orders, loose]);
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (
        parts.status,
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

fn sound() -> Value {
    json!({
        "customerName": "Ada", "mail": "ada@example.com", "orderId": Uuid::nil(), "kind": "gift",
        "lines": [{"count": 1, "code": 1, "unit-price": 1}],
        "deliverOn": "2030-01-01", "post-code": "12345", "floor": 1,
        "payment": {"by": "card", "number": "1"},
    })
}

#[tokio::test]
async fn twelve_faults_at_once() {
    let body = json!({
        "customerName": "x",                      // rule, renamed by rename_all
        "mail": "secret",                         // rule, renamed
        "orderId": "secret",                      // format
        "kind": "secret",                         // enum
        "lines": [
            {"count": 0, "code": 2, "unit-price": 1}, // rule; custom rule, both in an array
            {"count": "secret", "code": 1},           // type; missing, both in an array
        ],
        "deliverOn": "secret",                    // date, flattened and renamed
        "post-code": "1",                         // rule, flattened and renamed
        "floor": 999,                             // type, flattened
        "payment": {"by": "invoice", "days": "secret"}, // type, internally tagged
    });
    let (status, answer) = post("/orders", "application/json", &body.to_string()).await;
    assert_eq!(
        (status.as_u16(), &answer["errorCode"]),
        (400, &json!("VALIDATION_FAILED"))
    );
    let told = answer["errorData"].as_array().unwrap();
    let mut found: Vec<(&str, &str)> = told
        .iter()
        .map(|fault| {
            assert_eq!(fault["in"], "body");
            let constraints = fault["constraints"].as_object().unwrap();
            assert_eq!(constraints.len(), 1, "{fault}");
            let constraint = constraints.keys().next().unwrap();
            (fault["property"].as_str().unwrap(), constraint.as_str())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(
        found,
        [
            ("customerName", "length"),
            ("deliverOn", "format"),
            ("floor", "type"),
            ("kind", "enum"),
            ("lines[0].code", "odd"),
            ("lines[0].count", "range"),
            ("lines[1].count", "type"),
            ("lines[1].unit-price", "required"),
            ("mail", "email"),
            ("orderId", "type"),
            ("payment.days", "type"),
            ("post-code", "length"),
        ]
    );
    assert!(answer.to_string().contains("must be odd"));
    assert!(!answer.to_string().contains("secret"), "{answer}");
}

#[tokio::test]
async fn a_sound_body_is_taken() {
    let (status, answer) = post("/orders", "application/json", &sound().to_string()).await;
    assert_eq!(status, 200, "{answer}");
}

#[tokio::test]
async fn what_is_no_json_is_refused_as_a_whole() {
    let (status, _) = post("/orders", "text/plain", "{}").await;
    assert_eq!(status, 415);
    for body in ["", "{", r#"{"lines":}"#, &"[".repeat(200)] {
        let (status, answer) = post("/orders", "application/json", body).await;
        assert_eq!(
            (status.as_u16(), &answer["errorCode"]),
            (400, &json!("MALFORMED_JSON"))
        );
    }
}

#[tokio::test]
async fn what_is_nested_too_deep_is_no_json() {
    for (depth, code) in [(127, "VALIDATION_FAILED"), (128, "MALFORMED_JSON")] {
        // The object itself is one level.
        let deep = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let body = format!(r#"{{"mail":{deep}}}"#);
        assert_eq!(serde_json::from_str::<Value>(&body).is_ok(), depth < 128);
        let (status, answer) = post("/orders", "application/json", &body).await;
        assert_eq!(
            (status.as_u16(), &answer["errorCode"]),
            (400, &json!(code)),
            "{depth}"
        );
    }
}

#[tokio::test]
async fn faults_come_in_the_order_of_the_body() {
    let body = r#"{"floor":"x","mail":"x","lines":[{"count":0,"code":"x"}],"customerName":"x"}"#;
    let (_, answer) = post("/orders", "application/json", body).await;
    let told = answer["errorData"].as_array().unwrap();
    let found: Vec<_> = told.iter().map(|fault| &fault["property"]).collect();
    assert_eq!(
        found,
        [
            "floor",
            "mail",
            "lines[0].count",
            "lines[0].code",
            "lines[0].unit-price",
            "customerName",
            "deliverOn",
            "kind",
            "orderId",
            "payment",
            "post-code",
        ]
    );
}

#[tokio::test]
async fn without_rules_the_shape_still_matters() {
    let (status, _) = post("/loose", "application/json", r#"{"name":"x","count":1}"#).await;
    assert_eq!(status, 200);
    let (_, answer) = post("/loose", "application/json", r#"{"name":7}"#).await;
    assert_eq!(answer["errorData"].as_array().unwrap().len(), 2, "{answer}");
}

#[test]
fn content_types() {
    for (value, expected) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/vnd.api+json", true),
        ("text/plain", false),
        ("text/json+x", false),
        ("", false),
    ] {
        let mut headers = http::HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, value.parse().unwrap());
        assert_eq!(is_json(&Content::of(&headers)), expected, "{value}");
    }
    assert!(!is_json(&Content::default()));
}
