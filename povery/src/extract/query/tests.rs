//! `Query` and `Form`, which read in the same way.

use http::{StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde::Deserialize;
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

use super::*;
use crate::app::App;
use crate::extract::Form;

#[derive(Debug, PartialEq, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
struct Filter {
    #[validate(length(min = 2))]
    first_name: Option<String>,
    #[serde(rename = "n")]
    #[validate(range(min = 1, max = 100))]
    limit: Option<u32>,
    after: Option<Uuid>,
    order: Order,
    #[serde(default)]
    tag: Vec<u8>,
    #[serde(default)]
    exact: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Newest,
    Name,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its shape matters")]
struct Strict {
    a: u8,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Flat {
    count: u32,
    #[serde(flatten)]
    #[validate(nested)]
    rest: Rest,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Rest {
    id: Uuid,
    #[serde(rename = "w")]
    #[validate(length(min = 2))]
    word: String,
}

#[povery_macros::route(GET, "/filter", crate = crate)]
async fn filter(filter: Query<Filter>) -> String {
    format!("{filter:?}")
}

#[povery_macros::route(GET, "/strict", crate = crate)]
async fn strict(strict: Query<Strict>) -> String {
    format!("{strict:?}")
}

#[povery_macros::route(GET, "/flat", crate = crate)]
async fn flat(flat: Query<Flat>) -> String {
    format!("{flat:?}")
}

#[povery_macros::route(GET, "/loose", crate = crate)]
async fn loose(loose: Unvalidated<Query<std::collections::BTreeMap<String, String>>>) -> String {
    format!("{loose:?}")
}

#[povery_macros::route(POST, "/form", crate = crate)]
async fn form(form: Form<Filter>) -> String {
    format!("{form:?}")
}

#[povery_macros::route(POST, "/both", crate = crate)]
async fn both(body: crate::Json<Flat>, query: Query<Strict>) -> String {
    format!("{body:?} {query:?}")
}

async fn send(request: http::request::Builder, body: &'static [u8]) -> (StatusCode, String) {
    let request = request
        .body(Full::new(bytes::Bytes::from_static(body)))
        .unwrap();
    let app = App::new().routes(crate::routes![filter, strict, flat, loose, form, both]);
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(path: &str) -> (StatusCode, String) {
    send(http::Request::get(path), b"").await
}

/// Property and constraint of each fault, sorted.
fn faults(answer: &str, place: &str) -> Vec<(String, String)> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let told = answer["errorData"].as_array().unwrap();
    let mut all: Vec<_> = told
        .iter()
        .flat_map(|fault| {
            assert_eq!(fault["in"], place);
            let property = fault["property"].as_str().unwrap().to_owned();
            let constraints = fault["constraints"].as_object().unwrap().keys();
            constraints.map(move |name| (property.clone(), name.clone()))
        })
        .collect();
    all.sort();
    all
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(one, other)| ((*one).to_owned(), (*other).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_query_becomes_a_struct() {
    let id = Uuid::nil();
    let (status, answer) = get(&format!(
        "/filter?firstName=A%20b+c&n=7&after={id}&order=name&tag=1&tag=2&exact=true&x=1"
    ))
    .await;
    let filter = Filter {
        first_name: Some("A b c".into()),
        limit: Some(7),
        after: Some(id),
        order: Order::Name,
        tag: vec![1, 2],
        exact: true,
    };
    assert_eq!(
        (status.as_u16(), answer),
        (200, format!("{:?}", Query(filter)))
    );
    let (status, answer) = get("/filter?order=newest").await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = get("/loose?a=1&b=").await;
    assert_eq!(status, 200);
    assert!(answer.contains(r#"{"a": "1", "b": ""}"#), "{answer}");
}

const FAULTY: &str = "firstName=x&n=0&after=secret&tag=1&tag=secret&exact=secret&order=a&order=b";

fn all_of_them() -> Vec<(String, String)> {
    expected(&[
        ("after", "type"),
        ("exact", "type"),
        ("firstName", "length"),
        ("n", "range"),
        ("order", "single"),
        ("tag", "type"),
    ])
}

#[tokio::test]
async fn all_faults_of_a_query_are_told() {
    let (status, answer) = get(&format!("/filter?{FAULTY}")).await;
    assert_eq!(status, 400);
    assert!(!answer.contains("secret"), "{answer}");
    let found = faults(&answer, "query");
    // The value that is kept of two is judged as well.
    let without: Vec<_> = found
        .into_iter()
        .filter(|(_, name)| name != "enum")
        .collect();
    assert_eq!(without, all_of_them());
    let (_, answer) = get("/filter").await;
    assert_eq!(faults(&answer, "query"), expected(&[("order", "required")]));
    let (_, answer) = get("/filter?order=x&n=x").await;
    assert_eq!(
        faults(&answer, "query"),
        expected(&[("n", "type"), ("order", "enum")])
    );
}

#[tokio::test]
async fn unknown_keys_are_faults_where_the_type_says_so() {
    let (_, answer) = get("/strict?a=x&b=1&c=2").await;
    let all = [("a", "type"), ("b", "unknown"), ("c", "unknown")];
    assert_eq!(faults(&answer, "query"), expected(&all));
}

#[tokio::test]
async fn bytes_that_are_no_text_are_faults_beside_others() {
    let (_, answer) = get("/filter?firstName=%ff&n=x&order=name").await;
    let all = [("firstName", "format"), ("n", "type")];
    assert_eq!(faults(&answer, "query"), expected(&all));
    let (_, answer) = get("/filter?%ff=1&order=name").await;
    assert_eq!(faults(&answer, "query"), expected(&[("", "format")]));
    assert_eq!(get("/filter?firstName=%zz&order=name").await.0, 200);
}

#[tokio::test]
async fn flattened_text_is_found() {
    let (_, answer) = get("/flat?count=x&id=x&w=a").await;
    let all = [("count", "type"), ("id", "format"), ("w", "length")];
    assert_eq!(faults(&answer, "query"), expected(&all));
    assert_eq!(
        get(&format!("/flat?count=1&id={}&w=aa", Uuid::nil()))
            .await
            .0,
        200
    );
}

#[tokio::test]
async fn faults_of_query_and_body_are_one_answer() {
    let request =
        http::Request::post("/both?a=x&b=1").header(header::CONTENT_TYPE, "application/json");
    let (status, answer) = send(request, br#"{"count":"x"}"#).await;
    assert_eq!(status, 400);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let told: Vec<_> = answer["errorData"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| {
            (
                fault["in"].as_str().unwrap(),
                fault["property"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("query", "a"),
            ("query", "b"),
            ("body", "count"),
            ("body", "id"),
            ("body", "w")
        ]
    );
}

#[tokio::test]
async fn a_form_is_read_alike() {
    let form = || {
        http::Request::post("/form").header(
            header::CONTENT_TYPE,
            "application/x-www-form-urlencoded; charset=UTF-8",
        )
    };
    let (status, answer) = send(form(), b"firstName=A%20b&order=name").await;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = send(form(), FAULTY.as_bytes()).await;
    assert_eq!(status, 400);
    let found = faults(&answer, "body");
    let without: Vec<_> = found
        .into_iter()
        .filter(|(_, name)| name != "enum")
        .collect();
    assert_eq!(without, all_of_them());
    let (_, answer) = send(form(), b"firstName=\xff\xfe&order=name").await;
    assert_eq!(
        faults(&answer, "body"),
        expected(&[("firstName", "format")])
    );
    for request in [
        http::Request::post("/form"),
        http::Request::post("/form").header(header::CONTENT_TYPE, "application/json"),
    ] {
        let (status, answer) = send(request, b"order=name").await;
        assert_eq!(status, 415);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["errorCode"], json!("UNSUPPORTED_MEDIA_TYPE"));
    }
}
