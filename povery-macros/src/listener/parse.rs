//! Reads the attributes as they are written; judges only syntax.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, Lit, LitStr, Path, Token, parse_quote};

use crate::errors::Errors;
use crate::near::suggestion;
use crate::route::parse::{CratePath, Names, flag, names, skip_value, value};

/// The arguments of either attribute. What could not be read is `None` and has been reported.
#[derive(Default)]
pub(super) struct Attribute {
    /// The name of an action, where it is not the function's.
    pub(super) name: Option<LitStr>,
    /// The source of events.
    pub(super) source: Option<Ident>,
    pub(super) roles: Option<Names>,
    pub(super) partial: Option<Ident>,
    pub(super) concurrency: Option<(Ident, Lit)>,
    pub(super) idempotent: Option<Ident>,
    pub(super) filters: Vec<(Ident, LitStr)>,
    krate: Option<Path>,
}

impl Attribute {
    /// The path by which generated code reaches povery.
    pub(super) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| parse_quote!(::povery))
    }
}

const USAGE: &str = "expected `event(source)`, for example `#[povery::event(sqs)]`";

const ACTION_KEYS: &[&str] = &["roles", "idempotent", "crate"];
const EVENT_KEYS: &[&str] = &[
    "partial",
    "concurrency",
    "queue",
    "bucket",
    "topic",
    "table",
    "stream",
    "source",
    "detail_type",
    "rule",
    "idempotent",
    "crate",
];

/// Reads `["name"] [, key]*`.
pub(super) fn action(tokens: TokenStream, errors: &Errors) -> Attribute {
    let mut attribute = Attribute::default();
    let parser = |input: ParseStream<'_>| {
        if input.peek(LitStr) {
            attribute.name = Some(input.parse()?);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        keys(input, ACTION_KEYS, &mut attribute, errors)
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
    attribute
}

/// Reads `source [, key]*`.
pub(super) fn event(tokens: TokenStream, errors: &Errors) -> Attribute {
    let mut attribute = Attribute::default();
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            return Err(syn::Error::new(Span::call_site(), USAGE));
        }
        let usage = |error: syn::Error| syn::Error::new(error.span(), USAGE);
        let source = input.call(Ident::parse_any).map_err(usage)?;
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(usage)?;
        }
        attribute.source = Some(source);
        keys(input, EVENT_KEYS, &mut attribute, errors)
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
    attribute
}

fn keys(
    input: ParseStream<'_>,
    known: &[&'static str],
    attribute: &mut Attribute,
    errors: &Errors,
) -> syn::Result<()> {
    while !input.is_empty() {
        // A value that is wrong is passed over, so that the keys behind it are still read.
        if let Err(error) = key(input, known, attribute, errors) {
            errors.push(error);
            skip_value(input)?;
        }
        if input.is_empty() {
            break;
        }
        input.parse::<Token![,]>()?;
    }
    Ok(())
}

fn key(
    input: ParseStream<'_>,
    known: &[&'static str],
    attribute: &mut Attribute,
    errors: &Errors,
) -> syn::Result<()> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        let known = known.join("`, `");
        syn::Error::new(error.span(), format!("expected a key: there is `{known}`"))
    })?;
    let text = name.to_string();
    if !known.contains(&text.as_str()) {
        let suggestion = suggestion(&text, known.iter().copied());
        errors.at(&name, format!("unknown key `{text}`: {suggestion}"));
        return skip_value(input);
    }
    let repeated = match text.as_str() {
        "roles" => attribute.roles.replace(names(input, &name)?).is_some(),
        "partial" => flag(input, &name, &mut attribute.partial)?,
        "idempotent" => flag(input, &name, &mut attribute.idempotent)?,
        "concurrency" => {
            let value = value(input, &name, "4")?;
            attribute
                .concurrency
                .replace((name.clone(), value))
                .is_some()
        }
        "crate" => {
            let CratePath(path) = value(input, &name, "::povery")?;
            attribute.krate.replace(path).is_some()
        }
        _ => {
            let value = value(input, &name, "\"name\"")?;
            let before = attribute.filters.iter().any(|(other, _)| *other == name);
            attribute.filters.push((name.clone(), value));
            before
        }
    };
    if repeated {
        errors.at(&name, format!("the key `{name}` is given twice"));
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `,`"));
    }
    Ok(())
}
