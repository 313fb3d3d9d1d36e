//! The path of a request, without what a route has captured under the name of a secret.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Names, REDACTED};

/// The path, as it was sent, of a request for the route with this template: `/reset/[redacted]` for `/reset/<token>`. Where it
/// was rewritten on its way to the route, nothing of it is left.
pub(crate) fn path<'p>(path: &'p str, template: &str, names: &Names) -> Cow<'p, str> {
    let is_secret = |part: &str| captured(part).is_some_and(|(name, _)| names.is_secret(name));
    if !template.split('/').any(is_secret) {
        return Cow::Borrowed(path);
    }
    let mut out = String::with_capacity(path.len());
    let mut segments = path.split('/');
    for (at, part) in template.split('/').enumerate() {
        let Some(segment) = segments.next() else {
            return Cow::Borrowed(REDACTED);
        };
        if at > 0 {
            out.push('/');
        }
        match captured(part) {
            None if !percent_decode_str(segment).eq(part.bytes()) => {
                return Cow::Borrowed(REDACTED);
            }
            Some((name, _)) if names.is_secret(name) => out.push_str(REDACTED),
            _ => out.push_str(segment),
        }
        if let Some((name, true)) = captured(part) {
            for segment in segments.by_ref().filter(|_| !names.is_secret(name)) {
                out.push('/');
                out.push_str(segment);
            }
        }
    }
    match segments.next() {
        Some(_) => Cow::Borrowed(REDACTED),
        None => Cow::Owned(out),
    }
}

/// The name of the parameter that a part of a template is, and whether it takes all that comes.
fn captured(part: &str) -> Option<(&str, bool)> {
    let name = part.strip_prefix('<')?.strip_suffix('>')?;
    Some(match name.strip_suffix("..") {
        Some(name) => (name, true),
        None => (name, false),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_captured_under_the_name_of_a_secret_is_not_there() {
        let names = Names::usual();
        for (template, sent, logged) in [
            ("/reset/<token>", "/reset/t-1", "/reset/[redacted]"),
            ("/reset/<token>", "/r%65set/t%20-1", "/r%65set/[redacted]"),
            ("/reset/<token>", "/api/reset/t-1", "[redacted]"),
            ("/reset/<token>", "/t-1/reset", "[redacted]"),
            ("/reset/<token>", "/t-1", "[redacted]"),
            (
                "/users/<id>/keys/<api_key>/use",
                "/users/7/keys/k-1/use",
                "/users/7/keys/[redacted]/use",
            ),
            ("/by/<secret..>", "/by/a/b/c", "/by/[redacted]"),
            ("/<token>/<id>", "/t/t", "/[redacted]/t"),
            ("/<token>/<rest..>", "/t/a/b", "/[redacted]/a/b"),
            ("/users/<id>", "/users/token", "/users/token"),
            ("/token/<id>", "/token/1", "/token/1"),
            ("/", "/", "/"),
        ] {
            assert_eq!(path(sent, template, &names), logged, "{template} {sent}");
        }
    }
}
