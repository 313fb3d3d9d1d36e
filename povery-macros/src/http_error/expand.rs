//! Writes the implementations.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::DeriveInput;
use syn::spanned::Spanned;

use super::model::{Answer, HttpError, Variant};

pub(super) fn expand(input: &DeriveInput, model: &HttpError) -> TokenStream {
    let arms = model.variants.iter().map(arm);
    let from = from_database(model).map(|body| from(input, &body));
    let answers = answers(
        input,
        &quote! {
            // An enum without variants has no arms and never reaches the last line.
            #[allow(unreachable_code, clippy::needless_return)]
            let answer: ::povery::PoveryError = match self {
                #(#arms)*
            };
            #[allow(unreachable_code)]
            ::povery::__private::with_cause(answer, self)
        },
    );
    quote!(#answers #from)
}

/// Implementations without content, so that only the mistakes themselves are reported, and not
/// every route and every `?` that relies on them.
pub(super) fn stub(
    input: &DeriveInput,
    converts: bool,
    errors: Option<TokenStream>,
) -> TokenStream {
    let body = quote!(::core::unreachable!());
    let answers = answers(input, &body);
    let from = converts.then(|| from(input, &quote!(let _ = error; #body)));
    quote!(#errors #answers #from)
}

fn answers(input: &DeriveInput, body: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (implementation, types, bounds) = input.generics.split_for_impl();
    quote! {
        impl #implementation ::povery::HttpError for #ident #types #bounds {
            fn into_povery_error(self) -> ::povery::PoveryError {
                #body
            }
        }
    }
}

fn from(input: &DeriveInput, body: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (implementation, types, bounds) = input.generics.split_for_impl();
    quote! {
        impl #implementation ::core::convert::From<::povery::__private::sqlx::Error> for #ident #types #bounds {
            fn from(error: ::povery::__private::sqlx::Error) -> Self {
                #body
            }
        }
    }
}

fn arm(Variant { ident, answer }: &Variant) -> TokenStream {
    match answer {
        Answer::Own { status, code, .. } => {
            let code = match code {
                Some(code) => quote!(::core::option::Option::Some(#code)),
                None => quote!(::core::option::Option::None),
            };
            quote!(Self::#ident { .. } => ::povery::__private::answer(#status, #code),)
        }
        Answer::Database(ty) => {
            let site = Span::call_site().located_at(ty.span());
            let error = quote_spanned!(site=> error);
            quote!(Self::#ident(ref #error) => ::povery::__private::database_answer(#error),)
        }
        Answer::Transparent => {
            quote!(Self::#ident(error) => return ::povery::HttpError::into_povery_error(error),)
        }
    }
}

/// A named constraint becomes its variant, everything else the `database` one.
fn from_database(model: &HttpError) -> Option<TokenStream> {
    let (database, ty) = model
        .variants
        .iter()
        .find_map(|variant| match &variant.answer {
            Answer::Database(ty) => Some((&variant.ident, ty)),
            _ => None,
        })?;
    let constraints = model.variants.iter().filter_map(|variant| {
        let Answer::Own {
            constraint: Some(constraint),
            ..
        } = &variant.answer
        else {
            return None;
        };
        let (ident, name) = (&variant.ident, &constraint.name);
        let wrapped = constraint.wraps.then(|| quote!((error)));
        Some(quote!(::core::option::Option::Some(#name) => Self::#ident #wrapped,))
    });
    let site = Span::call_site().located_at(ty.span());
    let error = quote_spanned!(site=> error);
    Some(quote! {
        match ::povery::__private::violated_constraint(&#error) {
            #(#constraints)*
            _ => Self::#database(#error),
        }
    })
}
