//! Writes the code of a route: constant data and thin glue. The logic is in the runtime crate.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, Ident, Path, ReturnType};

use super::function::Function;
use super::model::{Argument, Call, Keys, Kind, Route, Rule};
use super::template::Segment;
use super::types::{Types, behind};

/// The function as it was, and beside it a type of the same name that carries `ROUTE`.
pub(super) fn route(route: &Route, function: &Function) -> TokenStream {
    let private = private(&route.krate);
    let Route {
        method, template, ..
    } = route;
    let path = &template.path;
    let segments = template.segments.iter().map(|segment| match segment {
        Segment::Literal(text) => quote!(#private::Segment::Literal(#text)),
        Segment::Parameter(name) => quote!(#private::Segment::Parameter(#name)),
        Segment::Tail(name) => quote!(#private::Segment::Tail(#name)),
    });
    let label = function.sig.ident.unraw().to_string();
    let types = Types::of(&route.arguments);
    let handler = handler(route, &types, function, &private);
    let keys = keys(route, &types, function, &private);
    let definition = quote! {
        #private::RouteDef::new(
            #private::Method::#method,
            #path,
            &[#(#segments),*],
            #private::site!(#label),
            #handler,
        )
        #keys
    };
    let definition = types.around(definition, &private);
    let constant = quote!(pub const ROUTE: #private::RouteDef = #definition;);
    let beside = beside(function, &private, &constant);
    quote!(#function #beside)
}

/// What of a route is not as it is for most.
fn keys(
    route: &Route,
    types: &Types<'_>,
    function: &Function,
    private: &TokenStream,
) -> TokenStream {
    let Keys {
        status,
        roles,
        scopes,
        public,
        tag,
        body_limit,
        layers,
        deprecated,
        hidden,
        idempotent,
        idempotency_key,
    } = &route.keys;
    let list = |name: &str, items: &[String]| {
        let name = Ident::new(name, Span::call_site());
        (!items.is_empty()).then(|| quote!(.#name(&[#(#items),*])))
    };
    let flag = |name: &str, given: bool| {
        let name = Ident::new(name, Span::call_site());
        given.then(|| quote!(.#name()))
    };
    let obsolete = function
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("deprecated"));
    let extractors: Vec<_> = route
        .arguments
        .iter()
        .zip(&types.names)
        .filter(|(argument, _)| matches!(argument.kind, Kind::Extractor))
        .map(|(_, ty)| ty)
        .collect();
    let databases = (!extractors.is_empty())
        .then(|| quote!(.with_databases(&[#(#private::Uses::<#extractors>::DATABASES),*])));
    let callers = (!extractors.is_empty())
        .then(|| quote!(.with_callers(&[#(#private::Uses::<#extractors>::CALLER),*])));
    let layers = (!layers.is_empty()).then(|| {
        let layers = layers.iter().map(|expression| layer(expression, private));
        quote!(.with_layers(&[#(#layers),*]))
    });
    // Evaluated by itself, so that the compiler complains also of a route that no table lists. It complains of the call
    // from its first word on: a word, and not the path to it, stands at the key.
    let keyed = idempotency_key.as_ref().map(|key| {
        let required = key.required;
        let site = Span::call_site().located_at(key.site);
        let new = quote_spanned! {site=>
            __Keyed::new(#required, &[#(#private::Uses::<#extractors>::TAKEN),*])
        };
        quote!(.with_idempotency_key({
            use #private::Keyed as __Keyed;
            const KEYED: __Keyed = #new;
            KEYED
        }))
    });
    let doc = (!route.doc.is_empty()).then_some(&route.doc).into_iter();
    let (status, tag, body_limit) = (status.iter(), tag.iter(), body_limit.iter());
    let calls = [
        list("with_query", &route.template.query),
        list("with_roles", roles),
        list("with_scopes", scopes),
        flag("as_public", *public),
        flag("as_deprecated", *deprecated || obsolete),
        flag("as_hidden", *hidden),
        flag("as_idempotent", *idempotent),
        layers,
        databases,
        callers,
        keyed,
    ];
    let calls = calls.into_iter().flatten();
    quote!(
        #(.with_status(#status))* #(.with_tag(#tag))* #(.with_body_limit(#body_limit))*
        #(.with_doc(#doc))* #(#calls)*
    )
}

/// A layer around what comes next, made when the route is added to an application. What is no layer is complained of
/// at the expression.
fn layer(expression: &Expr, private: &TokenStream) -> TokenStream {
    let next = Ident::new("__next", Span::mixed_site());
    let site = Span::call_site().located_at(expression.span());
    quote_spanned!(site=> |#next| #private::layer(#expression, #next))
}

/// The function, its errors, and an empty definition in place of the broken one, so that a list
/// which names it draws no error of its own. The empty one calls nothing, so that the function would
/// draw the warning of one that is never used.
pub(crate) fn stub(
    private: &TokenStream,
    function: &Function,
    errors: Option<TokenStream>,
    broken: &TokenStream,
) -> TokenStream {
    let beside = beside(function, private, broken);
    quote!(#errors #[allow(dead_code)] #function #beside)
}

/// The type. It stands where the function does, but its name is that of generated code, to which
/// hardly any lint applies: so an unlisted function draws one warning. It is
/// written as one item, because each item draws an error among the methods of an `impl`.
pub(crate) fn beside(
    function: &Function,
    private: &TokenStream,
    constant: &TokenStream,
) -> TokenStream {
    let (vis, cfg) = (&function.vis, cfg(function));
    let mut name = function.sig.ident.clone();
    name.set_span(Span::call_site().located_at(name.span()));
    let generics = quote_spanned!(behind(&function.sig.ident)=> <>);
    quote! {
        #(#cfg)*
        #[#private::beside(
            #[allow(deprecated)]
            impl #generics #name {
                #constant
            }
        )]
        #[doc(hidden)]
        #vis struct #name {}
    }
}

fn handler(
    route: &Route,
    types: &Types<'_>,
    function: &Function,
    private: &TokenStream,
) -> TokenStream {
    // A pattern that is the name of a constant or a unit struct would be that, whatever its hygiene.
    let inputs = Ident::new("__in", Span::mixed_site());
    let names: Vec<Ident> = (0..route.arguments.len())
        .map(|index| format_ident!("__a{index}", span = Span::mixed_site()))
        .collect();
    let gather = route
        .arguments
        .iter()
        .zip(&names)
        .zip(&types.names)
        .map(|((argument, name), ty)| gather(argument, name, ty, &inputs, private));
    let values = route
        .arguments
        .iter()
        .zip(&names)
        .map(|(argument, name)| match argument.kind {
            Kind::Extractor => quote!(#inputs.resource(#name).await?),
            Kind::Path { .. } | Kind::Query { .. } => quote!(#name.get()?),
        });
    let call = call(function, values);
    let status = route.keys.status.unwrap_or(200);
    let replay = route.keys.idempotency_key.as_ref().map(|_| {
        let answer = Ident::new("__answer", Span::mixed_site());
        quote! {
            if let ::core::option::Option::Some(#answer) = #inputs.replayed().await? {
                return ::core::result::Result::Ok(#answer);
            }
        }
    });
    let glue = quote!({
        #(#gather)*
        #inputs.settle()?;
        #replay
        #private::respond(#status, #call)
    });
    // A future that is not `Send` is complained of at the function's name.
    let site = Span::call_site().located_at(function.sig.ident.span());
    quote_spanned!(site=> |mut #inputs| ::std::boxed::Box::pin(async move #glue))
}

/// The call of the function, located at its return type, where the compiler shall complain of a
/// type that is no response.
pub(crate) fn call(
    function: &Function,
    arguments: impl Iterator<Item = TokenStream>,
) -> TokenStream {
    let mut name = function.sig.ident.clone();
    let mut end = name.span();
    if let ReturnType::Type(_, ty) = &function.sig.output {
        let mut tokens = ty.to_token_stream().into_iter();
        let first = tokens.next().map_or(end, |token| token.span());
        end = tokens.last().map_or(first, |token| token.span());
        name.set_span(name.span().located_at(first));
    }
    let answer = quote_spanned!(end=> .await);
    quote!(#name(#(#arguments),*) #answer)
}

/// Reads one argument into an `Option`: `None` where a fault of it has been noted.
fn gather(
    argument: &Argument,
    name: &Ident,
    ty: &TokenStream,
    inputs: &Ident,
    private: &TokenStream,
) -> TokenStream {
    let (read, rules) = match &argument.kind {
        Kind::Path {
            name,
            index,
            tail: false,
            rules,
        } => (quote!(path::<#ty>(#name, #index)), rules),
        Kind::Path {
            name, index, rules, ..
        } => (quote!(tail::<#ty>(#name, #index)), rules),
        Kind::Query { name, rules } => (quote!(query::<#ty>(#name)), rules),
        Kind::Extractor => return quote!(let #name = #inputs.input::<#ty>().await;),
    };
    let rules = rules.iter().map(|rule| {
        let value = Ident::new(
            "__value",
            Span::mixed_site().located_at(rule.function.span()),
        );
        let call = rule_call(rule, &value, private);
        quote!(#inputs.check(&#name, |#value| #call);)
    });
    quote!(let #name = #inputs.#read; #(#rules)*)
}

/// The call stands at the rule's name, where the compiler shall complain of a type without that rule.
fn rule_call(rule: &Rule, value: &Ident, private: &TokenStream) -> TokenStream {
    let Rule {
        function,
        call,
        code,
        message,
    } = rule;
    let site = Span::call_site().located_at(function.span());
    let call = match call {
        Call::Once(argument) if function == "does_not_contain" => quote_spanned! {site=> {
            use #private::rule::Custom as _;
            #private::rule::#function(#value #argument, #private::rule::Given(#value).is_there())
        }},
        Call::Once(argument) => {
            quote_spanned!(site=> #private::rule::#function(#value #argument))
        }
        Call::Bounds(bounds) => {
            quote_spanned!(site=> #private::rule::#function(#private::rule::Bounds::new() #bounds, #value))
        }
        Call::Custom(custom) => quote_spanned! {site=> {
            use #private::rule::Custom as _;
            #private::rule::Given(#value).custom(|#value| #custom(#value))
        }},
    };
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

pub(crate) fn private(krate: &Path) -> TokenStream {
    quote!(#krate::__private)
}

/// The `#[cfg]`s below the attribute, which must govern everything that is emitted.
fn cfg(function: &Function) -> Vec<&Attribute> {
    function
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}
