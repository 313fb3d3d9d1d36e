//! Reads the attribute as it is written; judges only syntax.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Lit, LitStr, Path, Token, parse_quote};

use crate::errors::Errors;
use crate::near::suggestion;

/// The attribute's arguments. What could not be read is `None` and has been reported.
pub(super) struct Attribute {
    pub(super) method: Option<Ident>,
    pub(super) template: Option<LitStr>,
    pub(super) keys: Keys,
    krate: Option<Path>,
}

/// What follows the template.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) status: Option<Lit>,
    pub(super) roles: Option<Names>,
    pub(super) scopes: Option<Names>,
    pub(super) public: Option<Ident>,
    pub(super) tag: Option<LitStr>,
    pub(super) body_limit: Option<Lit>,
    pub(super) layers: Option<Layers>,
    pub(super) deprecated: Option<Ident>,
    pub(super) hidden: Option<Ident>,
    pub(super) idempotent: Option<Ident>,
    pub(super) idempotency_key: Option<KeyHeader>,
}

/// `idempotency_key`, or `idempotency_key = required`.
pub(super) struct KeyHeader {
    pub(super) key: Ident,
    pub(super) required: bool,
}

/// `roles("ADMIN", "EDITOR")`.
pub(crate) struct Names {
    pub(crate) key: Ident,
    pub(crate) names: Vec<LitStr>,
}

/// `layers(TimeoutLayer::new(…), …)`.
pub(super) struct Layers {
    pub(super) key: Ident,
    pub(super) layers: Vec<Expr>,
}

impl Attribute {
    /// The path by which generated code reaches povery.
    pub(super) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| parse_quote!(::povery))
    }
}

const USAGE: &str =
    "expected `route(METHOD, \"/template\")`, for example `#[povery::route(GET, \"/users/<id>\")]`";

/// The keys that may follow the template.
const KEYS: [&str; 12] = [
    "status",
    "roles",
    "scopes",
    "public",
    "tag",
    "body_limit",
    "layers",
    "deprecated",
    "hidden",
    "idempotent",
    "idempotency_key",
    "crate",
];

/// Reads `METHOD, "template" [, key]*`, reporting every argument that is wrong.
pub(super) fn attribute(tokens: TokenStream, errors: &Errors) -> Attribute {
    let mut attribute = Attribute {
        method: None,
        template: None,
        keys: Keys::default(),
        krate: None,
    };
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            return Err(syn::Error::new(Span::call_site(), USAGE));
        }
        let method = input
            .call(Ident::parse_any)
            .map_err(|error| usage(&error))?;
        // Of `Method::GET` the usage says all.
        input.parse::<Token![,]>().map_err(|error| usage(&error))?;
        attribute.method = Some(method);
        attribute.template = Some(input.parse().map_err(|error| usage(&error))?);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            // A value that is wrong is passed over, so that the keys behind it are still read.
            if let Err(error) = key(input, &mut attribute, errors) {
                errors.push(error);
                skip_value(input)?;
            }
        }
        Ok(())
    };
    if let Err(error) = parser.parse2(tokens) {
        errors.push(error);
    }
    attribute
}

fn usage(error: &syn::Error) -> syn::Error {
    syn::Error::new(error.span(), USAGE)
}

