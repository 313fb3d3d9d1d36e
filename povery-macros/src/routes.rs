//! `routes![a, users::b, "/v1" => admin::ROUTES, #[cfg(x)] c]`: the table that `App::routes` takes.
//!
//! The macro of that name in povery passes its own path on, in parentheses before the entries.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, LitStr, Path, Token, parenthesized};

use crate::errors::Errors;
use crate::route::template;

pub(crate) struct Table {
    pub(crate) krate: TokenStream,
    pub(crate) entries: TokenStream,
}

impl Parse for Table {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let krate;
        parenthesized!(krate in input);
        Ok(Self {
            krate: krate.parse()?,
            entries: input.parse()?,
        })
    }
}

struct Entry {
    attributes: Vec<Attribute>,
    prefix: Option<LitStr>,
    path: Path,
}

const USAGE: &str = "a table lists routes by their paths, and other tables behind a prefix: \
                     `routes![get_user, users::list, \"/admin\" => admin::ROUTES]`";

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let usage = |error: syn::Error| syn::Error::new(error.span(), USAGE);
        let attributes = input.call(Attribute::parse_outer)?;
        let prefix = match input.peek(LitStr) {
            true => {
                let prefix: LitStr = input.parse()?;
                if !input.peek(Token![=>]) {
                    return Err(syn::Error::new(prefix.span(), USAGE));
                }
                input.parse::<Token![=>]>()?;
                if input.is_empty() {
                    return Err(syn::Error::new(prefix.span(), USAGE));
                }
                Some(prefix)
            }
            false => None,
        };
        let path = input.call(Path::parse_mod_style).map_err(usage)?;
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error(USAGE));
        }
        Ok(Self {
            attributes,
            prefix,
            path,
        })
    }
}

pub(crate) fn routes(input: TokenStream) -> TokenStream {
    let Table { krate, entries } = match syn::parse2(input) {
        Ok(table) => table,
        Err(error) => return error.to_compile_error(),
    };
    let private = quote!(#krate::__private);
    let errors = Errors::default();
    let entries: Vec<TokenStream> = split(entries)
        .into_iter()
        .filter_map(|entry| match syn::parse2(entry) {
            Ok(entry) => expand(&entry, &private, &errors),
            Err(error) => {
                errors.push(error);
                None
            }
        })
        .collect();
    let errors = errors.into_compile_errors();
    // What is wrong with the table is said by the compiler, as it evaluates a constant item: one
    // inside an expression would wait until code is generated.
    quote!({
        #errors
        const __ROUTES: #private::RouteTable = #private::RouteTable::new(&[#(#entries),*]);
        const _: () = __ROUTES.check::<{ __ROUTES.count() }>();
        __ROUTES
    })
}

/// The tokens between commas, so that one broken entry leaves the others as they are.
pub(crate) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut entries = vec![TokenStream::new()];
    for token in tokens {
        match (&token, entries.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                entries.push(TokenStream::new());
            }
            (_, Some(entry)) => entry.extend([token]),
            (_, None) => {}
        }
    }
    if entries.last().is_some_and(TokenStream::is_empty) {
        entries.pop();
    }
    entries
}

/// Whether a path is that of a constant, by the case of its name: a table has one in the namespace of
/// values, a route a type, and a macro cannot ask which there is.
pub(crate) fn is_table(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.len() > 1 && !name.contains(char::is_lowercase) && name.contains(char::is_uppercase)
    })
}

fn expand(entry: &Entry, private: &TokenStream, errors: &Errors) -> Option<TokenStream> {
    let Entry {
        attributes,
        prefix,
        path,
    } = entry;
    let entry = match prefix {
        None if is_table(path) => {
            let written = quote!(#path).to_string().replace(' ', "");
            errors.at(
                path,
                format!("a table stands behind a prefix: `\"/\" => {written}` where it has none"),
            );
            return None;
        }
        None => quote!(One(&<#path>::ROUTE)),
        Some(prefix) => {
            let segments = template::prefix(prefix, errors)?;
            quote!(Nest(&[#(#private::Segment::Literal(#segments)),*], #path))
        }
    };
    Some(quote!(#(#attributes)* #private::Entry::#entry))
}

#[cfg(test)]
mod tests {
    use quote::quote;

    #[test]
    fn a_table_is_a_constant() {
        let table = super::routes(quote!(
            (::povery)
            list_users,
            #[cfg(unix)]
            admin::get_user,
            "/v1/admin" => admin::ROUTES,
        ));
        let table = syn::parse2(quote!(fn table() { #table })).unwrap();
        let table = prettyplease::unparse(&table);
        insta::assert_snapshot!(table);
    }

    #[test]
    fn every_broken_entry_is_reported() {
        for (entries, mistakes) in [
            (quote!((::povery) a b, "/x" => c d, 7), 3),
            (quote!((::povery) "/x/" => c, "/<id>" => c, "x", , d), 4),
            (quote!((::povery) a, b,), 0),
            (quote!((::povery)), 0),
        ] {
            let emitted = super::routes(entries).to_string();
            assert_eq!(
                emitted.matches("compile_error").count(),
                mistakes,
                "{emitted}"
            );
        }
    }
}
