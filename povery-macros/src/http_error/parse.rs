//! Reads `#[http(404, code = "…", constraint = "…", sqlstate = "…")]`; judges only syntax and place.

use proc_macro2::TokenTree;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Lit, LitStr, Path, Token};

use crate::errors::Errors;
use crate::near::suggestion;

/// What the attributes of one place say.
#[derive(Default)]
pub(super) struct Written {
    pub(super) status: Option<Lit>,
    pub(super) code: Option<LitStr>,
    pub(super) constraint: Option<LitStr>,
    pub(super) sqlstate: Option<LitStr>,
    pub(super) database: Option<Ident>,
    pub(super) transparent: Option<Ident>,
    pub(super) data: Option<Ident>,
    pub(super) krate: Option<Path>,
    /// Whether something could not be read, so that what is missing may be that.
    pub(super) broken: bool,
}

impl Written {
    /// Whether nothing here says what to answer.
    pub(super) fn is_without_answer(&self) -> bool {
        let keys = self.database.is_some() || self.transparent.is_some();
        let received = self.constraint.is_some() || self.sqlstate.is_some();
        !keys && !received && self.status.is_none() && self.code.is_none()
    }
}

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Enum,
    Struct,
    Variant,
    Field,
}

const KEYS: [&str; 7] = [
    "code",
    "constraint",
    "sqlstate",
    "database",
    "transparent",
    "data",
    "crate",
];

impl Place {
    /// The keys that may be written here.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Enum => &["crate"],
            Self::Struct => &["code", "database", "transparent", "crate"],
            Self::Variant => &["code", "constraint", "sqlstate", "database", "transparent"],
            Self::Field => &["data"],
        }
    }

    fn takes_status(self) -> bool {
        matches!(self, Self::Struct | Self::Variant)
    }

    /// Where a status or a key belongs that is not for this place.
    fn instead(self, key: &str) -> &'static str {
        match (self, key) {
            (_, "data") => "`data` marks a field, whose value then is the `errorData`",
            (_, "crate") => "`crate` stands above the whole type",
            (Self::Enum, _) => "the answers of an enum stand on its variants, here only `crate`",
            (Self::Field, _) => "an answer stands on the variant or the struct, here only `data`",
            (_, "sqlstate") => {
                "a `sqlstate` belongs to a variant of an enum, beside a `database` one"
            }
            _ => "a `constraint` belongs to a variant of an enum, beside a `database` one",
        }
    }
}

/// What the attributes say; `None` where there is none.
pub(super) fn attributes(
    attributes: &[Attribute],
    place: Place,
    errors: &Errors,
) -> Option<Written> {
    let mut written = None;
    for attribute in attributes {
        if attribute.path().is_ident("http") {
            let written: &mut Written = written.get_or_insert_default();
            let read = attribute
                .parse_args_with(|input: ParseStream<'_>| parts(input, place, written, errors));
            if let Err(error) = read {
                written.broken = true;
                errors.push(error);
            }
        }
    }
    written
}

fn parts(
    input: ParseStream<'_>,
    place: Place,
    written: &mut Written,
    errors: &Errors,
) -> syn::Result<()> {
    while !input.is_empty() {
        // What is wrong is passed over, so that the parts behind it are still read.
        if let Err(error) = part(input, place, written, errors) {
            written.broken = true;
            errors.push(error);
            while !input.is_empty() && !input.peek(Token![,]) {
                input.parse::<TokenTree>()?;
            }
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// Reads one part. An error is one of a part that could not be read to its end.
fn part(
    input: ParseStream<'_>,
    place: Place,
    written: &mut Written,
    errors: &Errors,
) -> syn::Result<()> {
    if input.peek(Lit) {
        let status: Lit = input.parse()?;
        if !place.takes_status() {
            return Err(syn::Error::new_spanned(status, place.instead("")));
        }
        let token = status.clone();
        if written.status.replace(status).is_some() {
            errors.at(token, "the status is given twice");
        }
        return Ok(());
    }
    let key = input.call(Ident::parse_any)?;
    let name = key.to_string();
    if !place.keys().contains(&name.as_str()) {
        let message = if KEYS.contains(&name.as_str()) {
            place.instead(&name).to_owned()
        } else {
            let keys = place.keys().iter().copied();
            format!("unknown key `{name}`: {}", suggestion(&name, keys))
        };
        return Err(syn::Error::new_spanned(key, message));
    }
    match name.as_str() {
        "code" => {
            let text = value(input)?;
            once(&key, &mut written.code, text, errors);
        }
        "constraint" => {
            let text = value(input)?;
            once(&key, &mut written.constraint, text, errors);
        }
        "sqlstate" => {
            let text = value(input)?;
            once(&key, &mut written.sqlstate, text, errors);
        }
        "crate" => {
            input.parse::<Token![=]>()?;
            let path = input.call(Path::parse_mod_style)?;
            once(&key, &mut written.krate, path, errors);
        }
        "database" => once(&key, &mut written.database, key.clone(), errors),
        "transparent" => once(&key, &mut written.transparent, key.clone(), errors),
        _ => once(&key, &mut written.data, key.clone(), errors),
    }
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `,`"));
    }
    Ok(())
}

fn value<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn once<T>(key: &Ident, place: &mut Option<T>, value: T, errors: &Errors) {
    if place.replace(value).is_some() {
        errors.at(key, format!("the key `{key}` is given twice"));
    }
}
