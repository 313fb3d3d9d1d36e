//! Pairs the names of the template with the parameters of the function.

use syn::ext::IdentExt;
use syn::{Ident, LitStr};

use super::parameters::Parameter;
use super::template::Template;
use crate::errors::Errors;
use crate::near::nearest;

/// For each parameter the name in the template that it stands for. A name without a parameter is
/// reported; where one with nearly that name is left over, that is the mistake, and the two are
/// paired so that nothing else is said of either.
///
/// A parameter outside the template must be an extractor, which only the compiler can tell.
pub(super) fn pair(
    template: &Template,
    literal: &LitStr,
    parameters: &[Parameter],
    function: &Ident,
    errors: &Errors,
) -> Vec<Option<String>> {
    let written: Vec<Option<String>> = parameters
        .iter()
        .map(|parameter| parameter.name.as_ref().map(wire_name))
        .collect();
    let mut pairs: Vec<Option<String>> = written
        .iter()
        .map(|name| name.clone().filter(|name| template.has(name)))
        .collect();
    for name in template.names() {
        if written.iter().flatten().any(|written| written == name) {
            continue;
        }
        let free = written.iter().zip(&pairs).filter_map(|(written, pair)| {
            let written = written.as_deref()?;
            pair.is_none().then_some(written)
        });
        let near = nearest(name, free);
        let position = near.and_then(|near| {
            written
                .iter()
                .position(|written| written.as_deref() == Some(near))
        });
        match position {
            Some(position) => {
                let parameter = &parameters[position].name;
                errors.at(
                    parameter,
                    format!(
                        "the template has no `<{}>`; did you mean `{name}`?",
                        written[position].as_deref().unwrap_or_default()
                    ),
                );
                pairs[position] = Some(name.to_owned());
            }
            None => errors.at(
                literal,
                format!(
                    "`<{name}>` has no parameter; add `{}: Type` to `{function}`",
                    rust_name(name)
                ),
            ),
        }
    }
    pairs
}

/// The name on the wire: `r#type` is `type` there.
fn wire_name(name: &Ident) -> String {
    name.unraw().to_string()
}

/// The name as a parameter is written.
fn rust_name(name: &str) -> String {
    match syn::parse_str::<Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}
