//! Judges the attributes and reports every mistake at its token.

use syn::{Data, DeriveInput, Fields, LitInt};

use super::model::{Answer, Constraint, HttpError, Variant};
use super::parse::{self, Written};
use crate::errors::Errors;

/// The model, or `None` where a mistake leaves nothing to expand.
pub(super) fn check(input: &DeriveInput, errors: &Errors) -> Option<HttpError> {
    let Data::Enum(data) = &input.data else {
        errors.at(
            &input.ident,
            "`HttpError` is derived for an enum, with `#[http(…)]` on every variant",
        );
        return None;
    };
    let mut variants = Vec::new();
    let mut database = false;
    let mut constraint = None;
    for variant in &data.variants {
        let mut written = Written::default();
        let mut found = false;
        for attribute in variant
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("http"))
        {
            found = true;
            parse::attribute(attribute, &mut written, errors);
        }
        if !found {
            errors.at(
                &variant.ident,
                format!("`{}` has no answer: add `#[http(404)]`, `#[http(database)]` or `#[http(transparent)]`", variant.ident),
            );
            continue;
        }
        if let Some(key) = written
            .database
            .as_ref()
            .filter(|_| std::mem::replace(&mut database, true))
        {
            errors.at(
                key,
                "only one variant is the `database` one: it receives every `sqlx::Error`",
            );
        }
        if constraint.is_none() {
            constraint.clone_from(&written.constraint);
        }
        let answer = answer(&variant.ident, written, &variant.fields, errors);
        variants.extend(answer.map(|answer| Variant {
            ident: variant.ident.clone(),
            answer,
        }));
    }
    if let Some(constraint) = constraint.filter(|_| !database) {
        errors.at(constraint, "a `constraint` wants a variant with `#[http(database)]`, which receives the other errors");
    }
    Some(HttpError {
        ident: input.ident.clone(),
        generics: input.generics.clone(),
        variants,
    })
}

fn answer(
    ident: &syn::Ident,
    written: Written,
    fields: &Fields,
    errors: &Errors,
) -> Option<Answer> {
    let Written {
        status,
        code,
        constraint,
        database,
        transparent,
    } = written;
    let one_field = matches!(fields, Fields::Unnamed(fields) if fields.unnamed.len() == 1);
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
        if !one_field {
            errors.at(
                ident,
                format!("a `{key}` variant wraps exactly one error: `{ident}(#[source] …)`"),
            );
            return None;
        }
        return Some(if transparent.is_some() {
            Answer::Transparent
        } else {
            Answer::Database
        });
    }
    let Some(status) = status else {
        errors.at(
            ident,
            format!("`{ident}` has no status: begin with one, as in `#[http(404, …)]`"),
        );
        return None;
    };
    let constraint = match constraint {
        None => None,
        Some(_) if !one_field && !matches!(fields, Fields::Unit) => {
            errors.at(
                ident,
                "a `constraint` variant has no field, or wraps the `sqlx::Error`",
            );
            return None;
        }
        Some(name) => Some(Constraint {
            name: name.value(),
            wraps: one_field,
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
