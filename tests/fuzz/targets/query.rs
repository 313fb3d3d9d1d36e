//! Queries and forms: the pairs are the URL standard's, typed values are those that were sent, and every
//! gateway's event leads to the same ones.
//!
//! Input: a byte for what is compared, then the query.
#![no_main]

use std::borrow::Cow;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use povery::prelude::*;
use povery_fuzz::answer::Answer;
use povery_fuzz::gateway::{Lists, Origin, Sent};
use povery_fuzz::invoke;
use povery_tests_specimen::Search;
use serde::{Deserialize, Serialize};

/// Typed by the route, value by value.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct Typed {
    page: Option<u32>,
    tag: Vec<String>,
    exact: Option<bool>,
    q: Option<String>,
    offset: Option<i64>,
}

#[povery::route(GET, "/typed?<page>&<tag>&<exact>&<q>&<offset>")]
async fn typed(
    page: Option<u32>,
    tag: Vec<String>,
    exact: Option<bool>,
    q: Option<String>,
    offset: Option<i64>,
) -> Json<Typed> {
    Json(Typed {
        page,
        tag,
        exact,
        q,
        offset,
    })
}

#[povery::route(GET, "/search")]
async fn search(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

#[povery::route(POST, "/search")]
async fn form(Form(search): Form<Search>) -> Json<Search> {
    Json(search)
}

static APP: LazyLock<App> =
    LazyLock::new(|| App::new().routes(povery::routes![typed, search, form]));

type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

/// The values under a name, as the URL standard has them.
fn values<'p>(pairs: &'p Pairs<'_>, name: &'p str) -> impl Iterator<Item = &'p str> {
    let named = pairs.iter().filter(move |(known, _)| known == name);
    named.map(|(_, value)| &**value)
}

/// The only value under a name, or none.
fn single<'p>(pairs: &'p Pairs<'_>, name: &'p str) -> Option<&'p str> {
    let mut values = values(pairs, name);
    let first = values.next();
    assert_eq!(values.next(), None, "one of several values of {name}");
    first
}

fn answer(sent: &Sent<'_>, origin: Origin) -> Answer {
    match invoke(&APP, &sent.event(origin)) {
        Ok(bytes) => Answer::read(&bytes),
        Err(error) => panic!("{error:?}"),
    }
}

/// The answer's JSON; `None` where the request was refused for what it says.
fn read<T: for<'de> Deserialize<'de>>(answer: &Answer) -> Option<T> {
    match answer.status {
        200 => Some(serde_json::from_slice(&answer.body).expect("what the handler wrote")),
        // More than a target can hold.
        414 => None,
        400 => {
            let refusal = answer.refusal();
            assert_eq!(refusal.error_code, "VALIDATION_FAILED");
            None
        }
        status => panic!("{status} is no answer to a query"),
    }
}

fn check_typed(typed: &Typed, pairs: &Pairs<'_>) {
    assert_eq!(
        typed.page,
        single(pairs, "page").map(|page| page.parse().unwrap())
    );
    assert_eq!(
        typed.exact,
        single(pairs, "exact").map(|exact| exact.parse().unwrap())
    );
    assert_eq!(
        typed.offset,
        single(pairs, "offset").map(|offset| offset.parse().unwrap())
    );
    assert_eq!(typed.q.as_deref(), single(pairs, "q"));
    assert!(
        typed
            .tag
            .iter()
            .map(String::as_str)
            .eq(values(pairs, "tag"))
    );
}

fn check_search(search: &Search, pairs: &Pairs<'_>) {
    assert!(search.validate().is_ok(), "{search:?}");
    assert_eq!(Some(&*search.q), single(pairs, "q"));
    assert_eq!(
        search.page,
        single(pairs, "page").map(|page| page.parse().unwrap())
    );
    assert_eq!(
        search.exact,
        single(pairs, "exact").map(|exact| exact.parse().unwrap())
    );
    assert!(
        search
            .tag
            .iter()
            .map(String::as_str)
            .eq(values(pairs, "tag"))
    );
}

fn sent<'a>(path: &'a str, query: &'a str) -> Sent<'a> {
    Sent {
        query,
        ..Sent::new("GET", path)
    }
}

/// Pairs as a gateway's map has them.
fn lists<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> Lists<'a> {
    let mut lists = Lists::new();
    for (name, value) in pairs {
        lists.entry(name).or_default().push(value);
    }
    lists
}

/// A query, and the same text as a form.
fn query_and_form(query: &str, pairs: &Pairs<'_>) {
    let by_query: Option<Search> = read(&answer(&sent("/search", query), Origin::FunctionUrl));
    if let Some(search) = &by_query {
        check_search(search, pairs);
    }
    let mut form = Sent::new("POST", "/search");
    form.body = query;
    form.headers = vec![("content-type", "application/x-www-form-urlencoded")];
    let by_form: Option<Search> = read(&answer(&form, Origin::HttpApi));
    assert_eq!(by_query, by_form, "a query and a form of it");
}

/// The text, and the map of a gateway that decodes it or of one that does not.
fn text_and_map(query: &str, pairs: &Pairs<'_>, origin: Origin) {
    let typed: Option<Typed> = read(&answer(&sent("/typed", query), Origin::FunctionUrl));
    let Some(typed) = typed else {
        return;
    };
    check_typed(&typed, pairs);
    let mut mapped = Sent::new("GET", "/typed");
    mapped.query_lists = if origin == Origin::Rest {
        lists(pairs.iter().map(|(name, value)| (&**name, &**value)))
    } else {
        let raw = query.split('&').filter(|pair| !pair.is_empty());
        lists(raw.map(|pair| pair.split_once('=').unwrap_or((pair, ""))))
    };
    assert_eq!(read(&answer(&mapped, origin)), Some(typed));
}

fuzz_target!(|data: &[u8]| {
    let Some((how, query)) = data.split_first() else {
        return;
    };
    let Ok(query) = std::str::from_utf8(query) else {
        return;
    };
    let pairs: Pairs<'_> = form_urlencoded::parse(query.as_bytes()).collect();
    match how % 3 {
        0 => query_and_form(query, &pairs),
        1 => text_and_map(query, &pairs, Origin::Rest),
        _ => text_and_map(query, &pairs, Origin::AlbMulti),
    }
});
