//! Judges what was written and reports every mistake at its token.

use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Ident, ItemFn, Lit, LitInt, Meta};

use super::model::{Argument, Kind, Route, Rule};
use super::parse::{Attribute, Parameter};
use super::rule::{self, WrittenRule};
use super::template::{self, Template};
use crate::errors::{Errors, did_you_mean};

/// The methods of a route, and the variants of `povery::Method`.
const METHODS: [(&str, &str); 7] = [
    ("GET", "Get"),
    ("POST", "Post"),
    ("PUT", "Put"),
    ("PATCH", "Patch"),
    ("DELETE", "Delete"),
    ("HEAD", "Head"),
    ("OPTIONS", "Options"),
];

/// The route, or `None` where a mistake leaves nothing to expand.
pub(super) fn check(
    attribute: Attribute,
    parameters: Vec<Parameter>,
    function: &ItemFn,
    errors: &Errors,
) -> Option<Route> {
    signature(function, errors);
    let krate = attribute.krate();
    let method = attribute
        .method
        .and_then(|method| known_method(&method, errors));
    let status = attribute
        .status
        .map_or(Some(200), |status| success_status(&status, errors));
    let template = attribute.template.and_then(|literal| {
        let template = template::parse(&literal, errors)?;
        unmatched_names(&template, &parameters, function, errors);
        Some(template)
    });
    let rules: Vec<_> = parameters
        .iter()
        .map(|parameter| checked_rules(&parameter.rules, errors))
        .collect();
    let template = template?;
    let arguments = parameters
        .into_iter()
        .zip(rules)
        .map(|(parameter, rules)| argument(parameter, rules, &template, errors))
        .collect();
    Some(Route {
        krate,
        method: method?,
        template,
        status: status?,
        arguments,
        doc: doc(function),
    })
}

fn signature(function: &ItemFn, errors: &Errors) {
    let signature = &function.sig;
    if signature.asyncness.is_none() {
        errors.at(
            signature.fn_token,
            "a route is an `async fn`: write `async` before `fn`",
        );
    }
    if !signature.generics.params.is_empty() {
        errors.at(
            &signature.generics,
            "a route cannot be generic: the router must name it",
        );
    }
}

fn known_method(written: &Ident, errors: &Errors) -> Option<Ident> {
    let text = written.to_string();
    if let Some((_, variant)) = METHODS.iter().find(|(name, _)| *name == text) {
        return Some(Ident::new(variant, written.span()));
    }
    let all = METHODS.map(|(name, _)| name);
    let near = did_you_mean(&text, all);
    errors.at(
        written,
        format!(
            "unknown method `{text}`{near}; a route has one of {}",
            all.join(", ")
        ),
    );
    None
}

fn success_status(written: &LitInt, errors: &Errors) -> Option<u16> {
    let status = written
        .base10_parse::<u16>()
        .ok()
        .filter(|status| (200..400).contains(status));
    if status.is_none() {
        errors.at(
            written,
            "`status` is the status of a success: a number from 200 to 399",
        );
    }
    status
}

/// Reports every name of the template without a parameter. (The reverse is seen by the compiler:
/// a parameter outside the template must be an extractor.)
fn unmatched_names(
    template: &Template,
    parameters: &[Parameter],
    function: &ItemFn,
    errors: &Errors,
) {
    let known: Vec<String> = parameters
        .iter()
        .filter_map(|parameter| Some(wire_name(parameter.name.as_ref()?)))
        .collect();
    for name in template
        .names()
        .filter(|name| !known.iter().any(|known| known == name))
    {
        let free = known
            .iter()
            .map(String::as_str)
            .filter(|known| !template.names().any(|name| name == *known));
        let near = did_you_mean(name, free);
        errors.at(
            &function.sig.ident,
            format!(
                "`<{name}>` of the template has no parameter{near}; add `{name}: Type` to `{}`",
                function.sig.ident
            ),
        );
    }
}

fn checked_rules(written: &[WrittenRule], errors: &Errors) -> Vec<(Ident, Option<Rule>)> {
    written
        .iter()
        .map(|rule| (rule.name.clone(), rule::check(rule, errors)))
        .collect()
}

fn argument(
    parameter: Parameter,
    rules: Vec<(Ident, Option<Rule>)>,
    template: &Template,
    errors: &Errors,
) -> Argument {
    let name = parameter.name.as_ref().map(wire_name);
    let path = name.as_ref().and_then(|name| template.path_index(name));
    let in_query = name
        .as_ref()
        .is_some_and(|name| template.query.contains(name));
    let place = rules.first().map(|(name, _)| name.span());
    let rules = rules.into_iter().filter_map(|(_, rule)| rule).collect();
    let kind = match (name, path) {
        (Some(name), Some(index)) => Kind::Path { name, index, rules },
        (Some(name), None) if in_query => Kind::Query { name, rules },
        _ => {
            if let Some(place) = place {
                errors.push(syn::Error::new(
                    place,
                    "`#[validate]` is for parameters of the template; an extractor such as `Json<T>` validates its own `T`",
                ));
            }
            Kind::Extractor
        }
    };
    Argument {
        ty: parameter.ty,
        kind,
    }
}

/// The name on the wire: `r#type` is `type` there.
fn wire_name(name: &Ident) -> String {
    name.unraw().to_string()
}

/// The document comment, its lines joined and the leading space of each taken off.
fn doc(function: &ItemFn) -> String {
    let lines = function
        .attrs
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                Expr::Lit(ExprLit {
                    lit: Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        });
    let lines: Vec<String> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}
