//! Writes the implementations.

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use super::model::{Answer, HttpError, Variant};

pub(super) fn expand(model: &HttpError) -> TokenStream {
    let HttpError {
        ident,
        generics,
        variants,
    } = model;
    let (implementation, types, bounds) = generics.split_for_impl();
    let arms = variants.iter().map(arm);
    let from = from_database(model);
    quote! {
        impl #implementation ::povery::HttpError for #ident #types #bounds {
            fn into_povery_error(self) -> ::povery::PoveryError {
                // An enum without variants has no arms and never reaches the last line.
                #[allow(unreachable_code, clippy::needless_return)]
                let answer: ::povery::PoveryError = match self {
                    #(#arms)*
                };
                #[allow(unreachable_code)]
                ::povery::__private::with_cause(answer, self)
            }
        }

        #from
    }
}

/// An implementation without content, so that only the mistakes themselves are reported.
pub(super) fn stub(input: &DeriveInput, errors: Option<TokenStream>) -> TokenStream {
    let ident = &input.ident;
    let (implementation, types, bounds) = input.generics.split_for_impl();
    quote! {
        #errors

        impl #implementation ::povery::HttpError for #ident #types #bounds {
            fn into_povery_error(self) -> ::povery::PoveryError {
                ::core::unreachable!()
            }
        }
    }
}

fn arm(Variant { ident, answer }: &Variant) -> TokenStream {
    match answer {
        Answer::Own {
            status,
            code: Some(code),
            ..
        } => {
            quote!(Self::#ident { .. } => ::povery::__private::answer(#status, ::core::option::Option::Some(#code)),)
        }
        Answer::Own {
            status, code: None, ..
        } => {
            quote!(Self::#ident { .. } => ::povery::__private::answer(#status, ::core::option::Option::None),)
        }
        Answer::Database => {
            quote!(Self::#ident(ref error) => ::povery::__private::database_answer(error),)
        }
        Answer::Transparent => {
            quote!(Self::#ident(error) => return ::povery::HttpError::into_povery_error(error),)
        }
    }
}

/// `From<sqlx::Error>`: a named constraint becomes its variant, everything else the `database` one.
fn from_database(model: &HttpError) -> Option<TokenStream> {
    let HttpError {
        ident,
        generics,
        variants,
    } = model;
    let (implementation, types, bounds) = generics.split_for_impl();
    let database = &variants
        .iter()
        .find(|variant| matches!(variant.answer, Answer::Database))?
        .ident;
    let constraints = variants.iter().filter_map(|variant| match &variant.answer {
        Answer::Own {
            constraint: Some(constraint),
            ..
        } => {
            let (ident, name) = (&variant.ident, &constraint.name);
            let wrapped = constraint.wraps.then(|| quote!((error)));
            Some(quote!(::core::option::Option::Some(#name) => Self::#ident #wrapped,))
        }
        _ => None,
    });
    Some(quote! {
        impl #implementation ::core::convert::From<::povery::__private::sqlx::Error> for #ident #types #bounds {
            fn from(error: ::povery::__private::sqlx::Error) -> Self {
                match ::povery::__private::violated_constraint(&error) {
                    #(#constraints)*
                    _ => Self::#database(error),
                }
            }
        }
    })
}
