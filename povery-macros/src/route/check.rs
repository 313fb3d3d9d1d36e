//! Judges what was written and reports every mistake at its token.

use syn::{Expr, ExprLit, Ident, Lit, Meta, Type};

use super::function::Function;
use super::model::{Argument, IdempotencyKey, Keys, Kind, Route, Rule};
use super::parameters::Parameter;
use super::parse::{Attribute, KeyHeader, Keys as Written, Layers, Names};
use super::rule::{self, WrittenRule};
use super::template::{self, Template};
use super::{names, signature};
use crate::errors::Errors;
use crate::near::suggestion;
use crate::noun::Noun;

/// The methods of a route, and the variants of `povery::Method`.
const METHODS: [(&str, &str); 9] = [
    ("GET", "Get"),
    ("POST", "Post"),
    ("PUT", "Put"),
    ("PATCH", "Patch"),
    ("DELETE", "Delete"),
    ("HEAD", "Head"),
    ("OPTIONS", "Options"),
    ("TRACE", "Trace"),
    ("ANY", "Any"),
];

/// The route, or `None` where a mistake leaves nothing to expand.
pub(super) fn check(
    attribute: Attribute,
    parameters: Vec<Parameter>,
    function: &Function,
    errors: &Errors,
) -> Option<Route> {
    let krate = attribute.krate();
    let method = attribute
        .method
        .and_then(|method| known_method(&method, errors));
    if let Some(header) = &attribute.keys.idempotency_key {
        takes_key(header, method.as_ref(), &attribute.keys, errors);
    }
    let keys = keys(attribute.keys, errors);
    signature::check(function, &parameters, Noun::ROUTE, errors);
    let rules: Vec<_> = parameters
        .iter()
        .map(|parameter| checked_rules(&parameter.rules, errors))
        .collect();
    let literal = attribute.template?;
    let template = template::parse(&literal, errors)?;
    let name = &function.sig.ident;
    let names = names::pair(&template, &literal, &parameters, name, errors);
    let arguments = parameters
        .into_iter()
        .zip(names)
        .zip(rules)
        .map(|((parameter, name), rules)| argument(parameter, name, rules, &template, errors))
        .collect();
    Some(Route {
        krate,
        method: method?,
        template,
        keys,
        arguments,
        doc: doc(function),
    })
}

fn known_method(written: &Ident, errors: &Errors) -> Option<Ident> {
    let text = written.to_string();
    if let Some((_, variant)) = METHODS.iter().find(|(name, _)| *name == text) {
        return Some(Ident::new(variant, written.span()));
    }
    let suggestion = suggestion(&text, METHODS.map(|(name, _)| name));
    errors.at(written, format!("unknown method `{text}`: {suggestion}"));
    None
}

/// What could be read of the keys; the rest has been reported, and nothing is expanded then.
fn keys(written: Written, errors: &Errors) -> Keys {
    if let Some(tag) = &written.tag
        && tag.value().trim().is_empty()
    {
        errors.at(tag, "a tag is a name");
    }
    if let Some(public) = &written.public
        && let Some(Names { key, .. }) = written.roles.as_ref().or(written.scopes.as_ref())
    {
        let text = format!("`public` lets everyone call, and `{key}` does not: keep one of them");
        errors.at(public, text);
    }
    Keys {
        status: written
            .status
            .and_then(|status| success_status(&status, errors)),
        roles: distinct(written.roles, errors),
        scopes: distinct(written.scopes, errors),
        public: written.public.is_some(),
        tag: written.tag.map(|tag| tag.value()),
        body_limit: written
            .body_limit
            .and_then(|limit| body_limit(&limit, errors)),
        layers: layers(written.layers, errors),
        deprecated: written.deprecated.is_some(),
        hidden: written.hidden.is_some(),
        idempotent: written.idempotent.is_some(),
        idempotency_key: written.idempotency_key.map(|header| IdempotencyKey {
            required: header.required,
            site: header.key.span(),
        }),
    }
}

/// Reports a route for which the header `Idempotency-Key` means nothing. What its arguments are, only the compiler knows.
fn takes_key(header: &KeyHeader, method: Option<&Ident>, written: &Written, errors: &Errors) {
    if let Some(method) = method
        && ["Get", "Head", "Options", "Trace"].contains(&method.to_string().as_str())
    {
        errors.at(
            &header.key,
            "`idempotency_key` is for what changes something: a request of this method may be sent again as it is",
        );
    }
    if method.is_some_and(|method| method == "Any") {
        errors.at(
            &header.key,
            "`idempotency_key` is for one method: write a route for each that changes something",
        );
    }
    if written.idempotent.is_some() {
        errors.at(
            &header.key,
            "`idempotency_key` runs the route once, in its `Tx`; `idempotent` runs statements of a `Pool` again: keep one of them",
        );
    }
}

