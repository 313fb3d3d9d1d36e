//! `GET /users`.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::client::Client;
use super::expect::{Rule, Told};
use super::{check_user, create, time};
use crate::home::Home;

/// No database of a test has that many pages of two.
const MOST_PAGES: usize = 500;

/// A page's users and what follows them.
#[track_caller]
fn page(told: &Told, limit: usize) -> (Vec<Value>, Option<String>) {
    let body = told.json(200);
    told.has_exactly(&body, &["next", "users"]);
    let Some(users) = body["users"].as_array() else {
        told.fail("users is no array");
    };
    for user in users {
        check_user(told, user);
    }
    if users.len() > limit {
        told.fail(&format!("{} users for a limit of {limit}", users.len()));
    }
    let last = users.last().map_or(&Value::Null, |user| &user["id"]);
    match &body["next"] {
        Value::Null => (users.clone(), None),
        next if next == last && users.len() == limit => {
            (users.clone(), next.as_str().map(str::to_owned))
        }
        next => told.fail(&format!(
            "next is {next}, neither null nor the last of {limit} users"
        )),
    }
}

/// Walks all users, two at a time, and finds six new ones at the front.
pub(super) async fn pages(client: &Client<'_, impl Home>) {
    let mut ours = Vec::new();
    for number in 1..=6 {
        ours.push(create(client, &format!("Page {number}")).await);
    }
    ours.reverse();

    let mut walked: Vec<Value> = Vec::new();
    let mut target = "/users?limit=2".to_owned();
    for number in 1.. {
        assert!(
            number <= MOST_PAGES,
            "no end of the users after {number} pages"
        );
        let told = client.get(&format!("page {number}"), &target).await;
        let (users, next) = page(&told, 2);
        if users.is_empty() {
            told.fail("the page before had a `next`, so this one cannot be empty");
        }
        for user in users {
            if let Some(newer) = walked.last() {
                let key = |user: &Value| (time(&told, &user["created_at"]), user["id"].to_string());
                if key(newer) <= key(&user) {
                    told.fail(&format!(
                        "{user} is not older than the one before it, {newer}"
                    ));
                }
            }
            walked.push(user);
        }
        match next {
            Some(next) => target = format!("/users?limit=2&after={next}"),
            None => break,
        }
    }
    let ids: HashSet<_> = walked.iter().map(|user| user["id"].to_string()).collect();
    assert_eq!(
        ids.len(),
        walked.len(),
        "a user is on two pages: {walked:#?}"
    );
    assert_eq!(
        walked.get(..6),
        Some(&*ours),
        "the new users are not the first, newest first"
    );

    // Whatever their number is, the last two fill a page of two, and nothing follows it.
    let before = id(&walked[walked.len() - 3]).unwrap_or_default();
    let end = format!("/users?limit=2&after={before}");
    let told = client.get("a full last page", &end).await;
    let last = walked[walked.len() - 2..].to_vec();
    told.same("the page", &page(&told, 2), &(last, None));

    let all = client.get("the first page without a limit", "/users").await;
    let (users, _) = page(&all, 100);
    let most = walked.len().min(100);
    all.same("the page", &users.as_slice(), &&walked[..most]);
    let most = client.get("the largest limit", "/users?limit=100").await;
    most.same("the page", &page(&most, 100).0, &users);
    let one = client.get("the smallest limit", "/users?limit=1").await;
    one.same(
        "the page",
        &page(&one, 1),
        &(vec![walked[0].clone()], id(&walked[0])),
    );
}

fn id(user: &Value) -> Option<String> {
    user["id"].as_str().map(str::to_owned)
}

/// Limits and positions that cannot be.
pub(super) async fn refuses_bad_queries(client: &Client<'_, impl Home>) {
    let told = client
        .get("two bad query values at once", "/users?limit=0&after=nope")
        .await;
    told.invalid(&[
        ("limit", "query", Rule::Key("range")),
        ("after", "query", Rule::Key("type")),
    ]);
    let told = client.get("too large a limit", "/users?limit=101").await;
    told.invalid(&[("limit", "query", Rule::Key("range"))]);
    for limit in ["abc", "-1", "4294967296", "1.5"] {
        let told = client
            .get("no limit at all", &format!("/users?limit={limit}"))
            .await;
        told.invalid(&[("limit", "query", Rule::Key("type"))]);
    }
    let unknown = format!("/users?after={}", Uuid::new_v4());
    let told = client.get("after an unknown user", &unknown).await;
    told.invalid(&[("after", "query", Rule::Any)]);
}
