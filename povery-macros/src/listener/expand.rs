//! Writes the code: constant data and thin glue, as for a route.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;

use super::model::{Action, Event, Listener};
use crate::noun::Noun;
use crate::route::expand::{beside, call, private};
use crate::route::function::Function;
use crate::route::types::Types;

/// The function as it was, and beside it a type of the same name that carries `ACTION`.
pub(super) fn action(action: &Action, function: &Function) -> TokenStream {
    let Action {
        listener,
        name,
        roles,
    } = action;
    let private = private(&listener.krate);
    let roles = (!roles.is_empty()).then(|| quote!(.with_roles(&[#(#roles),*])));
    let definition = definition(
        listener,
        function,
        &private,
        &quote!(ActionDef),
        &quote!(#name),
        &quote!(answered),
        roles,
    );
    let constant = quote!(pub const ACTION: #private::ActionDef = #definition;);
    let beside = beside(function, &private, &constant);
    quote!(#function #beside)
}

/// The same with `EVENT`.
pub(super) fn event(event: &Event, function: &Function) -> TokenStream {
    let Event {
        listener,
        source,
        filters,
        partial,
        concurrency,
    } = event;
    let private = private(&listener.krate);
    let variant = Ident::new(source.variant, Span::call_site());
    let (keys, values): (Vec<_>, Vec<_>) = filters.iter().cloned().unzip();
    let filters = (!filters.is_empty()).then(|| quote!(.with_filters(&[#((#keys, #values)),*])));
    let partial = partial.then(|| quote!(.as_partial()));
    let concurrency = concurrency.iter();
    // Who invokes a function with an event of its own may want an answer.
    let outcome = match source.name {
        "custom" => quote!(answered),
        _ => quote!(done),
    };
    let definition = definition(
        listener,
        function,
        &private,
        &quote!(EventDef),
        &quote!(#private::EventSource::#variant),
        &outcome,
        Some(quote!(#filters #partial #(.with_concurrency(#concurrency))*)),
    );
    let constant = quote!(pub const EVENT: #private::EventDef = #definition;);
    let beside = beside(function, &private, &constant);
    quote!(#function #beside)
}

/// What stands in for a definition that has been refused: see `RouteDef::BROKEN`.
pub(super) fn broken(noun: Noun, private: &TokenStream) -> TokenStream {
    match noun == Noun::ACTION {
        true => quote!(pub const ACTION: #private::ActionDef = #private::ActionDef::BROKEN;),
        false => quote!(pub const EVENT: #private::EventDef = #private::EventDef::BROKEN;),
    }
}

fn definition(
    listener: &Listener,
    function: &Function,
    private: &TokenStream,
    def: &TokenStream,
    first: &TokenStream,
    outcome: &TokenStream,
    keys: Option<TokenStream>,
) -> TokenStream {
    let label = function.sig.ident.unraw().to_string();
    let types = Types::of(&listener.arguments);
    let handler = handler(&types, function, private, outcome);
    let names = &types.names;
    let uses = (!names.is_empty()).then(|| {
        quote! {
            .with_databases(&[#(#private::Uses::<#names>::DATABASES),*])
            .with_callers(&[#(#private::Uses::<#names>::CALLER),*])
        }
    });
    let idempotent = listener.idempotent.then(|| quote!(.as_idempotent()));
    let definition = quote! {
        #private::#def::new(
            #first,
            #private::Listener::new(#private::site!(#label), #handler) #uses #idempotent,
        )
        #keys
    };
    types.around(definition, private)
}

fn handler(
    types: &Types<'_>,
    function: &Function,
    private: &TokenStream,
    outcome: &TokenStream,
) -> TokenStream {
    let inputs = Ident::new("__in", Span::mixed_site());
    let names: Vec<Ident> = (0..types.names.len())
        .map(|index| format_ident!("__a{index}", span = Span::mixed_site()))
        .collect();
    let kinds = &types.names;
    let values = names
        .iter()
        .map(|name| quote!(#inputs.resource(#name).await?));
    let call = call(function, values);
    let glue = quote!({
        #(let #names = #inputs.input::<#kinds>().await;)*
        #inputs.settle()?;
        #private::#outcome(#call)
    });
    let site = Span::call_site().located_at(function.sig.ident.span());
    quote_spanned!(site=> |mut #inputs| ::std::boxed::Box::pin(async move #glue))
}
