//! Collects the mistakes of one item, so that all of them are reported at once.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Errors {
    found: RefCell<Option<syn::Error>>,
}

impl Errors {
    /// Reports `message` at `tokens`.
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds an error that syn or a parser of ours has made.
    pub(crate) fn push(&self, error: syn::Error) {
        let mut found = self.found.borrow_mut();
        match found.as_mut() {
            Some(first) => first.combine(error),
            None => *found = Some(error),
        }
    }

    /// `compile_error!` for each mistake, or nothing where there was none.
    pub(crate) fn into_compile_errors(self) -> Option<TokenStream> {
        self.found
            .into_inner()
            .map(|error| error.to_compile_error())
    }
}
