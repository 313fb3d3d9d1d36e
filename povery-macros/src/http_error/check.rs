//! Judges the attributes and reports every mistake at its token.

use quote::quote;
use syn::{Data, DeriveInput, Fields, Ident, Lit, LitStr};

use super::fields;
use super::model::{Answer, Field, HttpError, Received, Variant};
use super::parse::{self, Place, Written};
use super::received;
use crate::errors::Errors;

/// One variant, or the struct, with what is written on it.
pub(super) struct Item<'a> {
    ident: &'a Ident,
    /// `variant` or `struct`, as messages call it.
    kind: &'static str,
    pub(super) fields: &'a Fields,
    pub(super) written: Written,
    /// The fields that are marked as data.
    data: Vec<Field>,
}

/// The model; where any mistake was reported it is incomplete. `container` is what stands above the
/// type.
pub(super) fn check(
    input: &DeriveInput,
    container: Option<Written>,
    errors: &Errors,
) -> Option<HttpError> {
    let items: Vec<Item<'_>> = match &input.data {
        Data::Enum(data) => {
            let items = data.variants.iter().filter_map(|variant| {
                let written = parse::attributes(&variant.attrs, Place::Variant, errors);
                item(&variant.ident, "variant", &variant.fields, written, errors)
            });
            items.collect()
        }
        Data::Struct(data) => {
            // `crate` alone is no answer.
            let written = container.filter(|written| {
                written.krate.is_none() || written.broken || !written.is_without_answer()
            });
            item(&input.ident, "struct", &data.fields, written, errors)
                .into_iter()
                .collect()
        }
        Data::Union(data) => {
            errors.at(
                data.union_token,
                "`HttpError` is derived for an enum or a struct",
            );
            return None;
        }
    };
    received::check(&items, errors);
    let database = items.iter().any(|item| item.written.database.is_some());
    let implemented = received::implemented_twice(&items, errors);
    let is_enum = matches!(input.data, Data::Enum(_));
    let variants = items.into_iter().filter_map(|item| {
        let ident = item.ident;
        Some(Variant {
            path: if is_enum {
                quote!(Self::#ident)
            } else {
                quote!(Self)
            },
            answer: answer(item, errors)?,
        })
    });
    Some(HttpError {
        variants: variants.collect(),
        converts: database && !implemented,
    })
}

/// What stands above the type. Of a union nothing is read: it gets one error of its own.
pub(super) fn container(input: &DeriveInput, errors: &Errors) -> Option<Written> {
    let place = match input.data {
        Data::Enum(_) => Place::Enum,
        Data::Struct(_) => Place::Struct,
        Data::Union(_) => return None,
    };
    parse::attributes(&input.attrs, place, errors)
}

fn item<'a>(
    ident: &'a Ident,
    kind: &'static str,
    fields: &'a Fields,
    written: Option<Written>,
    errors: &Errors,
) -> Option<Item<'a>> {
    let data = fields::data(fields, errors);
    let Some(written) = written else {
        errors.at(
            ident,
            format!("`{ident}` has no answer: add `#[http(404)]`, `#[http(database)]` or `#[http(transparent)]`"),
        );
        return None;
    };
    Some(Item {
        ident,
        kind,
        fields,
        written,
        data,
    })
}

fn answer(item: Item<'_>, errors: &Errors) -> Option<Answer> {
    let Written {
        status,
        code,
        constraint,
        sqlstate,
        database,
        transparent,
        broken,
        ..
    } = item.written;
    let (ident, kind) = (item.ident, item.kind);
    let only = fields::only(item.fields);
    if let Some(key) = database.or(transparent.clone()) {
        if status.is_some()
            || code.is_some()
            || constraint.is_some()
            || sqlstate.is_some()
            || (transparent.is_some() && key == "database")
        {
            errors.at(
                &key,
                format!("`{key}` takes the answer of the wrapped error and stands alone"),
            );
        }
        let Some(field) = only else {
            errors.at(
                ident,
                format!("a `{key}` {kind} wraps exactly one error: `{ident}(#[source] …)`"),
            );
            return None;
        };
        if !item.data.is_empty() {
            errors.at(
                fields::mark(item.fields),
                format!(
                    "a `{key}` {kind} has the data of the wrapped error, if any: no `data` here"
                ),
            );
        }
        return Some(if transparent.is_some() {
            Answer::Transparent(field)
        } else {
            Answer::Database(field)
        });
    }
    let Some(status) = status else {
        if !broken {
            errors.at(
                ident,
                format!("`{ident}` has no status: begin with one, as in `#[http(404, …)]`"),
            );
        }
        return None;
    };
    let status = error_status(&status, errors);
    for text in [&code, &constraint].into_iter().flatten() {
        not_empty(text, errors);
    }
    let key = match (&constraint, &sqlstate) {
        (Some(_), _) => Some("constraint"),
        (None, Some(_)) => Some("sqlstate"),
        (None, None) => None,
    };
    if let Some(key) = key
        && only.is_none()
        && !item.fields.is_empty()
    {
        errors.at(
            ident,
            format!("a `{key}` variant has no field, or wraps the `sqlx::Error`"),
        );
    }
    Some(Answer::Own {
        status: status?,
        code: code.map(|code| code.value()),
        received: key.map(|_| Received {
            constraint: constraint.map(|name| name.value()),
            sqlstate: sqlstate.map(|code| code.value()),
            wraps: only,
        }),
        data: item.data,
    })
}

fn not_empty(text: &LitStr, errors: &Errors) {
    if text.value().is_empty() {
        errors.at(text, "this is empty");
    }
}

fn error_status(written: &Lit, errors: &Errors) -> Option<u16> {
    let status = match written {
        Lit::Int(written) => written.base10_parse::<u16>().ok(),
        _ => None,
    };
    let status = status.filter(|status| (400..600).contains(status));
    if status.is_none() {
        errors.at(
            written,
            "the status of an error is a number from 400 to 599",
        );
    }
    status
}
