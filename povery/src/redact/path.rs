//! The path of a request, without what a route has captured under the name of a secret.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Names, REDACTED};

/// The path, as it was sent, of a request for the route with this template: `/reset/[redacted]` for `/reset/<token>`. Where it
/// is no path of that route, nothing of it is left.
pub(crate) fn path<'p>(path: &'p str, template: &str, names: &Names) -> Cow<'p, str> {
    if !captures_secret(template, names) {
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

/// The path up to a secret, where it begins as the template does up to there: of a request that the route does not answer, for its
/// method, a character in its path, or a slash at its end.
pub(crate) fn path_begun(path: &str, template: &str, names: &Names) -> Option<String> {
    let mut out = String::with_capacity(path.len());
    let mut segments = path.split('/');
    for (at, part) in template.split('/').enumerate() {
        let segment = segments.next()?;
        if at > 0 {
            out.push('/');
        }
        match captured(part) {
            None if !percent_decode_str(segment).eq(part.bytes()) => return None,
            Some((name, _)) if names.is_secret(name) => {
                out.push_str(REDACTED);
                return (!segment.is_empty()).then_some(out);
            }
            _ => out.push_str(segment),
        }
    }
    None
}

/// Whether a route with this template captures something under the name of a secret.
pub(crate) fn captures_secret(template: &str, names: &Names) -> bool {
    let mut parts = template.split('/').filter_map(captured);
    parts.any(|(name, _)| names.is_secret(name))
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

    #[test]
    fn what_may_be_captured_is_not_there() {
        let names = Names::usual();
        for (template, sent, logged) in [
            ("/reset/<token>", "/reset/t-1/", Some("/reset/[redacted]")),
            ("/reset/<token>", "/reset/t%2F1", Some("/reset/[redacted]")),
            (
                "/reset/<token>/done",
                "/reset/t-1",
                Some("/reset/[redacted]"),
            ),
            (
                "/<id>/keys/<api_key>",
                "/7/keys/k-1/x",
                Some("/7/keys/[redacted]"),
            ),
            ("/reset/<token>", "/reset/", None),
            ("/reset/<token>", "/reset", None),
            ("/reset/<token>", "/other/t-1", None),
            ("/users/<id>", "/users/1", None),
        ] {
            let begun = path_begun(sent, template, &names);
            assert_eq!(begun.as_deref(), logged, "{template} {sent}");
        }
    }
}
