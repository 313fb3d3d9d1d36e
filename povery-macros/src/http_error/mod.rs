//! `#[derive(povery::HttpError)]`: the HTTP answer of every variant of an error.

mod check;
mod expand;
mod model;
mod parse;
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
    let model = check::check(&input, &errors);
    match (model, errors.into_compile_errors()) {
        (Some(model), None) => expand::expand(&input, &model),
        (model, errors) => {
            let converts = model.is_some_and(|model| model.converts);
            expand::stub(&input, converts, errors)
        }
    }
}
