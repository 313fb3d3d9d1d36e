//! The function under the attribute.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, LitStr, Signature, Token, Visibility};

use crate::noun::Noun;

/// A function whose body is kept as tokens: it is not ours to understand, it may be half typed in an
/// editor, and reading it would cost every build.
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    body: TokenStream,
}

impl Function {
    /// Reads the item under an attribute.
    pub(crate) fn under(noun: Noun, item: TokenStream) -> syn::Result<Self> {
        (|input: ParseStream<'_>| Self::parse(input, noun.attribute)).parse2(item)
    }

    fn parse(input: ParseStream<'_>, attribute: &str) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        if !begins_a_function(input) {
            let message = format!("`#[povery::{attribute}]` goes on an `async fn`");
            return Err(input.error(message));
        }
        Ok(Self {
            attrs,
            vis,
            sig: input.parse()?,
            body: input.parse()?,
        })
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for attribute in &self.attrs {
            attribute.to_tokens(tokens);
        }
        self.vis.to_tokens(tokens);
        self.sig.to_tokens(tokens);
        self.body.to_tokens(tokens);
    }
}

/// Whether `fn` follows, after nothing but the words that may stand before it.
fn begins_a_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let word = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern]);
        let passed = if word {
            ahead.call(syn::ext::IdentExt::parse_any).map(|_: Ident| ())
        } else {
            ahead.parse::<LitStr>().map(|_| ())
        };
        if passed.is_err() {
            return false;
        }
    }
}
