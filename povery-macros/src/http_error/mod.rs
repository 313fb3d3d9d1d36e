//! `#[derive(povery::HttpError)]`: the HTTP answer of an error, or of each of its variants.

mod check;
mod expand;
mod fields;
mod generics;
mod model;
mod parse;
mod received;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn http_error(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let errors = Errors::default();
    let container = check::container(&input, &errors);
    let krate = model::krate(container.as_ref().and_then(|written| written.krate.clone()));
    let model = check::check(&input, container, &errors);
    match (model, errors.into_compile_errors()) {
        (Some(model), None) => expand::expand(&input, &krate, &model),
        (model, errors) => {
            let converts = model.is_some_and(|model| model.converts);
            expand::stub(&input, &krate, converts, errors)
        }
    }
}
