//! `#[povery::route(METHOD, "template", …)]` on an `async fn`.

mod bounds;
pub(crate) mod check;
pub(crate) mod expand;
pub(crate) mod function;
pub(crate) mod model;
mod names;
pub(crate) mod parameters;
pub(crate) mod parse;
mod rule;
pub(crate) mod signature;
pub(crate) mod template;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod types;

use proc_macro2::TokenStream;
use quote::quote;

use self::function::Function;
use crate::errors::Errors;
use crate::noun::Noun;

/// Expands the attribute. Whatever is wrong, the function itself stays, so that an editor keeps its
/// type and callers of it do not draw errors of their own.
pub(crate) fn route(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match Function::under(Noun::ROUTE, item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let errors = Errors::default();
    let attribute = parse::attribute(attribute, &errors);
    parameters::only_one(&mut function, Noun::ROUTE, &errors);
    let parameters = parameters::parameters(&mut function, Noun::ROUTE, &errors);
    let krate = attribute.krate();
    let route = check::check(attribute, parameters, &function, &errors);
    match (route, errors.into_compile_errors()) {
        (Some(route), None) => expand::route(&route, &function),
        // A type cannot stand among methods.
        (_, errors) if function.sig.receiver().is_some() => quote!(#errors #function),
        (_, errors) => {
            let private = quote!(#krate::__private);
            let broken = quote!(pub const ROUTE: #private::RouteDef = #private::RouteDef::BROKEN;);
            expand::stub(&private, &function, errors, &broken)
        }
    }
}
