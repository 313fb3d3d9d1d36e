//! The macros of povery, which re-exports and documents them; depend on that crate.
//!
//! Every macro runs in four stages, one module each: *parse* reads the tokens, *model* holds what
//! they mean, *check* reports every mistake at its token, *expand* writes the code.

mod errors;
mod http_error;
mod listener;
mod lists;
mod near;
mod noun;
mod route;
mod routes;

use proc_macro::TokenStream;

/// Turns an `async fn` into a route; see `povery::route`, which documents it.
#[proc_macro_attribute]
pub fn route(attribute: TokenStream, item: TokenStream) -> TokenStream {
    route::route(attribute.into(), item.into()).into()
}

/// Turns an `async fn` into an action; see `povery::action`, which documents it.
#[proc_macro_attribute]
pub fn action(attribute: TokenStream, item: TokenStream) -> TokenStream {
    listener::action(attribute.into(), item.into()).into()
}

/// Turns an `async fn` into a handler of events; see `povery::event`, which documents it.
#[proc_macro_attribute]
pub fn event(attribute: TokenStream, item: TokenStream) -> TokenStream {
    listener::event(attribute.into(), item.into()).into()
}

/// Lists actions for `App::actions`; see `povery::actions`, which documents it.
#[proc_macro]
pub fn actions(input: TokenStream) -> TokenStream {
    lists::list(noun::Noun::ACTION, input.into()).into()
}

/// Lists handlers for `App::events`; see `povery::events`, which documents it.
#[proc_macro]
pub fn events(input: TokenStream) -> TokenStream {
    lists::list(noun::Noun::EVENT, input.into()).into()
}

/// Puts the items that it is given behind the one that it is on: two items that are one until then.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn beside(items: TokenStream, item: TokenStream) -> TokenStream {
    item.into_iter().chain(items).collect()
}

/// Lists routes for `App::routes`; see `povery::routes`, which documents it.
#[proc_macro]
pub fn routes(input: TokenStream) -> TokenStream {
    routes::routes(input.into()).into()
}

/// Gives an error type its HTTP answers; see `povery::HttpError`, which documents it.
#[proc_macro_derive(HttpError, attributes(http))]
pub fn http_error(input: TokenStream) -> TokenStream {
    http_error::http_error(input.into()).into()
}
