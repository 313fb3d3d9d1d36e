//! Names the types of the arguments a second time, so that a mistake in one is told once.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Ident, Type};

use super::model::{Argument, Kind};

/// The types of the arguments, as the glue names them.
///
/// The function names them too, so one that is not known is missed twice. The compiler says the same
/// thing once; but of a type between `<` and `>`, and only there, it also proposes a parameter, behind
/// the name of the item. So a type that is a single word gets another name, which keeps the word
/// out of `::<…>`; for all others see [`behind`].
pub(crate) struct Types<'a> {
    pub(crate) names: Vec<TokenStream>,
    aliases: Vec<(Ident, &'a Ident)>,
    /// Whether any is an extractor's, which is asked for what it needs.
    extracts: bool,
}

impl<'a> Types<'a> {
    pub(crate) fn of(arguments: &'a [Argument]) -> Self {
        let mut aliases = Vec::new();
        let names = arguments.iter().enumerate().map(|(index, argument)| {
            let Type::Path(path) = &argument.ty else {
                return argument.ty.to_token_stream();
            };
            let Some(word) = path.path.get_ident() else {
                return path.to_token_stream();
            };
            let alias = format_ident!("__Povery{index}", span = word.span());
            aliases.push((alias.clone(), word));
            alias.to_token_stream()
        });
        Self {
            names: names.collect(),
            aliases,
            extracts: arguments
                .iter()
                .any(|argument| matches!(argument.kind, Kind::Extractor)),
        }
    }

    /// The definition, with what it needs in scope.
    pub(crate) fn around(&self, definition: TokenStream, private: &TokenStream) -> TokenStream {
        if self.aliases.is_empty() && !self.extracts {
            return definition;
        }
        let extracts = self
            .extracts
            .then(|| quote!(use #private::WithoutDatabase as _;));
        let aliases = self
            .aliases
            .iter()
            .map(|(alias, word)| quote!(type #alias = #word;));
        quote!({ #extracts #(#aliases)* #definition })
    }
}

/// The place behind a function's name, where the compiler proposes a parameter for an unknown type
/// such as that of `Json<Usr>`. The `impl` has its generics there too: see [`Types`].
pub(crate) fn behind(name: &Ident) -> Span {
    match proc_macro::is_available() {
        // `Span::unwrap` gives the compiler's own span, which there is within a macro.
        true => name.span().unwrap().end().into(),
        false => name.span(),
    }
}
