//! The script that the users application has to pass in every home.

mod client;
mod expect;
mod listing;
mod refusals;

use chrono::{DateTime, TimeDelta, Utc};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::home::Home;
use client::Client;
use expect::Told;

/// Creates, gets and lists users and makes every mistake of the contract, and panics at the first
/// answer that differs from it. The database may hold other users, but nobody else may change
/// them meanwhile.
pub async fn users_scenario(home: &impl Home) {
    let client = Client::new(home);
    let user = creates_and_gets(&client).await;
    names_are_counted_in_characters(&client).await;
    listing::pages(&client).await;
    listing::refuses_bad_queries(&client).await;
    refusals::of_one_user(&client, &user).await;
    refusals::of_fields(&client).await;
    refusals::of_bodies(&client).await;
    refusals::of_sizes(&client).await;
    refusals::of_routes(&client, &user).await;
    refusals::have_ids_of_their_own(&client);
}

/// An address that no other user has.
fn new_email() -> String {
    format!("{}@example.com", Uuid::new_v4().simple())
}

/// Creates a user with that name and returns it.
async fn create(client: &Client<'_, impl Home>, name: &str) -> Value {
    let email = new_email();
    let told = client
        .post("create a user", json!({"name": name, "email": email}))
        .await;
    created(&told, name, &email)
}

/// The user in the answer to its creation.
#[track_caller]
fn created(told: &Told, name: &str, email: &str) -> Value {
    let mut body = told.json(201);
    let user = body["user"].take();
    told.same(
        "body",
        &body,
        &json!({"message": "User created successfully", "user": null}),
    );
    check_user(told, &user);
    told.same("name", &user["name"], &json!(name));
    told.same("email", &user["email"], &json!(email));
    let id = user["id"].as_str().unwrap_or_default();
    told.same(
        "location",
        &told.header("location"),
        &Some(format!("/users/{id}")),
    );
    check_now(told, &user["created_at"]);
    check_now(told, &user["updated_at"]);
    user
}

/// Has exactly the fields of a user, well-formed.
#[track_caller]
fn check_user(told: &Told, user: &Value) {
    told.has_exactly(user, &["created_at", "email", "id", "name", "updated_at"]);
    let id = user["id"].as_str().unwrap_or_default();
    let parsed = Uuid::try_parse(id).map(|id| id.hyphenated().to_string());
    told.same("id", &parsed.as_deref().ok(), &Some(id));
    for field in ["created_at", "updated_at"] {
        time(told, &user[field]);
    }
}

/// An RFC 3339 time in UTC, with `Z`.
#[track_caller]
fn time(told: &Told, value: &Value) -> DateTime<Utc> {
    let text = value.as_str().unwrap_or_default();
    let parsed = DateTime::parse_from_rfc3339(text)
        .ok()
        .filter(|_| text.ends_with('Z'));
    let Some(time) = parsed else {
        told.fail(&format!("{value} is no RFC 3339 time with Z"));
    };
    time.to_utc()
}

/// A time of the last minutes: an hour's difference would be a time zone.
#[track_caller]
fn check_now(told: &Told, value: &Value) {
    let now = DateTime::<Utc>::from(std::time::SystemTime::now());
    let age = now - time(told, value);
    if age.abs() > TimeDelta::minutes(10) {
        told.fail(&format!("{value} is not now, {now}"));
    }
}

async fn creates_and_gets(client: &Client<'_, impl Home>) -> Value {
    let user = create(client, "Ada Lovelace").await;
    let path = format!("/users/{}", user["id"].as_str().unwrap_or_default());
    let told = client.get("get the created user", &path).await;
    told.same("body", &told.json(200), &json!({"user": user}));

    let email = new_email();
    let body = json!({"name": "Grace", "email": email}).to_string();
    let content_type = Some("application/json; charset=utf-8");
    let told = client
        .post_body("create with a charset", content_type, body)
        .await;
    created(&told, "Grace", &email);

    let told = client
        .send("ask for the head", Method::HEAD, &path, None, "")
        .await;
    told.status(200);
    if !told.answer.body.is_empty() {
        told.fail("the answer to HEAD has a body");
    }
    user
}

async fn names_are_counted_in_characters(client: &Client<'_, impl Home>) {
    create(client, &"é".repeat(50)).await;
    create(client, "李四").await;
    create(client, &"🦀".repeat(50)).await;
}
