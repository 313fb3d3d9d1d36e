//! `Query<T>`: the whole query as one value.

use serde::de::DeserializeOwned;
use validator::Validate;

use super::{FromRequest, Rejection, Unvalidated, pairs};
use crate::request::Request;
use crate::validate::{self, In, Rules, no_rules, rules};

/// The query, validated: `T` is a struct, or a map, with a field for each key.
///
/// `T` is `Deserialize + Validate`. Values are read as those of a route's template: numbers,
/// booleans, text, enums, UUIDs and dates, `Option` for what may be absent, and `Vec` for a key that
/// may be repeated (with `#[serde(default)]`, for one that may also be absent). Keys that `T` does
/// not have are ignored, unless it has `#[serde(deny_unknown_fields)]`. All faults are named
/// together, `"in": "query"`, beside those of the path, the headers and the body.
///
/// serde hands the values of a `#[serde(flatten)]` struct on as text: let fields in it that are no text
/// have a `deserialize_with`, and do not look for a repeated key there. `Option<Query<T>>` is `None` where there is no query.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[derive(serde::Deserialize, Validate)]
/// struct Filter {
///     #[validate(length(min = 2))]
///     name: Option<String>,
///     #[validate(range(min = 1, max = 100))]
///     limit: Option<u32>,
///     #[serde(default)]
///     tag: Vec<String>,
/// }
///
/// #[povery::route(GET, "/pets")]
/// async fn pets(Query(filter): Query<Filter>) -> String {
///     format!("{:?} {:?} {:?}", filter.name, filter.limit, filter.tag)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Validate + Send> FromRequest for Query<T> {
    fn is_absent(request: &Request) -> bool {
        is_absent(request)
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, rules).map(Self)
    }
}

impl<T: DeserializeOwned + Send> FromRequest for Unvalidated<Query<T>> {
    fn is_absent(request: &Request) -> bool {
        is_absent(request)
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, no_rules).map(|value| Self(Query(value)))
    }
}

fn is_absent(request: &Request) -> bool {
    request.uri().query().unwrap_or_default().is_empty()
}

fn read<T: DeserializeOwned>(request: &Request, rules: Rules<T>) -> Result<T, Rejection> {
    let query = request.uri().query().unwrap_or_default();
    validate::pairs(query.as_bytes(), In::Query, pairs::read, rules).map_err(Rejection::Faults)
}

#[cfg(test)]
mod tests;
