//! What the function's signature must be, whatever the template says.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericParam, Type};

use super::function::Function;
use super::parameters::Parameter;
use crate::errors::Errors;
use crate::noun::Noun;

pub(crate) fn check(function: &Function, parameters: &[Parameter], noun: Noun, errors: &Errors) {
    let Noun {
        a, name, caller, ..
    } = noun;
    let signature = &function.sig;
    // Of a `const async fn` the compiler complains by itself.
    match (&signature.asyncness, &signature.constness) {
        (None, Some(word)) => errors.at(
            word,
            format!("{a} is an `async fn`: write `async` in place of `const`"),
        ),
        (None, None) => errors.at(
            signature.fn_token,
            format!("{a} is an `async fn`: write `async` before `fn`"),
        ),
        (Some(_), _) => {}
    }
    if let Some(abi) = &signature.abi {
        errors.at(
            abi,
            format!("{a} is called by povery, from Rust: leave `extern` out"),
        );
    }
    if let Some(word) = &signature.unsafety {
        errors.at(
            word,
            format!("{a} is called by povery and cannot be an `unsafe fn`"),
        );
    }
    // A lifetime is there for a parameter that borrows, and that is the mistake.
    let params = &signature.generics.params;
    let only_lifetimes = params
        .iter()
        .all(|param| matches!(param, GenericParam::Lifetime(_)));
    let told = only_lifetimes && parameters.iter().any(|Parameter { ty, .. }| borrows(ty));
    if !params.is_empty() && !told {
        errors.at(
            &signature.generics,
            format!("{a} cannot be generic: {caller} calls one function of known types"),
        );
    }
    for Parameter { ty, .. } in parameters {
        if let Type::ImplTrait(generic) = ty {
            errors.at(
                generic,
                format!(
                    "a parameter of {a} names its type: `impl Trait` would make the {name} generic"
                ),
            );
        }
    }
}

/// Whether a type has no size of its own: bare `str`, or a slice.
pub(crate) fn is_unsized(ty: &Type) -> bool {
    match ty {
        Type::Slice(_) => true,
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Whether a type has a reference in it. Even a `&'static` one cannot be read from a request; but
/// `Cow<'static, str>` can.
pub(crate) fn refers(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Punct(punct) => punct.as_char() == '&',
            TokenTree::Group(group) => any(group.stream()),
            _ => false,
        })
    }
    any(ty.to_token_stream())
}

/// Whether a type borrows for less than `'static`, as `&str` and `Cow<'_, str>` do.
pub(crate) fn borrows(ty: &Type) -> bool {
    fn any(tokens: TokenStream) -> bool {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let apostrophe =
                |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == '\'');
            let borrows = match &token {
                TokenTree::Punct(punct) if punct.as_char() == '&' => {
                    !tokens.peek().is_some_and(apostrophe)
                }
                lifetime if apostrophe(lifetime) => {
                    !matches!(tokens.peek(), Some(TokenTree::Ident(name)) if name == "static")
                }
                TokenTree::Group(group) => any(group.stream()),
                _ => false,
            };
            if borrows {
                return true;
            }
        }
        false
    }
    any(ty.to_token_stream())
}
