//! `#[povery::route(METHOD, "template", …)]` on an `async fn`.

mod check;
mod expand;
mod model;
mod parse;
mod rule;
mod template;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;

use crate::errors::Errors;

/// Expands the attribute. Whatever is wrong, the function itself stays, so that an editor keeps its
/// type and callers of it do not draw errors of their own.
pub(crate) fn route(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match parse::function(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote::quote!(#error #item);
        }
    };
    let errors = Errors::default();
    let attribute = parse::attribute(attribute, &errors);
    let parameters = parse::parameters(&mut function, &errors);
    let krate = attribute.krate();
    let route = check::check(attribute, parameters, &function, &errors);
    match (route, errors.into_compile_errors()) {
        (Some(route), None) => expand::route(&route, &function),
        (_, errors) => expand::stub(&krate, &function, errors),
    }
}
