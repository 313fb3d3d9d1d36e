//! The bounds that the implementation for a generic error needs.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{DeriveInput, Generics, Path, Type, WherePredicate, parse_quote};

use super::model::{Answer, Field, HttpError};

/// The generics of the type, with a bound for each field that the answer is taken from and whose
/// type names a parameter. The error as a whole is then bounded too, for it becomes a source.
pub(super) fn bounded(input: &DeriveInput, krate: &Path, model: &HttpError) -> Generics {
    let mut generics = input.generics.clone();
    if generics.params.is_empty() {
        return generics;
    }
    let mut bounds: Vec<WherePredicate> = vec![parse_quote!(Self: #krate::__private::Source)];
    let mut bound = |field: &Field, with: TokenStream| {
        let ty = &field.ty;
        if names_parameter(ty, &input.generics) {
            bounds.push(parse_quote!(#ty: #with));
        }
    };
    for variant in &model.variants {
        match &variant.answer {
            Answer::Own { data, .. } => {
                for field in data {
                    bound(field, quote!(#krate::__private::Datum));
                }
            }
            Answer::Transparent(field) => bound(field, quote!(#krate::HttpError)),
            Answer::Database(_) => {}
        }
    }
    generics.make_where_clause().predicates.extend(bounds);
    generics
}

fn names_parameter(ty: &Type, generics: &Generics) -> bool {
    fn any(tokens: TokenStream, generics: &Generics) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => generics.type_params().any(|known| known.ident == ident),
            TokenTree::Group(group) => any(group.stream(), generics),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    any(ty.to_token_stream(), generics)
}
