//! Reads the function as it is written, and takes off it what is not for the compiler.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, FnArg, Ident, Meta, Pat, Type, parse_quote};

use super::function::Function;
use super::rule::{self, WrittenRule};
use super::signature;
use crate::errors::Errors;

/// A parameter of the function, with povery's attributes taken off it.
pub(super) struct Parameter {
    /// The name, where the pattern is a plain one (`id`, `mut id`).
    pub(super) name: Option<Ident>,
    pub(super) ty: Type,
    pub(super) rules: Vec<WrittenRule>,
}

/// Takes a second `#[povery::route]` off the function: it would make a second type of the same name.
pub(super) fn one_route(function: &mut Function, errors: &Errors) {
    function.attrs.retain(|attribute| {
        let last = attribute.path().segments.last();
        let another = last.is_some_and(|last| last.ident == "route");
        if another {
            errors.at(
                attribute,
                "one function is one route: write a second function that calls it",
            );
        }
        !another
    });
}

/// Takes `#[validate(…)]` off every parameter and returns what the parameters say.
pub(super) fn parameters(function: &mut Function, errors: &Errors) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    // Taken off too, as the compiler has four more things to say of it.
    if let Some(variadic) = function.sig.variadic.take() {
        errors.at(
            variadic,
            "a route has a fixed number of parameters: repeated query keys are a `Vec<T>`",
        );
    }
    for input in &mut function.sig.inputs {
        let FnArg::Typed(argument) = input else {
            errors.at(
                input,
                "a route is a free function and has no `self`; share values through `State<T>`",
            );
            continue;
        };
        let mut rules = Vec::new();
        argument
            .attrs
            .retain(|attribute| stays(attribute, &mut rules, errors));
        let name = match &*argument.pat {
            Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => {
                Some(pattern.ident.clone())
            }
            _ => None,
        };
        let ty = (*argument.ty).clone();
        // Reported as a type that borrows; as it stands, the compiler has much more to say of it.
        if signature::is_unsized(&ty) {
            *argument.ty = parse_quote!(&#ty);
        }
        parameters.push(Parameter { name, ty, rules });
    }
    parameters
}

/// Whether the compiler shall see an attribute of a parameter.
fn stays(attribute: &Attribute, rules: &mut Vec<WrittenRule>, errors: &Errors) -> bool {
    let path = attribute.path();
    if path.is_ident("validate") {
        rules.extend(rule::written(attribute, errors));
        return false;
    }
    if path.is_ident("cfg_attr")
        && matches!(&attribute.meta, Meta::List(list) if validates(&list.tokens))
    {
        errors.at(
            attribute,
            "`#[validate]` on a parameter stands by itself, not in `cfg_attr`",
        );
        return false;
    }
    if path.is_ident("cfg") || path.is_ident("cfg_attr") {
        errors.at(
            attribute,
            "a parameter of a route is always there; put `#[cfg]` on two routes instead",
        );
    }
    true
}

/// Whether `validate` is among the attributes of a `cfg_attr`.
fn validates(tokens: &TokenStream) -> bool {
    let is_validate = |token| matches!(token, TokenTree::Ident(word) if word == "validate");
    tokens.clone().into_iter().any(is_validate)
}
