//! `#[povery::route(METHOD, "template", …)]` on an `async fn`.

mod bounds;
mod check;
mod expand;
mod function;
mod model;
mod names;
mod parameters;
mod parse;
mod rule;
mod signature;
pub(crate) mod template;
#[cfg(test)]
mod tests;
mod types;

use proc_macro2::TokenStream;
use quote::quote;

use self::function::Function;
use crate::errors::Errors;

/// Expands the attribute. Whatever is wrong, the function itself stays, so that an editor keeps its
/// type and callers of it do not draw errors of their own.
pub(crate) fn route(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function: Function = match syn::parse2(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let errors = Errors::default();
    let attribute = parse::attribute(attribute, &errors);
    parameters::one_route(&mut function, &errors);
    let parameters = parameters::parameters(&mut function, &errors);
    let krate = attribute.krate();
    let route = check::check(attribute, parameters, &function, &errors);
    match (route, errors.into_compile_errors()) {
        (Some(route), None) => expand::route(&route, &function),
        // A type cannot stand among methods.
        (_, errors) if function.sig.receiver().is_some() => quote!(#errors #function),
        (_, errors) => expand::stub(&krate, &function, errors),
    }
}
