//! `actions![sum, math::product]` and `events![…]`: what `App::actions` and `App::events` take.
//!
//! The macros of these names in povery pass their own path on, in parentheses before the entries.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Path, Token};

use crate::errors::Errors;
use crate::noun::Noun;
use crate::routes::{Table, is_table, split};

struct Entry {
    attributes: Vec<Attribute>,
    path: Path,
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let path = input.call(Path::parse_mod_style)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error(""));
        }
        Ok(Self { attributes, path })
    }
}

pub(crate) fn list(noun: Noun, input: TokenStream) -> TokenStream {
    let Table { krate, entries } = match syn::parse2(input) {
        Ok(table) => table,
        Err(error) => return error.to_compile_error(),
    };
    let (constant, table, usage) = match noun == Noun::ACTION {
        true => (
            quote!(ACTION),
            quote!(ActionTable),
            "a list names actions by their paths: `actions![sum, math::product]`",
        ),
        false => (
            quote!(EVENT),
            quote!(EventTable),
            "a list names event handlers by their paths: `events![on_order, files::on_upload]`",
        ),
    };
    let errors = Errors::default();
    let mut listed = Vec::new();
    for entry in split(entries) {
        let entry: Entry = match syn::parse2(entry) {
            Ok(entry) => entry,
            Err(error) => {
                errors.push(syn::Error::new(error.span(), usage));
                continue;
            }
        };
        let Entry { attributes, path } = entry;
        if is_table(&path) {
            errors.at(path, "lists do not nest: give each to the application");
            continue;
        }
        listed.push(quote!(#(#attributes)* &<#path>::#constant));
    }
    let errors = errors.into_compile_errors();
    quote!({
        #errors
        const __LISTED: #krate::__private::#table = #krate::__private::#table::new(&[#(#listed),*]);
        __LISTED
    })
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::{Noun, list};

    #[test]
    fn every_broken_entry_is_reported() {
        for (entries, mistakes) in [
            (quote!((::povery) sum, math::product, #[cfg(unix)] a), 0),
            (quote!((::povery)), 0),
            (quote!((::povery) a b, "/x" => c, 7, math::ACTIONS), 4),
        ] {
            let emitted = list(Noun::ACTION, entries).to_string();
            assert_eq!(
                emitted.matches("compile_error").count(),
                mistakes,
                "{emitted}"
            );
        }
    }
}
