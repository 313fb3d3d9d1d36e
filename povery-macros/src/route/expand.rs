//! Writes the code of a route: constant data and thin glue. The logic is in the runtime crate.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Ident, ItemFn, Path, ReturnType};

use super::model::{Argument, Kind, Route, Rule};
use super::template::Segment;

/// The function as it was, and beside it a type of the same name that carries `ROUTE`.
pub(super) fn route(route: &Route, function: &ItemFn) -> TokenStream {
    let private = private(&route.krate);
    let (name, vis, cfg) = (&function.sig.ident, &function.vis, cfg(function));
    let Route {
        method,
        template,
        status,
        doc,
        ..
    } = route;
    let path = &template.path;
    let query = &template.query;
    let segments = template.segments.iter().map(|segment| match segment {
        Segment::Literal(text) => quote!(#private::Segment::Literal(#text)),
        Segment::Parameter(name) => quote!(#private::Segment::Parameter(#name)),
    });
    let extractors = route
        .arguments
        .iter()
        .filter(|argument| matches!(argument.kind, Kind::Extractor));
    let extractors = extractors.map(|argument| &argument.ty);
    let label = syn::ext::IdentExt::unraw(name).to_string();
    let handler = handler(route, function, &private);
    quote! {
        #function

        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #vis struct #name {}

        #(#cfg)*
        #[allow(deprecated)]
        impl #name {
            #[doc(hidden)]
            #vis const ROUTE: #private::RouteDef = {
                #[allow(unused_imports)]
                use #private::WithoutDatabase as _;
                #private::RouteDef {
                    method: #private::Method::#method,
                    path: #path,
                    segments: &[#(#segments),*],
                    query: &[#(#query),*],
                    status: #status,
                    doc: #doc,
                    site: #private::Site {
                        name: #label,
                        module: ::core::module_path!(),
                        file: ::core::file!(),
                        line: ::core::line!(),
                    },
                    database: false #(|| #private::Uses::<#extractors>::DATABASE)*,
                    handler: #handler,
                }
            };
        }
    }
}

/// The function, its errors, and an empty route in place of the broken one, so that a `routes![…]`
/// which names it draws no error of its own.
pub(super) fn stub(krate: &Path, function: &ItemFn, errors: Option<TokenStream>) -> TokenStream {
    let private = private(krate);
    let (name, vis, cfg) = (&function.sig.ident, &function.vis, cfg(function));
    quote! {
        #errors

        #[allow(dead_code)]
        #function

        #(#cfg)*
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #vis struct #name {}

        #(#cfg)*
        impl #name {
            #[allow(dead_code)]
            #vis const ROUTE: #private::RouteDef = #private::RouteDef::BROKEN;
        }
    }
}

fn handler(route: &Route, function: &ItemFn, private: &TokenStream) -> TokenStream {
    let inputs = Ident::new("inputs", Span::mixed_site());
    let names: Vec<Ident> = (0..route.arguments.len())
        .map(|index| format_ident!("a{index}", span = Span::mixed_site()))
        .collect();
    let gather = route
        .arguments
        .iter()
        .zip(&names)
        .map(|(argument, name)| gather(argument, name, &inputs, private));
    let settle = route
        .arguments
        .iter()
        .zip(&names)
        .map(|(argument, name)| match argument.kind {
            Kind::Extractor => quote!(let #name = #inputs.resource(#name).await?;),
            Kind::Path { .. } | Kind::Query { .. } => {
                quote!(let #name = #private::present(#name)?;)
            }
        });
    let function_name = &function.sig.ident;
    let answer = match &function.sig.output {
        ReturnType::Default => Span::call_site(),
        ReturnType::Type(_, ty) => ty.span(),
    };
    let status = route.status;
    let respond =
        quote_spanned!(answer=> #private::respond(#status, #function_name(#(#names),*).await));
    let mutable = (!route.arguments.is_empty()).then(|| quote!(mut));
    quote! {
        |#mutable #inputs| ::std::boxed::Box::pin(async move {
            #(#gather)*
            #inputs.settle()?;
            #(#settle)*
            #respond
        })
    }
}

/// Reads one argument into an `Option`: `None` where a fault of it has been noted.
fn gather(argument: &Argument, name: &Ident, inputs: &Ident, private: &TokenStream) -> TokenStream {
    let ty = &argument.ty;
    let (read, place, wire, rules) = match &argument.kind {
        Kind::Path { name, index, rules } => (
            quote!(#inputs.path::<#ty>(#name, #index)),
            quote!(Path),
            name,
            rules,
        ),
        Kind::Query { name, rules } => (
            quote!(#inputs.query::<#ty>(#name)),
            quote!(Query),
            name,
            rules,
        ),
        Kind::Extractor => return quote!(let #name = #inputs.input::<#ty>().await;),
    };
    let rules = rules.iter().map(|rule| {
        let call = rule_call(rule, private);
        quote!(#inputs.check(#private::In::#place, #wire, &#name, |value| #call);)
    });
    quote!(let #name = #read; #(#rules)*)
}

fn rule_call(rule: &Rule, private: &TokenStream) -> TokenStream {
    let Rule {
        function,
        arguments,
        code,
        message,
    } = rule;
    let call = quote!(#private::rule::#function(value #(, #arguments)*));
    if code.is_none() && message.is_none() {
        return call;
    }
    let or_none = |text: &Option<String>| match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    };
    let (code, message) = (or_none(code), or_none(message));
    quote!(#private::rule::reword(#call, #code, #message))
}

fn private(krate: &Path) -> TokenStream {
    quote!(#krate::__private)
}

/// The `#[cfg]`s below the attribute, which must govern everything that is emitted.
fn cfg(function: &ItemFn) -> Vec<&Attribute> {
    function
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}
