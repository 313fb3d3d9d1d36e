//! Paths: canonical ones are so, stay so, and are what every gateway's event leads to.
//!
//! Input: a byte for the gateway and one for the domain, then stage, `routeKey` and `resource`, each
//! ended by a line feed, then the path.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use povery::http::Method;
use povery::prelude::*;
use povery::{Rejection, Request};
use povery_fuzz::answer::Answer;
use povery_fuzz::gateway::{Origin, Sent};
use povery_fuzz::invoke;

/// The path that was routed.
struct Routed(String);

impl FromRequest for Routed {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(Self(request.path().to_owned()))
    }
}

#[povery::route(ANY, "/")]
async fn root(Routed(path): Routed) -> String {
    path
}

#[povery::route(ANY, "/<rest..>")]
async fn tail(Routed(path): Routed, rest: String) -> String {
    assert_eq!(path.strip_prefix('/'), Some(&*rest));
    path
}

static ECHO: LazyLock<App> = LazyLock::new(|| App::new().routes(povery::routes![root, tail]));
static APP: LazyLock<App> = LazyLock::new(povery_tests_specimen::app);

fn canonical(raw: &str) -> Option<String> {
    povery::__private::canonical(raw)
}

/// The same in other words: each segment decoded once.
fn decoded_once(raw: &str) -> String {
    let segments = raw.split('/');
    let decoded = segments.map(|segment| percent_decode_str(segment).decode_utf8_lossy());
    decoded.collect::<Vec<_>>().join("/")
}

fn escaped(path: &str) -> String {
    let segments = path.split('/');
    let escaped =
        segments.map(|segment| utf8_percent_encode(segment, NON_ALPHANUMERIC).to_string());
    escaped.collect::<Vec<_>>().join("/")
}

/// What no canonical path has.
fn check(path: &str) {
    assert!(path.starts_with('/'), "{path:?}");
    assert!(!path.contains(['\\', '\0']), "{path:?}");
    let segments: Vec<_> = path.split('/').skip(1).collect();
    assert!(
        !segments
            .iter()
            .any(|segment| matches!(*segment, "." | "..")),
        "{path:?}"
    );
    assert!(!segments[..segments.len() - 1].contains(&""), "{path:?}");
}

/// The path that an event is routed by; `None` where it is refused, or ends in a slash.
fn routed(sent: &Sent<'_>, origin: Origin) -> Option<String> {
    let bytes = match invoke(&ECHO, &sent.event(origin)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error:?}"),
    };
    let answer = Answer::read(&bytes);
    match answer.status {
        200 => {
            let path = String::from_utf8(answer.body).expect("a path is text");
            check(&path);
            Some(path)
        }
        400 | 404 | 414 => {
            answer.refusal();
            None
        }
        status => panic!("{status} is no answer to a path"),
    }
}

/// Whether `path` is what is left of `raw` when the gateway's part is taken off.
fn is_left_of(raw: &str, path: &str, sent: &Sent<'_>, origin: Origin) -> bool {
    let decode = |raw: &str| match origin.decodes_path() {
        true => raw.to_owned(),
        false => decoded_once(raw),
    };
    let raw = if raw.is_empty() { "/" } else { raw };
    if decode(raw) == path {
        return true;
    }
    let stage = format!("/{}", sent.stage);
    let ends = raw.match_indices('/').map(|(at, _)| at).chain([raw.len()]);
    ends.filter(|at| *at > 0).any(|at| {
        let (before, rest) = raw.split_at(at);
        let rest = if rest.is_empty() { "/" } else { rest };
        let allowed = match origin {
            Origin::HttpApi => before == stage,
            Origin::Rest => sent.by_custom_domain && is_plain(before),
            Origin::HttpApiV1 => before == stage || is_plain(before),
            _ => false,
        };
        allowed && decode(rest) == path
    })
}

/// Whether it is nothing that a base path may not be.
fn is_plain(base: &str) -> bool {
    !base.contains(['%', '\\', '\0'])
        && !base
            .split('/')
            .skip(1)
            .any(|part| matches!(part, "" | "." | ".."))
}

fuzz_target!(|data: &[u8]| {
    let Some((&[origin, domain], text)) = data.split_first_chunk::<2>() else {
        return;
    };
    let Ok(text) = std::str::from_utf8(text) else {
        return;
    };
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (stage, route_key, resource, raw) = (part(), part(), part(), part());

    if let Some(path) = canonical(raw) {
        check(&path);
        assert_eq!(path, decoded_once(raw));
        assert_eq!(canonical(&escaped(&path)).as_ref(), Some(&path));
        if !path.contains('%') {
            assert_eq!(canonical(&path).as_ref(), Some(&path));
        }
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PATCH] {
            let (status, values) = povery::__private::find(&APP, &method, &path);
            assert!([200, 204, 404, 405].contains(&status));
            assert!(values.iter().all(|value| path.contains(value)));
        }
    }

    let origin = Origin::of(origin);
    let parameters: Vec<_> = match (resource.rfind('{'), resource.ends_with('}')) {
        // As if the parameter had been the rest of the path.
        (Some(at), true) => {
            let name = resource[at + 1..]
                .trim_end_matches('}')
                .trim_end_matches('+');
            let rest = raw.splitn(usize::from(domain % 4) + 2, '/').last();
            vec![(name, rest.unwrap_or_default())]
        }
        _ => Vec::new(),
    };
    let sent = Sent {
        stage,
        route_key,
        resource,
        path_parameters: parameters,
        by_custom_domain: domain & 0x80 != 0,
        ..Sent::new("GET", raw)
    };
    let Some(path) = routed(&sent, origin) else {
        return;
    };
    // VPC Lattice has the query in the path.
    let raw = match origin {
        Origin::Lattice => raw.split_once('?').map_or(raw, |(path, _)| path),
        _ => raw,
    };
    assert!(is_left_of(raw, &path, &sent, origin), "{raw:?} as {path:?}");
    // Delivered decoded, and encoded in full: both are the same path again.
    let again = Sent::new("GET", &path);
    assert_eq!(routed(&again, Origin::HttpApi).as_ref(), Some(&path));
    let encoded = escaped(&path);
    let again = Sent::new("GET", &encoded);
    assert_eq!(routed(&again, Origin::FunctionUrl).as_ref(), Some(&path));
});
