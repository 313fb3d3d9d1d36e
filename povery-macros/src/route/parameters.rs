//! Reads the function as it is written, and takes off it what is not for the compiler.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, FnArg, Ident, Meta, Pat, Type, parse_quote};

use super::function::Function;
use super::rule::{self, WrittenRule};
use super::signature;
use crate::errors::Errors;
use crate::noun::Noun;

/// A parameter of the function, with povery's attributes taken off it.
pub(crate) struct Parameter {
    /// The name, where the pattern is a plain one (`id`, `mut id`).
    pub(crate) name: Option<Ident>,
    pub(crate) ty: Type,
    pub(crate) rules: Vec<WrittenRule>,
}

/// Takes a second attribute of povery's off the function: it would make a second type of the same name.
pub(crate) fn only_one(function: &mut Function, noun: Noun, errors: &Errors) {
    let name = noun.name;
    function.attrs.retain(|attribute| {
        let path = attribute.path();
        let last = path.segments.last().map(|last| last.ident.to_string());
        let another = Noun::ALL.iter().any(|other| {
            // `#[event]` alone may be somebody else's.
            let own = *other == noun || path.segments.len() > 1;
            own && last.as_deref() == Some(other.attribute)
        });
        if another {
            errors.at(
                attribute,
                format!("one function is one {name}: write a second function that calls it"),
            );
        }
        !another
    });
}

/// Takes `#[validate(…)]` off every parameter and returns what the parameters say.
pub(crate) fn parameters(function: &mut Function, noun: Noun, errors: &Errors) -> Vec<Parameter> {
    let a = noun.a;
    let mut parameters = Vec::new();
    // Taken off too, as the compiler has four more things to say of it.
    if let Some(variadic) = function.sig.variadic.take() {
        let lists = match noun == Noun::ROUTE {
            true => ": repeated query keys are a `Vec<T>`",
            false => "",
        };
        errors.at(
            variadic,
            format!("{a} has a fixed number of parameters{lists}"),
        );
    }
    for input in &mut function.sig.inputs {
        let FnArg::Typed(argument) = input else {
            errors.at(
                input,
                format!(
                    "{a} is a free function and has no `self`; share values through `State<T>`"
                ),
            );
            continue;
        };
        let mut rules = Vec::new();
        argument
            .attrs
            .retain(|attribute| stays(attribute, &mut rules, noun, errors));
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
fn stays(attribute: &Attribute, rules: &mut Vec<WrittenRule>, noun: Noun, errors: &Errors) -> bool {
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
        let Noun { a, name, .. } = noun;
        errors.at(
            attribute,
            format!("a parameter of {a} is always there; put `#[cfg]` on two {name}s instead"),
        );
    }
    true
}

/// Whether `validate` is among the attributes of a `cfg_attr`.
fn validates(tokens: &TokenStream) -> bool {
    let is_validate = |token| matches!(token, TokenTree::Ident(word) if word == "validate");
    tokens.clone().into_iter().any(is_validate)
}