fn key(input: ParseStream<'_>, attribute: &mut Attribute, errors: &Errors) -> syn::Result<()> {
    let name = input.call(Ident::parse_any).map_err(|error| {
        let known = KEYS.join("`, `");
        syn::Error::new(error.span(), format!("expected a key: there is `{known}`"))
    })?;
    let keys = &mut attribute.keys;
    let repeated = match name.to_string().as_str() {
        "status" => keys.status.replace(value(input, &name, "201")?).is_some(),
        "tag" => keys
            .tag
            .replace(value(input, &name, "\"users\"")?)
            .is_some(),
        "body_limit" => keys
            .body_limit
            .replace(value(input, &name, "5_000_000")?)
            .is_some(),
        "roles" => keys.roles.replace(names(input, &name)?).is_some(),
        "scopes" => keys.scopes.replace(names(input, &name)?).is_some(),
        "layers" => keys.layers.replace(layers(input, &name)?).is_some(),
        "public" => flag(input, &name, &mut keys.public)?,
        "deprecated" => flag(input, &name, &mut keys.deprecated)?,
        "hidden" => flag(input, &name, &mut keys.hidden)?,
        "idempotent" => flag(input, &name, &mut keys.idempotent)?,
        "idempotency_key" => {
            let header = key_header(input, &name)?;
            keys.idempotency_key.replace(header).is_some()
        }
        "crate" => {
            let CratePath(path) = value(input, &name, "::povery")?;
            attribute.krate.replace(path).is_some()
        }
        other => {
            let suggestion = suggestion(other, KEYS);
            errors.at(&name, format!("unknown key `{other}`: {suggestion}"));
            return skip_value(input);
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

/// A path without arguments, which may begin with `crate` or `::`.
pub(crate) struct CratePath(pub(crate) Path);

impl Parse for CratePath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        input.call(Path::parse_mod_style).map(Self)
    }
}

pub(crate) fn value<T: Parse>(
    input: ParseStream<'_>,
    key: &Ident,
    example: &str,
) -> syn::Result<T> {
    let usage = |span| syn::Error::new(span, format!("write `{key} = {example}`"));
    // What is missing at the very end is missing behind the key.
    if !input.peek(Token![=]) || input.peek2(Token![,]) {
        return Err(usage(key.span()));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() {
        return Err(usage(key.span()));
    }
    input.parse().map_err(|error| usage(error.span()))
}

pub(crate) fn names(input: ParseStream<'_>, key: &Ident) -> syn::Result<Names> {
    let usage = |span| syn::Error::new(span, format!("write `{key}(\"NAME\", …)`"));
    let content = parenthesized(input).map_err(|_| usage(key.span()))?;
    let names = Punctuated::<LitStr, Token![,]>::parse_terminated;
    let names = names.parse2(content).map_err(|error| usage(error.span()))?;
    Ok(Names {
        key: key.clone(),
        names: names.into_iter().collect(),
    })
}

fn layers(input: ParseStream<'_>, key: &Ident) -> syn::Result<Layers> {
    let usage = |span| syn::Error::new(span, format!("write `{key}(LAYER, …)`"));
    if !input.peek(syn::token::Paren) {
        return Err(usage(key.span()));
    }
    let group: Group = input.parse()?;
    let mut at_end = false;
    let layers = |input: ParseStream<'_>| {
        let layers = Punctuated::<Expr, Token![,]>::parse_terminated(input);
        // What is missing at the end is missing before the parenthesis.
        layers.inspect_err(|_| at_end = input.is_empty())
    };
    let layers = layers.parse2(group.stream());
    let layers = layers.map_err(|error| {
        usage(match at_end {
            true => group.span_close(),
            false => error.span(),
        })
    })?;
    Ok(Layers {
        key: key.clone(),
        layers: layers.into_iter().collect(),
    })
}

fn parenthesized(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let content;
    syn::parenthesized!(content in input);
    content.parse()
}

/// Whether the flag had been given before.
pub(crate) fn flag(
    input: ParseStream<'_>,
    key: &Ident,
    place: &mut Option<Ident>,
) -> syn::Result<bool> {
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            key.span(),
            format!("the key `{key}` takes no value"),
        ));
    }
    Ok(place.replace(key.clone()).is_some())
}

fn key_header(input: ParseStream<'_>, key: &Ident) -> syn::Result<KeyHeader> {
    let usage = |span| {
        syn::Error::new(
            span,
            "write `idempotency_key`, or `idempotency_key = required`",
        )
    };
    let mut required = false;
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let word = input.call(Ident::parse_any);
        let word = word.map_err(|error| match input.is_empty() {
            true => usage(key.span()),
            false => usage(error.span()),
        })?;
        if word != "required" {
            return Err(usage(word.span()));
        }
        required = true;
    } else if input.peek(syn::token::Paren) {
        return Err(usage(key.span()));
    }
    Ok(KeyHeader {
        key: key.clone(),
        required,
    })
}

pub(crate) fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}
