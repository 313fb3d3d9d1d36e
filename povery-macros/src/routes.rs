//! `routes![a, users::b, #[cfg(x)] c]`: the table that `App::routes` takes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Path, Token};

struct Entry {
    attributes: Vec<Attribute>,
    path: Path,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let path = input.call(Path::parse_mod_style).map_err(|error| {
            syn::Error::new(
                error.span(),
                "expected the path of a route, such as `get_user` or `users::get_user`",
            )
        })?;
        Ok(Self { attributes, path })
    }
}

struct Table(Punctuated<Entry, Token![,]>);

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Punctuated::parse_terminated(input).map(Self)
    }
}

pub(crate) fn routes(input: TokenStream) -> TokenStream {
    let entries = match syn::parse2::<Table>(input) {
        Ok(Table(entries)) => entries,
        Err(error) => return error.to_compile_error(),
    };
    let entries = entries
        .iter()
        .map(|Entry { attributes, path }| quote!(#(#attributes)* #path::ROUTE));
    // A constant, so that the table is built by the compiler and whatever is wrong is said there.
    quote!({
        const TABLE: &[::povery::__private::RouteDef] = &[#(#entries),*];
        TABLE
    })
}