fn layers(written: Option<Layers>, errors: &Errors) -> Vec<Expr> {
    let Some(Layers { key, layers }) = written else {
        return Vec::new();
    };
    if layers.is_empty() {
        let text = "`layers` has at least one; leave it out where nothing stands around the route";
        errors.at(key, text);
    }
    layers
}

pub(crate) fn distinct(written: Option<Names>, errors: &Errors) -> Vec<String> {
    let Some(Names { key, names }) = written else {
        return Vec::new();
    };
    if names.is_empty() {
        errors.at(
            &key,
            format!("`{key}` names at least one; leave it out where anyone may call"),
        );
    }
    let mut known = Vec::new();
    for name in names {
        let text = name.value();
        if text.trim().is_empty() || text.trim() != text {
            errors.at(&name, "a name is neither empty nor has space around it");
        } else if known.contains(&text) {
            errors.at(&name, format!("`{text}` stands twice in `{key}`"));
        } else {
            known.push(text);
        }
    }
    known
}

fn success_status(written: &Lit, errors: &Errors) -> Option<u16> {
    let status = match written {
        Lit::Int(number) => number.base10_parse::<u16>().ok(),
        _ => None,
    };
    let status = status.filter(|status| (200..400).contains(status));
    if status.is_none() {
        errors.at(
            written,
            "`status` is the status of a success: a number from 200 to 399",
        );
    }
    status
}

/// The most bytes of a body that a gateway delivers: those of API Gateway, 10 MiB.
const GATEWAY_LIMIT: usize = 10 * 1024 * 1024;

fn body_limit(written: &Lit, errors: &Errors) -> Option<usize> {
    let limit = match written {
        Lit::Int(number) => number.base10_parse::<usize>().ok(),
        _ => None,
    };
    let limit = limit.filter(|limit| (1..=GATEWAY_LIMIT).contains(limit));
    if limit.is_none() {
        errors.at(
            written,
            format!(
                "`body_limit` is a number of bytes from 1 to {GATEWAY_LIMIT}, the most that a gateway delivers"
            ),
        );
    }
    limit
}

fn checked_rules(written: &[WrittenRule], errors: &Errors) -> Vec<(Ident, Option<Rule>)> {
    let check = |(position, rule): (usize, &WrittenRule)| {
        let mut before = written.iter().take(position);
        if before.any(|before| rule.repeats(before)) {
            let name = &rule.name;
            errors.at(name, format!("the rule `{name}` is given twice"));
        }
        (rule.name.clone(), rule::check(rule, errors))
    };
    written.iter().enumerate().map(check).collect()
}

fn argument(
    parameter: Parameter,
    name: Option<String>,
    rules: Vec<(Ident, Option<Rule>)>,
    template: &Template,
    errors: &Errors,
) -> Argument {
    let ty = parameter.ty;
    owned(&ty, name.is_some(), errors);
    let Some(name) = name else {
        if let Some((rule, _)) = rules.first() {
            errors.at(
                rule,
                "`#[validate]` is for parameters of the template; an extractor such as `Json<T>` validates its own `T`",
            );
        }
        return Argument {
            ty,
            kind: Kind::Extractor,
        };
    };
    let rules = rules.into_iter().filter_map(|(_, rule)| rule).collect();
    let kind = match template.path_index(&name) {
        Some(index) => Kind::Path {
            tail: template.is_tail(&name),
            name,
            index,
            rules,
        },
        None => Kind::Query { name, rules },
    };
    Argument { ty, kind }
}

/// Reports a type that borrows. Of an extractor only a reference is one for certain.
pub(crate) fn owned(ty: &Type, is_text: bool, errors: &Errors) {
    let borrows = match is_text {
        true => signature::borrows(ty) || signature::refers(ty),
        false => signature::borrows(ty) && matches!(ty, Type::Reference(_)),
    };
    if borrows || signature::is_unsized(ty) {
        errors.at(
            ty,
            "a parameter owns its value, which must outlive the request's text: `String` for `&str`",
        );
    }
}

/// The document comment, its lines joined and the leading space of each taken off.
fn doc(function: &Function) -> String {
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
