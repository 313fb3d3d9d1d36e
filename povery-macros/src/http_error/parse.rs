//! Reads `#[http(404, code = "…", constraint = "…")]`; judges only syntax.

use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitInt, LitStr, Token};

use crate::errors::Errors;
use crate::near::suggestion;

/// What the attribute of one variant says.
#[derive(Default)]
pub(super) struct Written {
    pub(super) status: Option<LitInt>,
    pub(super) code: Option<LitStr>,
    pub(super) constraint: Option<LitStr>,
    pub(super) database: Option<Ident>,
    pub(super) transparent: Option<Ident>,
    /// Whether something could not be read, so that what is missing may be that.
    pub(super) broken: bool,
}

const KEYS: [&str; 4] = ["code", "constraint", "database", "transparent"];

enum Part {
    Status(LitInt),
    Flag(Ident),
    Text(Ident, LitStr),
}

impl Parse for Part {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitInt) {
            return input.parse().map(Part::Status);
        }
        let key = input.call(Ident::parse_any)?;
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            return Ok(Part::Text(key, input.parse()?));
        }
        Ok(Part::Flag(key))
    }
}

/// Reads one attribute into `written`.
pub(super) fn attribute(attribute: &Attribute, written: &mut Written, errors: &Errors) {
    let parts = attribute.parse_args_with(|input: ParseStream<'_>| {
        syn::punctuated::Punctuated::<Part, Token![,]>::parse_terminated(input)
    });
    let parts = match parts {
        Ok(parts) => parts,
        Err(error) => {
            written.broken = true;
            return errors.push(error);
        }
    };
    for part in parts {
        match part {
            Part::Status(status) => {
                let token = status.clone();
                if written.status.replace(status).is_some() {
                    errors.at(token, "the status is given twice");
                }
            }
            Part::Flag(key) => match key.to_string().as_str() {
                "database" => flag(key, &mut written.database, errors),
                "transparent" => flag(key, &mut written.transparent, errors),
                _ => unknown(&key, written, errors),
            },
            Part::Text(key, text) => match key.to_string().as_str() {
                "code" => once(&key, &mut written.code, text, errors),
                "constraint" => once(&key, &mut written.constraint, text, errors),
                _ => unknown(&key, written, errors),
            },
        }
    }
}

fn flag(key: Ident, place: &mut Option<Ident>, errors: &Errors) {
    once(&key.clone(), place, key, errors);
}

fn once<T>(key: &Ident, place: &mut Option<T>, value: T, errors: &Errors) {
    if place.replace(value).is_some() {
        errors.at(key, format!("the key `{key}` is given twice"));
    }
}

fn unknown(key: &Ident, written: &mut Written, errors: &Errors) {
    written.broken = true;
    let text = key.to_string();
    let suggestion = suggestion(&text, KEYS);
    errors.at(key, format!("unknown key `{text}`: {suggestion}"));
}
