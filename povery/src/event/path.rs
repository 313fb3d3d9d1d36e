//! The path of an event, without what the gateway put before it, and encoded exactly once.

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{StatusCode, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::context::Context;
use super::fields::Fields;
use super::{Origin, Unknown, pairs};
use crate::error::PoveryError;

/// What must be escaped in a path that is encoded already (RFC 3986, section 3.3).
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// What must be escaped in a path that has been decoded: `%` is a character like any other.
const NOT_IN_A_DECODED_PATH: &AsciiSet = &NOT_IN_A_PATH.add(b'%');

/// The path below the stage and the base path.
pub(super) struct Path<'a> {
    path: &'a str,
    is_decoded: bool,
}

impl<'a> Path<'a> {
    pub(super) fn of(
        origin: Origin,
        fields: &'a Fields<'_>,
        context: &Context<'_>,
    ) -> Result<Self, Unknown> {
        let (field, name) = match origin {
            Origin::HttpApi | Origin::FunctionUrl => (&fields.raw_path, "rawPath"),
            _ => (&fields.path, "path"),
        };
        let path = field.text(name)?;
        let path = match origin {
            Origin::HttpApi => below_stage(path, fields, context)?,
            // Payload 1.0 also has the base path of a custom domain.
            Origin::HttpApiV1 => match without_base_path(path, fields)? {
                Some(path) => path,
                None => below_stage(path, fields, context)?,
            },
            // Through a custom domain both paths are the same; else the context's has the stage.
            Origin::Rest if context.path.as_str() == Some(path) => {
                without_base_path(path, fields)?.unwrap_or(path)
            }
            Origin::Lattice => path.split_once('?').map_or(path, |(path, _)| path),
            _ => path,
        };
        Ok(Self {
            path: if path.is_empty() { "/" } else { path },
            is_decoded: origin.decodes_path(),
        })
    }
}

/// The path of an HTTP API below its stage, which is its first segment unless it is `$default`.
///
/// Through a custom domain the first segment may be the caller's: there it is taken for the stage only
/// where the route that the gateway has matched says so, with what its parameters were. Otherwise
/// `/dev/admin`, which matches a catch-all of the gateway, would be served as `/admin`, past the
/// authorizer of that route.
fn below_stage<'a>(
    path: &'a str,
    fields: &Fields<'_>,
    context: &Context<'_>,
) -> Result<&'a str, Unknown> {
    let stage = context.stage.as_str().unwrap_or_default();
    if stage.is_empty() || stage == "$default" {
        return Ok(path);
    }
    let below = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(stage))
        .filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(below) = below else {
        return Ok(path);
    };
    if context.is_own_domain("execute-api") {
        return Ok(below);
    }
    let route = context
        .route_key
        .as_str()
        .and_then(|key| key.split_once(' '));
    let is_stage = match route {
        // What it took is the rest of the path: it says where that begins.
        Some((_, template)) if template.ends_with("+}") => {
            let before = before(template, path, &parameters(fields)?);
            before.is_some_and(|before| path.len() - before.len() == below.len())
        }
        Some((_, template)) => fits(template, below) && !fits(template, path),
        None => false,
    };
    Ok(if is_stage { below } else { path })
}

/// Whether a path is one of a gateway's route such as `/users/{id}`, without a tail.
fn fits(template: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    for part in template.split('/') {
        let Some(segment) = segments.next() else {
            return false;
        };
        let parameter = part.starts_with('{') && part.ends_with('}');
        if !parameter && part != segment {
            return false;
        }
    }
    segments.next().is_none()
}

/// The path below the base path of a custom domain: what `resource` becomes with its
/// parameters. `None` where that is not exactly the end of the path.
fn without_base_path<'a>(path: &'a str, fields: &Fields<'_>) -> Result<Option<&'a str>, Unknown> {
    let Some(resource) = fields.resource.as_str() else {
        return Ok(None);
    };
    let before = before(resource, path, &parameters(fields)?);
    // Anything else before the path is no base path, and is for the canonical path to refuse.
    let base = before.filter(|before| is_base_path(before));
    Ok(base.and_then(|base| path.get(base.len()..)))
}

/// The parameters of the gateway's route with what they were.
fn parameters(fields: &Fields<'_>) -> Result<Vec<(String, String)>, Unknown> {
    let mut parameters = Vec::new();
    if let Some(raw) = fields.path_parameters {
        pairs::for_each(raw.get(), |name, value| {
            parameters.push((name.to_owned(), value.to_owned()));
        })
        .map_err(|_| Unknown::Field("pathParameters"))?;
    }
    Ok(parameters)
}

/// What stands in a path before that of a gateway's route with these parameters. `None` where that is not
/// exactly its end.
fn before<'a>(template: &str, path: &'a str, parameters: &[(String, String)]) -> Option<&'a str> {
    // From the end, segment by segment.
    let mut rest = path.trim_end_matches('/');
    for segment in template
        .split('/')
        .rev()
        .filter(|segment| !segment.is_empty())
    {
        let name = segment
            .strip_prefix('{')
            .and_then(|segment| segment.strip_suffix('}'));
        let value = match name {
            None => segment,
            Some(name) => {
                let name = name.strip_suffix('+').unwrap_or(name);
                let (_, value) = parameters.iter().find(|(known, _)| known == name)?;
                value.trim_end_matches('/')
            }
        };
        for part in value.rsplit('/') {
            let (before, last) = rest.rsplit_once('/')?;
            if last != part && percent_decode_str(last).decode_utf8_lossy() != part {
                return None;
            }
            rest = before;
        }
    }
    Some(rest)
}

/// Whether this is what API Gateway takes as a base path: nothing, or segments of these characters.
fn is_base_path(base: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "$-_.+!*'()".contains(c);
    let sound = |segment: &str| !["", ".", ".."].contains(&segment) && segment.chars().all(plain);
    base.is_empty() || base.split('/').skip(1).all(sound) && base.starts_with('/')
}

/// Path and query as the target of a request.
///
/// # Errors
///
/// 400 for a path that does not begin with `/`, 414 for more than a target can hold (64 KiB). All else that
/// a path may not have is refused where it is read.
pub(super) fn target(path: Path<'_>, query: String) -> Result<Uri, PoveryError> {
    if !path.path.starts_with('/') {
        return Err(crate::request::path::refused("it does not begin with `/`"));
    }
    let set = if path.is_decoded {
        NOT_IN_A_DECODED_PATH
    } else {
        NOT_IN_A_PATH
    };
    let mut target = String::with_capacity(path.path.len() + 1 + query.len());
    target.extend(utf8_percent_encode(path.path, set));
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    let target = PathAndQuery::from_maybe_shared(Bytes::from(target)).map_err(|_| {
        PoveryError::new(
            StatusCode::URI_TOO_LONG,
            "The path and its query are too long",
        )
        .with_code("URI_TOO_LONG")
    })?;
    Ok(Uri::from(target))
}

#[cfg(test)]
mod tests;
