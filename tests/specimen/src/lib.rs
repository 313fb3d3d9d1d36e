//! An application with an argument of every kind. No handler panics or answers with a 5xx by itself, so
//! each that there is has been brought about by what was sent.

mod models;

pub use models::{Contact, Dimensions, Kind, Line, Order, Payment, Search};

use povery::headers::{ContentType, IfNoneMatch, UserAgent};
use povery::http::Method;
use povery::prelude::*;
use povery::{
    Bytes, ClientAddr, Cookies, HeaderMap, LambdaContext, Multipart, Parsed, Rejection,
    RequestContext, RouteTable, SetCookie, Text, Unvalidated,
};
use serde_json::Value;
use uuid::Uuid;

/// How it was built.
#[povery::route(GET, "/")]
async fn alive() -> &'static str {
    if cfg!(panic = "abort") {
        "a panic aborts"
    } else {
        "a panic unwinds"
    }
}

#[povery::route(ANY, "/tail/<rest..>?<as_list>")]
async fn tail(rest: Vec<String>, as_list: Option<bool>) -> String {
    rest.join(if as_list == Some(true) { "\n" } else { "/" })
}

#[povery::route(GET, "/items/<id>?<limit>&<after>&<tag>&<ratio>")]
async fn item(
    #[validate(range(min = 1))] id: i64,
    #[validate(range(min = 1, max = 100))] limit: Option<u8>,
    after: Option<Uuid>,
    #[validate(length(max = 3))] tag: Vec<String>,
    ratio: Option<f64>,
) -> String {
    format!("{id} {limit:?} {after:?} {} {ratio:?}", tag.len())
}

#[povery::route(DELETE, "/items/<id>")]
async fn delete(id: Uuid) -> NoContent {
    let Uuid { .. } = id;
    NoContent
}

#[povery::route(GET, "/typed/<kind>/<method>/<letter>")]
async fn typed(kind: Kind, method: Parsed<Method>, letter: char) -> String {
    format!("{kind:?} {method:?} {letter}")
}

#[povery::route(GET, "/headers")]
async fn headers(
    all: HeaderMap,
    agent: Header<UserAgent>,
    known: Option<Header<IfNoneMatch>>,
    media_type: Option<Header<ContentType>>,
) -> String {
    let Header(agent) = agent;
    let (known, media_type) = (known.is_some(), media_type.is_some());
    format!("{} {} {known} {media_type}", all.len(), agent.as_str())
}

/// Gives back every cookie that it was sent.
#[povery::route(GET, "/cookies")]
async fn cookies(cookies: Cookies) -> (Vec<SetCookie>, String) {
    let set = |(name, value): (&str, &str)| {
        SetCookie(povery::Cookie::new(name.to_owned(), value.to_owned()))
    };
    let all: Vec<_> = cookies.iter().map(set).collect();
    let count = all.len().to_string();
    (all, count)
}

#[povery::route(GET, "/search")]
async fn search(Query(search): Query<Search>) -> Json<Search> {
    Json(search)
}

#[povery::route(POST, "/orders?<dry_run>", status = 201)]
async fn order(dry_run: Option<bool>, Json(order): Json<Order>) -> (Location, Json<Order>) {
    let number = order.lines.len() + usize::from(dry_run == Some(true));
    (Location::new(format!("/orders/{number}")), Json(order))
}

#[povery::route(PUT, "/any")]
async fn any(Unvalidated(Json(value)): Unvalidated<Json<Value>>) -> Json<Value> {
    Json(value)
}

#[povery::route(POST, "/contacts")]
async fn contact(Form(contact): Form<Contact>) -> Json<Contact> {
    Json(contact)
}

#[povery::route(POST, "/multipart")]
async fn multipart(mut form: Multipart) -> Result<String, PoveryError> {
    let mut sizes = Vec::new();
    while let Some(field) = form.next_field().await? {
        let named = field.name().is_some() || field.file_name().is_some();
        sizes.push((named, field.bytes().len()));
    }
    Ok(format!("{sizes:?}"))
}

#[povery::route(POST, "/bytes")]
async fn bytes(body: Bytes) -> Bytes {
    body
}

#[povery::route(POST, "/text")]
async fn text(body: Option<Text>) -> String {
    body.map(|Text(text)| text).unwrap_or_default()
}

/// What only the host knows. A context that cannot be read is the host's fault, not this function's.
#[povery::route(ANY, "/context")]
async fn context(
    client: Option<ClientAddr>,
    invocation: Option<LambdaContext>,
    gateway: Result<RequestContext<Value>, Rejection>,
) -> String {
    let (client, invocation) = (client.is_some(), invocation.is_some());
    format!("{client} {invocation} {}", gateway.is_ok())
}

const ROUTES: RouteTable = povery::routes![
    alive, tail, item, delete, typed, headers, cookies, search, order, any, contact, multipart,
    bytes, text, context,
];

/// The application.
pub fn app() -> App {
    App::new().routes(ROUTES)
}
