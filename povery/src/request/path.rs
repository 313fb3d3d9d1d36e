//! The canonical path: what is routed, authorised and logged.

use percent_encoding::percent_decode_str;

use crate::error::PoveryError;

/// Splits a raw path at its `/` and decodes every segment exactly once.
///
/// # Errors
///
/// 400 `BAD_REQUEST` for a path that cannot mean one thing only: a broken escape, bytes that are not
/// UTF-8, an escaped `/`, `\` or NUL, a dot segment, or an empty segment before the last.
pub(crate) fn canonical(raw: &str) -> Result<String, PoveryError> {
    let Some(rest) = raw.strip_prefix('/') else {
        return Err(refused("it does not begin with `/`"));
    };
    let mut path = String::with_capacity(raw.len());
    let mut segments = rest.split('/').peekable();
    while let Some(segment) = segments.next() {
        path.push('/');
        // An empty last segment is a trailing slash, which simply matches no route.
        if segment.is_empty() && segments.peek().is_some() {
            return Err(refused("it has an empty segment"));
        }
        decode(segment, &mut path)?;
    }
    Ok(path)
}

fn decode(segment: &str, path: &mut String) -> Result<(), PoveryError> {
    if !escapes_are_whole(segment) {
        return Err(refused("it has a `%` that begins no escape"));
    }
    let Ok(text) = percent_decode_str(segment).decode_utf8() else {
        return Err(refused("it is not UTF-8"));
    };
    if text.contains(['/', '\\', '\0']) {
        return Err(refused("it has a separator or NUL inside a segment"));
    }
    if text == "." || text == ".." {
        return Err(refused("it has a dot segment"));
    }
    path.push_str(&text);
    Ok(())
}

fn escapes_are_whole(segment: &str) -> bool {
    segment.split('%').skip(1).all(|rest| {
        rest.as_bytes()
            .get(..2)
            .is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit))
    })
}

pub(crate) fn refused(why: &str) -> PoveryError {
    PoveryError::bad_request(format!("The path is not valid: {why}"))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn decodes_each_segment_once() {
        for (raw, path) in [
            ("/", "/"),
            ("/users", "/users"),
            ("/users/", "/users/"),
            ("/a%20b/%C3%A9", "/a b/é"),
            ("/%2541", "/%41"),
        ] {
            assert_eq!(canonical(raw).unwrap(), path, "{raw}");
        }
    }

    #[test]
    fn refuses_what_could_be_read_in_two_ways() {
        for raw in [
            "",
            "users",
            "//",
            "/a//b",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "/a%2Fb",
            "/a%5Cb",
            "/a\\b",
            "/%00",
            "/.",
            "/a/..",
            "/%2e%2E/b",
        ] {
            assert_eq!(canonical(raw).unwrap_err().status(), 400, "{raw}");
        }
    }
}
