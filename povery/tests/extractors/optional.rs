use povery::Rejection;
use povery::headers::ContentLength;
use povery::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::{client, fault};

#[derive(Deserialize, Validate)]
struct Name {
    #[validate(length(min = 2))]
    name: String,
}

#[povery::route(POST, "/asked")]
async fn asked(
    body: Result<Json<Name>, Rejection>,
    length: Result<Header<ContentLength>, Rejection>,
) -> String {
    let body = match body {
        Ok(Json(body)) => body.name,
        Err(Rejection::Faults(faults)) => format!("{} faults", faults.into_vec().len()),
        Err(rejection) => rejection.status().to_string(),
    };
    format!("{body}, {}", length.is_ok())
}

#[povery::route(POST, "/passed-on")]
async fn passed_on(body: Result<Json<Name>, Rejection>) -> Result<String, PoveryError> {
    Ok(body?.0.name)
}

#[povery::route(POST, "/answered")]
async fn answered(body: Result<Json<Name>, Rejection>) -> Result<String, Rejection> {
    body.map(|Json(body)| body.name)
}

#[povery::route(POST, "/optional")]
async fn optional(body: Option<Json<Name>>, length: Option<Header<ContentLength>>) -> String {
    let name = body.map(|Json(body)| body.name);
    format!("{name:?} {:?}", length.map(|length| length.0.0))
}

#[povery::route(GET, "/state")]
async fn state(number: Option<State<u8>>, text: Result<State<String>, Rejection>) -> String {
    format!("{:?} {}", number.as_deref(), text.is_ok())
}

#[tokio::test]
async fn the_handler_decides_about_a_result() {
    let client = client(povery::routes![asked]);
    let post = |body: &str| {
        client
            .post("/asked")
            .header("content-type", "application/json")
            .body(body.to_owned())
    };
    for (request, text) in [
        (
            post(r#"{"name":"Ada"}"#).header("content-length", "14"),
            "Ada, true",
        ),
        (post(r#"{"name":"A"}"#), "1 faults, false"),
        (post("{}").header("content-length", "x"), "1 faults, false"),
        (post("{"), "400 Bad Request, false"),
        (
            client.post("/asked").text("Ada"),
            "415 Unsupported Media Type, false",
        ),
    ] {
        assert_eq!(request.send().await.text(), text);
    }
}

#[tokio::test]
async fn a_rejection_passed_on_is_the_usual_answer() {
    let client = client(povery::routes![passed_on, answered]);
    for path in ["/passed-on", "/answered"] {
        let refused = client.post(path).json(&json!({"name": "A"})).send().await;
        let faults = json!([fault(
            "body",
            "name",
            "length",
            "must be at least 2 characters long"
        )]);
        assert_eq!(
            (refused.status().as_u16(), refused.error().data),
            (400, Some(faults))
        );
        let refused = client.post(path).text("A").send().await;
        assert_eq!(refused.error().code, "UNSUPPORTED_MEDIA_TYPE");
    }
}

#[tokio::test]
async fn an_optional_header_that_is_bad_is_a_fault() {
    let client = client(povery::routes![optional]);
    let request = |length: &str| {
        let name = json!({"name": "Ada"});
        client
            .post("/optional")
            .json(&name)
            .header("content-length", length)
    };
    assert_eq!(request("14").send().await.text(), r#"Some("Ada") Some(14)"#);
    let faults = json!([fault(
        "header",
        "content-length",
        "format",
        "has the wrong format"
    )]);
    assert_eq!(request("x").send().await.error().data, Some(faults));
}

#[tokio::test]
async fn a_state_that_is_not_there_is_absent() {
    let response = client(povery::routes![state]).get("/state").send().await;
    assert_eq!(response.text(), "None false");
    let app = App::new()
        .routes(povery::routes![state])
        .state(7_u8)
        .state(String::new());
    let client = povery::test::TestClient::new(app);
    assert_eq!(client.get("/state").send().await.text(), "Some(7) true");
}

#[povery::route(POST, "/form?<page>")]
async fn form(page: Option<u32>, form: Option<Form<Name>>, query: Option<Query<Name>>) -> String {
    let form = form.map(|Form(form)| form.name);
    let query = query.map(|Query(query)| query.name);
    format!("{page:?} {form:?} {query:?}")
}

#[tokio::test]
async fn an_optional_body_is_absent_only_where_there_is_none() {
    let client = client(povery::routes![optional, form]);
    let none = client.post("/optional").send().await;
    assert_eq!(none.text(), "None None");
    let some = client.post("/optional").json(&json!({"name": "Ada"}));
    assert!(some.send().await.text().starts_with(r#"Some("Ada")"#));
    for (name, constraint) in [(json!("A"), "length"), (json!(7), "type")] {
        let bad = client.post("/optional").json(&json!({ "name": name }));
        let answer = bad.send().await;
        assert_eq!(answer.status(), 400);
        let data = answer.error().data.unwrap();
        assert!(data[0]["constraints"][constraint].is_string(), "{data}");
    }
    // Something is there, and it is no JSON.
    let text = client.post("/optional").text("Ada").send().await;
    assert_eq!(text.status(), 415);

    assert_eq!(client.post("/form").send().await.text(), "None None None");
    let all = client.post("/form?page=1&name=Eve").form([("name", "Ada")]);
    let answer = all.send().await;
    assert_eq!(answer.text(), r#"Some(1) Some("Ada") Some("Eve")"#);
}

static ASKED: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

/// Refuses without saying what is wrong.
struct Silent;

impl FromRequest for Silent {
    async fn from_request(_: &povery::Request) -> Result<Self, Rejection> {
        ASKED.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        Err(povery::Faults::new().into())
    }
}

#[povery::route(GET, "/silent")]
async fn silent(_: Silent) {}

#[tokio::test]
async fn a_rejection_without_a_fault_is_one_and_final() {
    let answer = client(povery::routes![silent]).get("/silent").send().await;
    assert_eq!(answer.status(), 400);
    assert_eq!(ASKED.load(std::sync::atomic::Ordering::Relaxed), 1);
}
