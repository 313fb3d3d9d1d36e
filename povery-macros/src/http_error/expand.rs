//! Writes the implementations. They name nothing but povery.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{DeriveInput, Generics, Member, Path};

use super::generics::bounded;
use super::model::{Answer, Field, HttpError, Received, Variant};

pub(super) fn expand(input: &DeriveInput, krate: &Path, model: &HttpError) -> TokenStream {
    let private = quote!(#krate::__private);
    let arms = model
        .variants
        .iter()
        .map(|variant| arm(variant, krate, &private));
    let from = from_database(model, &private).map(|body| from(input, &private, &body));
    let answers = answers(
        input,
        &bounded(input, krate, model),
        krate,
        &quote! {
            // An enum without variants has no arms and never reaches the last line.
            #[allow(unreachable_code, clippy::needless_return)]
            let answer: #krate::PoveryError = match self {
                #(#arms)*
            };
            #[allow(unreachable_code)]
            #private::with_cause(answer, self)
        },
    );
    quote!(#answers #from)
}

/// Implementations without content, so that only the mistakes themselves are reported, and not
/// every route and every `?` that relies on them.
pub(super) fn stub(
    input: &DeriveInput,
    krate: &Path,
    converts: bool,
    errors: Option<TokenStream>,
) -> TokenStream {
    let private = quote!(#krate::__private);
    let body = quote!(#private::broken());
    let answers = answers(input, &input.generics, krate, &body);
    let from = converts.then(|| from(input, &private, &quote!(let _ = error; #body)));
    quote!(#errors #answers #from)
}

fn answers(
    input: &DeriveInput,
    generics: &Generics,
    krate: &Path,
    body: &TokenStream,
) -> TokenStream {
    let ident = &input.ident;
    let (implementation, types, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #implementation #krate::HttpError for #ident #types #bounds {
            fn into_povery_error(self) -> #krate::PoveryError {
                #body
            }
        }
    }
}

fn from(input: &DeriveInput, private: &TokenStream, body: &TokenStream) -> TokenStream {
    let ident = &input.ident;
    let (implementation, types, bounds) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #implementation #private::From<#private::sqlx::Error> for #ident #types #bounds {
            fn from(error: #private::sqlx::Error) -> Self {
                #body
            }
        }
    }
}

fn arm(Variant { path, answer }: &Variant, krate: &Path, private: &TokenStream) -> TokenStream {
    match answer {
        Answer::Own {
            status, code, data, ..
        } => {
            let mut answer = quote!(#private::answer(#status));
            if let Some(code) = code {
                answer = quote!(#krate::PoveryError::with_code(#answer, #code));
            }
            let names: Vec<_> = (0..data.len()).map(|n| binding(&format!("d{n}"))).collect();
            let members = data.iter().map(|field| &field.member);
            answer = with_data(answer, data, &names, private);
            quote!(#path { #(#members: ref #names,)* .. } => #answer,)
        }
        Answer::Database(Field { member, ty }) => {
            let error = binding("error");
            quote!(#path { #member: ref #error } => <#ty as #private::DatabaseError>::answer(#error),)
        }
        Answer::Transparent(Field { member, ty }) => {
            let error = binding("error");
            quote!(#path { #member: #error } => return <#ty as #krate::HttpError>::into_povery_error(#error),)
        }
    }
}

/// One marked field is the data, several are an object of it.
fn with_data(
    answer: TokenStream,
    data: &[Field],
    names: &[Ident],
    private: &TokenStream,
) -> TokenStream {
    let values = data
        .iter()
        .zip(names)
        .map(|(Field { ty, .. }, name)| quote!(<#ty as #private::Datum>::write(#name)));
    match data {
        [] => answer,
        [_] => quote!(#private::with_data(#answer, #(#values)*)),
        _ => {
            let keys = data.iter().map(|field| match &field.member {
                Member::Named(name) => name.unraw().to_string(),
                Member::Unnamed(index) => index.index.to_string(),
            });
            quote!(#private::with_fields(#answer, [#((#keys, #values)),*]))
        }
    }
}

/// A named constraint becomes its variant, then a SQLSTATE, then a class of them; everything else the
/// `database` one.
fn from_database(model: &HttpError, private: &TokenStream) -> Option<TokenStream> {
    let wrap = |path: &TokenStream, Field { member, ty }: &Field| quote!(#path { #member: <#ty as #private::DatabaseError>::from_sqlx(error) });
    let mut database = model
        .variants
        .iter()
        .filter_map(|variant| match &variant.answer {
            Answer::Database(field) => Some(wrap(&variant.path, field)),
            _ => None,
        });
    let database = database.next()?;
    let received = model
        .variants
        .iter()
        .filter_map(|variant| match &variant.answer {
            Answer::Own { received, .. } => Some((&variant.path, received.as_ref()?)),
            _ => None,
        });
    let received: Vec<_> = received.collect();
    let becomes = |path: &TokenStream, received: &Received, test: TokenStream| {
        let value = match &received.wraps {
            Some(field) => wrap(path, field),
            None => quote!(#path {}),
        };
        quote! {
            if #test {
                return #value;
            }
        }
    };
    let constraints = received.iter().filter_map(|(path, received)| {
        let name = received.constraint.as_ref()?;
        let test = quote!(#private::violates(&error, #name));
        Some(becomes(path, received, test))
    });
    let with_length = |length: usize| {
        received.iter().filter_map(move |(path, received)| {
            let code = received.sqlstate.as_ref();
            let code = code.filter(|code| code.len() == length)?;
            let test = quote!(#private::has_sqlstate(&error, #code));
            Some(becomes(path, received, test))
        })
    };
    let (codes, classes) = (with_length(5), with_length(2));
    Some(quote!(#(#constraints)* #(#codes)* #(#classes)* #database))
}

fn binding(name: &str) -> Ident {
    format_ident!("{name}", span = Span::mixed_site())
}
