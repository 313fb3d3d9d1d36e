//! `#[povery::action]` and `#[povery::event(source)]` on an `async fn`.

mod check;
mod expand;
mod model;
mod parse;
mod sources;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::errors::Errors;
use crate::noun::Noun;
use crate::route::expand as route;
use crate::route::function::Function;
use crate::route::parameters;

/// Expands the attribute of an action.
pub(crate) fn action(attribute: TokenStream, item: TokenStream) -> TokenStream {
    listener(Noun::ACTION, item, |function, parameters, errors| {
        let attribute = parse::action(attribute, errors);
        let krate = attribute.krate();
        let action = check::action(attribute, parameters, function, errors);
        (
            krate,
            action.map(|action| expand::action(&action, function)),
        )
    })
}

/// Expands the attribute of a handler of events.
pub(crate) fn event(attribute: TokenStream, item: TokenStream) -> TokenStream {
    listener(Noun::EVENT, item, |function, parameters, errors| {
        let attribute = parse::event(attribute, errors);
        let krate = attribute.krate();
        let event = check::event(attribute, parameters, function, errors);
        (krate, event.map(|event| expand::event(&event, function)))
    })
}

/// Whatever is wrong, the function itself stays: see [`crate::route::route`].
fn listener(
    noun: Noun,
    item: TokenStream,
    expand: impl FnOnce(&Function, Vec<parameters::Parameter>, &Errors) -> (Path, Option<TokenStream>),
) -> TokenStream {
    let mut function = match Function::under(noun, item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#error #item);
        }
    };
    let errors = Errors::default();
    parameters::only_one(&mut function, noun, &errors);
    let parameters = parameters::parameters(&mut function, noun, &errors);
    let (krate, expanded) = expand(&function, parameters, &errors);
    match (expanded, errors.into_compile_errors()) {
        (Some(expanded), None) => expanded,
        (_, errors) if function.sig.receiver().is_some() => quote!(#errors #function),
        (_, errors) => {
            let private = route::private(&krate);
            let broken = expand::broken(noun, &private);
            route::stub(&private, &function, errors, &broken)
        }
    }
}
