//! Every mistake that a caller can make with one user, a body or a path.

use std::collections::HashSet;

use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::client::Client;
use super::expect::{Rule, Told};
use super::new_email;
use crate::home::Home;

const JSON: Option<&str> = Some("application/json");
/// The largest body that is read.
const MOST: usize = 1_048_576;

const SHORT_OR_LONG: Rule = Rule::Message("length", "must be 2 to 50 characters long");

/// Users that are not there, and an address that is taken.
pub(super) async fn of_one_user(client: &Client<'_, impl Home>, user: &Value) {
    let told = client
        .get("an unknown user", &format!("/users/{}", Uuid::new_v4()))
        .await;
    told.same(
        "errorMessage",
        &&*told.refused(404, "USER_NOT_FOUND"),
        &"User not found",
    );

    let told = client.get("an id that is no UUID", "/users/42").await;
    told.invalid(&[("id", "path", Rule::Key("type"))]);

    let told = client
        .post(
            "a taken address",
            json!({"name": "Eve", "email": user["email"]}),
        )
        .await;
    told.same(
        "errorMessage",
        &&*told.refused(409, "EMAIL_TAKEN"),
        &"Email is already in use",
    );
}

/// JSON objects that are no user.
pub(super) async fn of_fields(client: &Client<'_, impl Home>) {
    let told = client
        .post("two faults at once", json!({"name": "x", "email": "nope"}))
        .await;
    told.invalid(&[
        ("name", "body", SHORT_OR_LONG),
        (
            "email",
            "body",
            Rule::Message("email", "must be a valid email address"),
        ),
    ]);
    for name in ["é".to_owned(), "é".repeat(51), String::new()] {
        let told = client.post("a name of wrong length", user(&name)).await;
        told.invalid(&[("name", "body", SHORT_OR_LONG)]);
    }
    let told = client.post("a NUL in a name", user("a\0b")).await;
    told.invalid(&[("name", "body", Rule::Key("no_nul"))]);

    // 101 characters, and an address otherwise.
    let long = format!(
        "{}@{}.{}.com",
        Uuid::new_v4().simple(),
        "d".repeat(60),
        "e".repeat(3)
    );
    let told = client
        .post("a long address", json!({"name": "Eve", "email": long}))
        .await;
    told.invalid(&[("email", "body", Rule::Any)]);

    let told = client.post("no address", json!({"name": "Eve"})).await;
    told.invalid(&[("email", "body", Rule::Key("required"))]);
    let told = client.post("no field at all", json!({})).await;
    told.invalid(&[
        ("name", "body", Rule::Key("required")),
        ("email", "body", Rule::Key("required")),
    ]);
    let told = client
        .post(
            "a number for a name",
            json!({"name": 7, "email": new_email()}),
        )
        .await;
    told.invalid(&[("name", "body", Rule::Key("type"))]);
    let told = client
        .post("wrong in two ways", json!({"name": 7, "email": "nope"}))
        .await;
    told.invalid(&[
        ("name", "body", Rule::Key("type")),
        ("email", "body", Rule::Key("email")),
    ]);
}

fn user(name: &str) -> Value {
    json!({"name": name, "email": new_email()})
}

/// Bodies that are no JSON object, or do not say that they are.
pub(super) async fn of_bodies(client: &Client<'_, impl Home>) {
    for body in ["{", "", "{\"name\":\"Eve\"} x"] {
        let told = client.post_body("no JSON", JSON, body).await;
        told.refused(400, "MALFORMED_JSON");
    }
    let told = client
        .post_body("text", Some("text/plain"), user("Eve").to_string())
        .await;
    told.refused(415, "UNSUPPORTED_MEDIA_TYPE");
    let told = client
        .post_body("no content type", None, user("Eve").to_string())
        .await;
    told.refused(415, "UNSUPPORTED_MEDIA_TYPE");
}

/// The largest body, and one byte more.
pub(super) async fn of_sizes(client: &Client<'_, impl Home>) {
    let around = json!({"name": "", "email": new_email()}).to_string().len();
    let email = new_email();
    let sized =
        |size: usize| json!({"name": "a".repeat(size - around), "email": email}).to_string();

    let told = client
        .post_body("the largest body", JSON, sized(MOST))
        .await;
    told.invalid(&[("name", "body", SHORT_OR_LONG)]);
    let told = client
        .post_body("a body too large", JSON, sized(MOST + 1))
        .await;
    told.refused(413, "PAYLOAD_TOO_LARGE");
}

/// Paths and methods that are not there.
pub(super) async fn of_routes(client: &Client<'_, impl Home>, user: &Value) {
    client
        .get("an unknown path", "/nowhere")
        .await
        .refused(404, "NOT_FOUND");

    let told = client
        .send("delete all", Method::DELETE, "/users", None, "")
        .await;
    told.refused(405, "METHOD_NOT_ALLOWED");
    allows(&told, &["GET", "POST"], &["DELETE", "PUT"]);

    let path = format!("/users/{}", user["id"].as_str().unwrap_or_default());
    let told = client
        .send("put one user", Method::PUT, &path, JSON, "{}")
        .await;
    told.refused(405, "METHOD_NOT_ALLOWED");
    allows(&told, &["GET"], &["POST", "PUT"]);
}

#[track_caller]
fn allows(told: &Told, these: &[&str], not_these: &[&str]) {
    let header = told.header("allow").unwrap_or_default();
    let methods: HashSet<_> = header.split(',').map(str::trim).collect();
    let right = these.iter().all(|method| methods.contains(method))
        && !not_these.iter().any(|method| methods.contains(method));
    if !right {
        told.fail(&format!(
            "allow is {header:?}; it should have {these:?}, not {not_these:?}"
        ));
    }
}

/// A request id names one request.
pub(super) fn have_ids_of_their_own(client: &Client<'_, impl Home>) {
    let ids = client.request_ids();
    let different: HashSet<_> = ids.iter().collect();
    assert_eq!(
        different.len(),
        ids.len(),
        "a requestId was given twice: {ids:#?}"
    );
}
