//! Judges what variants receive from the database, all of them together.

use syn::LitStr;

use super::check::Item;
use crate::errors::Errors;

/// One `database` variant at most, and there where another one receives errors by their constraint or SQLSTATE,
/// of which each has one variant.
pub(super) fn check(items: &[Item<'_>], errors: &Errors) {
    let mut database = items
        .iter()
        .filter_map(|item| item.written.database.as_ref());
    let receives = database.next().is_some();
    for key in database {
        errors.at(
            key,
            "only one variant is the `database` one: it receives every `sqlx::Error`",
        );
    }
    let constraints = items.iter().map(|item| item.written.constraint.as_ref());
    of_one_key("constraint", "constraint", constraints, receives, errors);
    let sqlstates = items.iter().map(|item| item.written.sqlstate.as_ref());
    for sqlstate in sqlstates.clone().flatten() {
        if !is_sqlstate(&sqlstate.value()) {
            errors.at(
                sqlstate,
                "a SQLSTATE has five characters of 0-9 and A-Z, its class two: `P0001`, `23`",
            );
        }
    }
    of_one_key("sqlstate", "SQLSTATE", sqlstates, receives, errors);
}

fn of_one_key<'a>(
    key: &str,
    name: &str,
    values: impl Iterator<Item = Option<&'a LitStr>>,
    receives: bool,
    errors: &Errors,
) {
    let mut known = Vec::new();
    for written in values.flatten() {
        let value = written.value();
        if known.contains(&value) {
            errors.at(written, format!("this {name} has a variant already"));
        } else if known.is_empty() && !receives {
            errors.at(
                written,
                format!(
                    "a `{key}` wants a variant with `#[http(database)]`, which receives the other errors"
                ),
            );
        }
        known.push(value);
    }
}

fn is_sqlstate(text: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    matches!(text.len(), 2 | 5) && text.bytes().all(known)
}

/// Whether thiserror's `#[from]` stands where this derive converts from `sqlx::Error`.
pub(super) fn implemented_twice(items: &[Item<'_>], errors: &Errors) -> bool {
    let fields = items
        .iter()
        .filter(|item| {
            let written = &item.written;
            let receives = written.constraint.is_some() || written.sqlstate.is_some();
            receives || written.database.is_some()
        })
        .flat_map(|item| item.fields);
    let mut found = false;
    for attribute in fields.flat_map(|field| &field.attrs) {
        if attribute.path().is_ident("from") {
            found = true;
            errors.at(
                attribute,
                "`#[http]` writes `From<sqlx::Error>` itself: put `#[source]` here",
            );
        }
    }
    found
}
