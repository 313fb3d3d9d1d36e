//! Reads the attribute and the function as they are written; judges only syntax.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{FnArg, Ident, ItemFn, LitInt, LitStr, Pat, Path, Token, Type, parse_quote};

use super::rule::{self, WrittenRule};
use crate::errors::{Errors, did_you_mean};

/// The attribute's arguments. What could not be read is `None` and has been reported.
pub(super) struct Attribute {
    pub(super) method: Option<Ident>,
    pub(super) template: Option<LitStr>,
    pub(super) status: Option<LitInt>,
    krate: Option<Path>,
}

impl Attribute {
    /// The path by which generated code reaches povery.
    pub(super) fn krate(&self) -> Path {
        self.krate.clone().unwrap_or_else(|| parse_quote!(::povery))
    }
}

/// A parameter of the function, with povery's attributes taken off it.
pub(super) struct Parameter {
    /// The name, where the pattern is a plain one (`id`, `mut id`).
    pub(super) name: Option<Ident>,
    pub(super) ty: Type,
    pub(super) rules: Vec<WrittenRule>,
}

const USAGE: &str =
    "expected `route(METHOD, \"/template\")`, for example `#[povery::route(GET, \"/users/<id>\")]`";

/// The keys that may follow the template.
const KEYS: [&str; 2] = ["status", "crate"];

/// Reads `METHOD, "template" [, key = value]*`, reporting every argument that is wrong.
pub(super) fn attribute(tokens: TokenStream, errors: &Errors) -> Attribute {
    let mut attribute = Attribute {
        method: None,
        template: None,
        status: None,
        krate: None,
    };
    let parser = |input: ParseStream<'_>| {
        if input.is_empty() {
            return Err(syn::Error::new(Span::call_site(), USAGE));
        }
        attribute.method = Some(
            input
                .call(Ident::parse_any)
                .map_err(|error| usage(&error))?,
        );
        input.parse::<Token![,]>().map_err(|error| usage(&error))?;
        attribute.template = Some(input.parse().map_err(|error| usage(&error))?);
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if input.is_empty() {
                break;
            }
            key(input, &mut attribute, errors)?;
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
    let name = input.call(Ident::parse_any)?;
    let repeated = match name.to_string().as_str() {
        "status" => {
            input.parse::<Token![=]>()?;
            attribute.status.replace(input.parse()?).is_some()
        }
        "crate" => {
            input.parse::<Token![=]>()?;
            attribute.krate.replace(input.parse()?).is_some()
        }
        other => {
            let near = did_you_mean(other, KEYS);
            errors.at(
                &name,
                format!(
                    "unknown key `{other}`{near}; a route has `{}`",
                    KEYS.join("`, `")
                ),
            );
            skip_value(input)?;
            false
        }
    };
    if repeated {
        errors.at(&name, format!("the key `{name}` is given twice"));
    }
    Ok(())
}

/// Passes over the value of an unknown key, so that the keys behind it are still read.
fn skip_value(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// Reads the function.
pub(super) fn function(item: TokenStream) -> syn::Result<ItemFn> {
    syn::parse2(item.clone()).map_err(|error| {
        // A syntax error inside a function is the compiler's to explain; another item is ours.
        if item.to_string().contains("fn ") {
            error
        } else {
            syn::Error::new_spanned(item, "`#[povery::route]` goes on an `async fn`")
        }
    })
}

/// Takes `#[validate(…)]` off every parameter and returns what the parameters say.
pub(super) fn parameters(function: &mut ItemFn, errors: &Errors) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for input in &mut function.sig.inputs {
        let FnArg::Typed(argument) = input else {
            errors.at(
                input,
                "a route is a free function and has no `self`; share values through `State<T>`",
            );
            continue;
        };
        let mut rules = Vec::new();
        argument.attrs.retain(|attribute| {
            let ours = attribute.path().is_ident("validate");
            if ours {
                rules.extend(rule::written(attribute, errors));
            }
            !ours
        });
        let name = match &*argument.pat {
            Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
                Some(pattern.ident.clone())
            }
            _ => None,
        };
        parameters.push(Parameter {
            name,
            ty: (*argument.ty).clone(),
            rules,
        });
    }
    parameters
}
