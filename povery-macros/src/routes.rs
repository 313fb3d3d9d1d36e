//! `routes![a, users::b, #[cfg(x)] c]`: the table that `App::routes` takes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Token, parse_quote};

struct Table {
    krate: Path,
    entries: Vec<Entry>,
}

struct Entry {
    attributes: Vec<Attribute>,
    path: Path,
}

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut krate = parse_quote!(::povery);
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            krate = input.call(Path::parse_mod_style)?;
            input.parse::<Option<Token![,]>>()?;
        }
        let mut entries = Vec::new();
        while !input.is_empty() {
            entries.push(input.parse()?);
            if !input.is_empty() {
                let comma = input.parse::<Token![,]>();
                comma.map_err(|error| usage(&error))?;
            }
        }
        Ok(Self { krate, entries })
    }
}

fn usage(error: &syn::Error) -> syn::Error {
    let usage = "a table lists the paths of routes: `routes![get_user, users::list]`";
    syn::Error::new(error.span(), usage)
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let path = input.call(Path::parse_mod_style);
        let path = path.map_err(|error| usage(&error))?;
        Ok(Self { attributes, path })
    }
}

pub(crate) fn routes(input: TokenStream) -> TokenStream {
    let Table { krate, entries } = match syn::parse2(input) {
        Ok(table) => table,
        Err(error) => return error.to_compile_error(),
    };
    let entries = entries
        .iter()
        .map(|Entry { attributes, path }| quote!(#(#attributes)* #path::ROUTE));
    // A constant, so that the table is built by the compiler and whatever is wrong is said there.
    quote!({
        const TABLE: &[#krate::__private::RouteDef] = &[#(#entries),*];
        TABLE
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn a_table_is_a_constant() {
        let table = super::routes(quote!(
            list_users,
            #[cfg(unix)]
            admin::get_user,
        ));
        let table = syn::parse2(quote!(fn table() { #table })).unwrap();
        let table = prettyplease::unparse(&table);
        insta::assert_snapshot!(table);
    }
}
