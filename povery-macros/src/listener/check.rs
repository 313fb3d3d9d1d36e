//! Judges what was written and reports every mistake at its token.

use syn::ext::IdentExt;
use syn::{Ident, Lit, LitStr};

use super::model::{Action, Event, Listener};
use super::parse::Attribute;
use super::sources::Source;
use crate::errors::Errors;
use crate::noun::Noun;
use crate::route::check::{distinct, owned};
use crate::route::function::Function;
use crate::route::model::{Argument, Kind};
use crate::route::parameters::Parameter;
use crate::route::signature;

/// The most records that are handled at once.
const MOST: usize = 100;

pub(super) fn action(
    attribute: Attribute,
    parameters: Vec<Parameter>,
    function: &Function,
    errors: &Errors,
) -> Option<Action> {
    let listener = listener(&attribute, parameters, function, Noun::ACTION, errors);
    let name = match &attribute.name {
        Some(name) => {
            is_name(name, errors);
            name.value()
        }
        None => function.sig.ident.unraw().to_string(),
    };
    Some(Action {
        listener,
        name,
        roles: distinct(attribute.roles, errors),
    })
}

/// The handler, or `None` where a mistake leaves nothing to expand.
pub(super) fn event(
    attribute: Attribute,
    parameters: Vec<Parameter>,
    function: &Function,
    errors: &Errors,
) -> Option<Event> {
    let listener = listener(&attribute, parameters, function, Noun::EVENT, errors);
    let written = attribute.source?;
    let source = match Source::named(&written.to_string()) {
        Ok(source) => source,
        Err(message) => {
            errors.at(&written, message);
            return None;
        }
    };
    if let Some(key) = &attribute.partial
        && !source.partial
    {
        let some = Source::listed(|source| source.partial);
        errors.at(
            key,
            format!("`partial` is for sources that redeliver a part of a batch: {some}"),
        );
    }
    let concurrency = attribute
        .concurrency
        .and_then(|(key, value)| concurrency(&key, &value, source, errors));
    Some(Event {
        listener,
        source,
        filters: filters(&attribute.filters, source, errors),
        partial: attribute.partial.is_some(),
        concurrency,
    })
}

fn listener(
    attribute: &Attribute,
    parameters: Vec<Parameter>,
    function: &Function,
    noun: Noun,
    errors: &Errors,
) -> Listener {
    signature::check(function, &parameters, noun, errors);
    let arguments = parameters.into_iter().map(|Parameter { ty, rules, .. }| {
        owned(&ty, false, errors);
        if let Some(rule) = rules.first() {
            errors.at(
                &rule.name,
                "`#[validate]` is for parameters of a route's template; `Json<T>` validates its own `T`",
            );
        }
        Argument {
            ty,
            kind: Kind::Extractor,
        }
    });
    Listener {
        krate: attribute.krate(),
        arguments: arguments.collect(),
        idempotent: attribute.idempotent.is_some(),
    }
}

fn is_name(written: &LitStr, errors: &Errors) -> bool {
    let text = written.value();
    let is_name = !text.is_empty() && text.trim() == text;
    if !is_name {
        errors.at(written, "a name is neither empty nor has space around it");
    }
    is_name
}

fn concurrency(key: &Ident, written: &Lit, source: &Source, errors: &Errors) -> Option<usize> {
    if !source.unordered {
        let some = Source::listed(|source| source.unordered);
        errors.at(
            key,
            format!("`concurrency` is for sources whose records have no order: {some}"),
        );
    }
    let number = match written {
        Lit::Int(number) => number.base10_parse::<usize>().ok(),
        _ => None,
    };
    let number = number.filter(|number| (1..=MOST).contains(number));
    if number.is_none() {
        errors.at(
            written,
            format!("`concurrency` is a number of records from 1 to {MOST}"),
        );
    }
    number
}

/// What chooses among the events of the source, in the order of its keys.
fn filters(
    written: &[(Ident, LitStr)],
    source: &'static Source,
    errors: &Errors,
) -> Vec<(&'static str, String)> {
    let mut filters = Vec::new();
    for (key, value) in written {
        let known = source.filters.iter().find(|known| key == *known);
        let Some(known) = known else {
            let name = source.name;
            let instead = match source.filters {
                [] => "takes none".to_owned(),
                some => format!("has `{}`", some.join("`, `")),
            };
            let owners = Source::listed(|source| source.filters.iter().any(|other| key == other));
            errors.at(
                key,
                format!("`{key}` chooses events of {owners}; `{name}` {instead}"),
            );
            continue;
        };
        let is_pattern = matches!(*known, "source" | "detail_type");
        if is_name(value, errors) && !is_pattern && value.value().contains(':') {
            errors.at(
                value,
                format!("`{key}` is the name alone, without the rest of the ARN"),
            );
        }
        filters.push((*known, value.value()));
    }
    filters.sort_by_key(|(key, _)| source.filters.iter().position(|known| known == key));
    filters
}
