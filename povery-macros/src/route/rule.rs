//! `#[validate(…)]` on a parameter: the rules of the `validator` crate that suit a single value.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, Meta, Path, Token, parenthesized};

use super::bounds;
use super::model::{Call, Rule};
use crate::errors::Errors;
use crate::near::suggestion;

/// A rule as written: `name` or `name(key = value, …)`.
pub(crate) struct WrittenRule {
    pub(crate) name: Ident,
    keys: Vec<(Ident, Expr)>,
}

/// A rule's name, and the keys of it in the order in which its function takes them. The function
/// of `povery::__private::rule` has the rule's name.
const RULES: [(&str, &[&str]); 8] = [
    ("contains", &["pattern"]),
    ("custom", &["function"]),
    ("does_not_contain", &["pattern"]),
    ("email", &[]),
    ("length", &["min", "max", "equal"]),
    ("range", &["min", "max", "exclusive_min", "exclusive_max"]),
    ("regex", &["path"]),
    ("url", &[]),
];

/// Keys that every rule has.
const COMMON: [&str; 2] = ["code", "message"];

impl WrittenRule {
    /// Whether an earlier rule says this already. A rule may stand twice with bounds or values of its
    /// own, so that each has a code and a message of its own.
    pub(crate) fn repeats(&self, earlier: &Self) -> bool {
        let is_own = |key: &Ident| !COMMON.iter().any(|common| key == common);
        let bounds = self.name == "range" || self.name == "length";
        let text = |value: &Expr| value.to_token_stream().to_string();
        let mut own = self.keys.iter().filter(|(key, _)| is_own(key)).peekable();
        self.name == earlier.name
            && (own.peek().is_none()
                || own.any(|(key, value)| {
                    let mut others = earlier.keys.iter().filter(|(other, _)| other == key);
                    others.any(|(_, other)| bounds || text(other) == text(value))
                }))
    }
}

impl Parse for WrittenRule {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input
            .call(Ident::parse_any)
            .map_err(|error| usage(&error))?;
        let mut keys = Vec::new();
        if input.peek(syn::token::Paren) {
            let content;
            parenthesized!(content in input);
            while !content.is_empty() {
                let key = content
                    .call(Ident::parse_any)
                    .map_err(|error| usage(&error))?;
                content
                    .parse::<Token![=]>()
                    .map_err(|error| usage(&error))?;
                keys.push((key, content.parse().map_err(|error| usage(&error))?));
                if !content.is_empty() {
                    content
                        .parse::<Token![,]>()
                        .map_err(|error| usage(&error))?;
                }
            }
        }
        Ok(Self { name, keys })
    }
}

fn usage(error: &syn::Error) -> syn::Error {
    let usage = "a rule is written `name` or `name(key = value)`, for example `range(min = 1)`";
    syn::Error::new(error.span(), usage)
}

/// Reads one `#[validate(…)]`.
pub(crate) fn written(attribute: &Attribute, errors: &Errors) -> Vec<WrittenRule> {
    let rules = match &attribute.meta {
        Meta::List(list) if !list.tokens.is_empty() => {
            list.parse_args_with(Punctuated::<WrittenRule, Token![,]>::parse_terminated)
        }
        other => Err(syn::Error::new_spanned(
            other,
            "write the rules in parentheses: `#[validate(range(min = 1))]`",
        )),
    };
    match rules {
        Ok(rules) => rules.into_iter().collect(),
        Err(error) => {
            errors.push(error);
            Vec::new()
        }
    }
}

/// Checks one rule; `None` where it is wrong, which has been reported.
pub(crate) fn check(written: &WrittenRule, errors: &Errors) -> Option<Rule> {
    let name = written.name.to_string();
    let Some((_, known)) = RULES.iter().find(|(rule, _)| *rule == name) else {
        let suggestion = suggestion(&name, RULES.map(|(rule, _)| rule));
        errors.at(
            &written.name,
            format!("unknown rule `{name}`: {suggestion}"),
        );
        return None;
    };
    let mut sound = true;
    for (position, (key, _)) in written.keys.iter().enumerate() {
        let text = key.to_string();
        if !known.contains(&text.as_str()) && !COMMON.contains(&text.as_str()) {
            let suggestion = suggestion(&text, known.iter().chain(&COMMON).copied());
            errors.at(
                key,
                format!("the rule `{name}` has no `{text}`: {suggestion}"),
            );
            sound = false;
        } else if written
            .keys
            .iter()
            .take(position)
            .any(|(earlier, _)| earlier == key)
        {
            errors.at(key, format!("`{text}` is given twice"));
            sound = false;
        }
    }
    let value = |wanted: &str| {
        written
            .keys
            .iter()
            .find(|(key, _)| key == wanted)
            .map(|(_, value)| value)
    };
    if !known.is_empty() && sound && known.iter().all(|key| value(key).is_none()) {
        errors.at(
            &written.name,
            format!("the rule `{name}` wants `{}`", known.join("` or `")),
        );
        sound = false;
    }
    let text = |wanted: &str| match value(wanted) {
        None => Some(None),
        Some(Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        })) => Some(Some(text.value())),
        Some(other) => {
            errors.at(other, format!("`{wanted}` is a string literal"));
            None
        }
    };
    let (code, message) = (text("code"), text("message"));
    // Bounds are optional one by one; the single key of any other rule is not.
    let call = match *known {
        ["function"] => Call::Custom(function(value("function")?, errors)?),
        [only] => {
            let value = value(only)?;
            if let ("regex", Expr::Lit(_)) = (name.as_str(), value) {
                errors.at(value, "`path` is the path of a `Regex`, without quotes");
                return None;
            }
            Call::Once(quote!(, &#value))
        }
        [] => Call::Once(quote!()),
        keys => {
            if let Some(fault) = bounds::fault(value) {
                errors.at(&written.name, fault);
                return None;
            }
            let bounds = keys.iter().filter_map(|key| Some((key, value(key)?)));
            let bounds = bounds.map(|(key, value)| {
                let key = Ident::new(key, written.name.span());
                quote!(.#key(#value))
            });
            Call::Bounds(quote!(#(#bounds)*))
        }
    };
    sound.then_some(Rule {
        function: written.name.clone(),
        call,
        code: code?,
        message: message?,
    })
}

/// The path of a function, which `validator` takes as text too.
fn function(written: &Expr, errors: &Errors) -> Option<TokenStream> {
    let path = match written {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => text.parse::<Path>().ok(),
        Expr::Path(path) => Some(path.path.clone()),
        _ => None,
    };
    if path.is_none() {
        errors.at(
            written,
            "`function` is the path of a function: `fn(&T) -> Result<(), ValidationError>`",
        );
    }
    path.map(|path| quote!(#path))
}
