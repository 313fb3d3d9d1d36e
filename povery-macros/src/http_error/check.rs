//! Judges the attributes and reports every mistake at its token.

use syn::{Data, DeriveInput, Fields, Ident, LitInt};

use super::model::{Answer, Constraint, HttpError, Variant};
use super::parse::{self, Written};
use crate::errors::Errors;

/// The model, or `None` where there is no enum; where any mistake was reported it is incomplete.
pub(super) fn check(input: &DeriveInput, errors: &Errors) -> Option<HttpError> {
    let Data::Enum(data) = &input.data else {
        errors.at(
            &input.ident,
            "`HttpError` is derived for an enum, with `#[http(…)]` on every variant",
        );
        return None;
    };
    let written: Vec<_> = data
        .variants
        .iter()
        .filter_map(|variant| Some((variant, attributes(variant, errors)?)))
        .collect();
    constraints(&written, errors);
    let database = written
        .iter()
        .any(|(_, written)| written.database.is_some());
    let implemented = implemented_twice(&written, errors);
    let variants = written.into_iter().filter_map(|(variant, written)| {
        Some(Variant {
            ident: variant.ident.clone(),
            answer: answer(&variant.ident, written, &variant.fields, errors)?,
        })
    });
    Some(HttpError {
        variants: variants.collect(),
        converts: database && !implemented,
    })
}

/// What the attributes of a variant say; `None` where there is none, which is reported.
fn attributes(variant: &syn::Variant, errors: &Errors) -> Option<Written> {
    let mut written = None;
    for attribute in &variant.attrs {
        if attribute.path().is_ident("http") {
            parse::attribute(attribute, written.get_or_insert_default(), errors);
        }
    }
    if written.is_none() {
        errors.at(
            &variant.ident,
            format!("`{}` has no answer: add `#[http(404)]`, `#[http(database)]` or `#[http(transparent)]`", variant.ident),
        );
    }
    written
}

/// What the variants must be together.
fn constraints(written: &[(&syn::Variant, Written)], errors: &Errors) {
    let mut database = written
        .iter()
        .filter_map(|(_, written)| written.database.as_ref());
    let receives = database.next().is_some();
    for key in database {
        errors.at(
            key,
            "only one variant is the `database` one: it receives every `sqlx::Error`",
        );
    }
    let mut names = Vec::new();
    for (_, written) in written {
        let Some(constraint) = &written.constraint else {
            continue;
        };
        if names.contains(&constraint.value()) {
            errors.at(constraint, "this constraint has a variant already");
        } else if names.is_empty() && !receives {
            errors.at(
                constraint,
                "a `constraint` wants a variant with `#[http(database)]`, which receives the other errors",
            );
        }
        names.push(constraint.value());
    }
}

/// Whether thiserror's `#[from]` stands where this derive converts from `sqlx::Error`.
fn implemented_twice(written: &[(&syn::Variant, Written)], errors: &Errors) -> bool {
    let fields = written
        .iter()
        .filter(|(_, written)| written.database.is_some() || written.constraint.is_some())
        .flat_map(|(variant, _)| &variant.fields);
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

fn answer(ident: &Ident, written: Written, fields: &Fields, errors: &Errors) -> Option<Answer> {
    let Written {
        status,
        code,
        constraint,
        database,
        transparent,
        broken,
    } = written;
    let only = match fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed.first(),
        _ => None,
    };
    if let Some(key) = database.or(transparent.clone()) {
        if status.is_some()
            || code.is_some()
            || constraint.is_some()
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
                format!("a `{key}` variant wraps exactly one error: `{ident}(#[source] …)`"),
            );
            return None;
        };
        if transparent.is_some() {
            return Some(Answer::Transparent);
        }
        return Some(Answer::Database(field.ty.clone()));
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
    let constraint = match constraint {
        None => None,
        Some(_) if only.is_none() && !matches!(fields, Fields::Unit) => {
            errors.at(
                ident,
                "a `constraint` variant has no field, or wraps the `sqlx::Error`",
            );
            return None;
        }
        Some(name) => Some(Constraint {
            name: name.value(),
            wraps: only.is_some(),
        }),
    };
    Some(Answer::Own {
        status: error_status(&status, errors)?,
        code: code.map(|code| code.value()),
        constraint,
    })
}

fn error_status(written: &LitInt, errors: &Errors) -> Option<u16> {
    let status = written
        .base10_parse::<u16>()
        .ok()
        .filter(|status| (400..600).contains(status));
    if status.is_none() {
        errors.at(
            written,
            "the status of an error is a number from 400 to 599",
        );
    }
    status
}
