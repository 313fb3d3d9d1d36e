//! Responses: what a handler returns is what the gateway's caller sees, or a 500 that says nothing.
#![no_main]

use std::cell::RefCell;
use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use povery::cookie::Cookie;
use povery::http::{HeaderMap, HeaderName, HeaderValue};
use povery::prelude::*;
use povery::{Body, Response, SetCookie};
use povery_fuzz::answer::{Answer, Format};
use povery_fuzz::gateway::{Origin, Sent};
use povery_fuzz::invoke;

#[derive(Arbitrary, Clone, Debug, Default)]
struct Script {
    status: u16,
    headers: Vec<(Name, Vec<u8>)>,
    /// Set through what refuses a name or a value that is none.
    checked: Option<(String, Vec<u8>)>,
    location: Option<String>,
    cookies: Vec<(String, String, Option<String>)>,
    body: Vec<u8>,
}

#[derive(Arbitrary, Clone, Debug)]
enum Name {
    ContentType,
    ContentLength,
    ContentEncoding,
    SetCookie,
    Vary,
    TransferEncoding,
    Connection,
    Any(String),
}

impl Name {
    fn read(&self) -> Option<HeaderName> {
        let name = match self {
            Self::ContentType => "content-type",
            Self::ContentLength => "content-length",
            Self::ContentEncoding => "content-encoding",
            Self::SetCookie => "set-cookie",
            Self::Vary => "vary",
            Self::TransferEncoding => "transfer-encoding",
            Self::Connection => "connection",
            Self::Any(name) => name,
        };
        HeaderName::from_bytes(name.as_bytes()).ok()
    }
}

impl Script {
    /// The headers that `http` takes.
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Some(name), Ok(value)) = (name.read(), HeaderValue::from_bytes(value)) {
                headers.append(name, value);
            }
        }
        headers
    }

    fn cookies(&self) -> Vec<Cookie<'static>> {
        let cookies = self.cookies.iter().cloned().map(|(name, value, path)| {
            let mut cookie = Cookie::new(name, value);
            if let Some(path) = path {
                cookie.set_path(path);
            }
            cookie
        });
        cookies.collect()
    }
}

thread_local! {
    static SCRIPT: RefCell<Script> = RefCell::default();
}

#[povery::route(ANY, "/")]
async fn scripted() -> Result<Response, PoveryError> {
    let script = SCRIPT.with_borrow(Clone::clone);
    let status = StatusCode::from_u16(script.status).map_err(PoveryError::internal)?;
    let mut response = Response::new(Body::from(script.body.clone()));
    *response.status_mut() = status;
    let (headers, cookies) = (script.headers(), script.cookies());
    let cookies: Vec<_> = cookies.into_iter().map(SetCookie).collect();
    let location = script.location.map(Location::new);
    let checked = script.checked.map(|(name, value)| [(name, value)]);
    (location, cookies, checked, headers, response).into_response()
}

static APP: LazyLock<App> = LazyLock::new(|| App::new().routes(povery::routes![scripted]));

/// What the caller should see.
struct Expected {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// `None` where nothing of it may be sent.
fn expected(script: &Script) -> Option<Expected> {
    if !(200..600).contains(&script.status) {
        return None;
    }
    let mut headers = script.headers();
    if let Some((name, value)) = &script.checked {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        let value = HeaderValue::from_bytes(value).ok()?;
        if name == "set-cookie" {
            headers.append(name, value);
        } else {
            headers.insert(name, value);
        }
    }
    for cookie in script.cookies() {
        let value = HeaderValue::try_from(cookie.encoded().to_string()).ok()?;
        headers.append("set-cookie", value);
    }
    if let Some(location) = &script.location {
        let of_a_uri = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        if !location.chars().all(of_a_uri) {
            return None;
        }
        headers.insert("location", HeaderValue::from_str(location).ok()?);
    }
    let mut body = script.body.clone();
    if matches!(script.status, 204 | 205 | 304) {
        if !body.is_empty() {
            headers.remove("content-type");
            headers.remove("content-length");
        }
        body.clear();
    }
    for name in [
        "connection",
        "proxy-connection",
        "te",
        "transfer-encoding",
        "trailer",
        "upgrade",
        "keep-alive",
    ] {
        headers.remove(name);
    }
    // One length, and the body's, or none.
    let length = body.len().to_string();
    let lengths: Vec<_> = headers.get_all("content-length").iter().collect();
    if lengths.len() > 1 || lengths.iter().any(|value| *value != length.as_str()) {
        headers.remove("content-length");
    }
    Some(Expected {
        status: script.status,
        headers,
        body,
    })
}

/// The lines as far as the gateway can tell them apart.
fn lines(headers: &HeaderMap, format: Format) -> Vec<(String, String)> {
    let lists = matches!(format, Format::Lists | Format::DescribedLists);
    let mut lines: Vec<(String, String)> = Vec::new();
    for (name, value) in headers {
        let cookies = |lines: &[(String, String)]| {
            lines
                .iter()
                .filter(|(name, _)| name == "set-cookie")
                .count()
        };
        // There are no more names that differ in case.
        if format == Format::Described && name == "set-cookie" && cookies(&lines) == 512 {
            continue;
        }
        // No JSON has it.
        let Ok(value) = std::str::from_utf8(value.as_bytes()) else {
            continue;
        };
        match lines.iter_mut().find(|(known, _)| known == name.as_str()) {
            Some((_, line)) if !lists && name != "set-cookie" => {
                line.push_str(", ");
                line.push_str(value);
            }
            _ => lines.push((name.as_str().to_owned(), value.to_owned())),
        }
    }
    lines.sort_by(|(one, _), (other, _)| one.cmp(other));
    lines
}

/// The format that the event of an origin asks for.
fn format(origin: Origin) -> Format {
    match origin {
        Origin::Rest | Origin::HttpApiV1 => Format::Lists,
        Origin::HttpApi | Origin::FunctionUrl => Format::Cookies,
        Origin::AlbMulti => Format::DescribedLists,
        Origin::Alb | Origin::Lattice => Format::Described,
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((origin, rest)) = data.split_first() else {
        return;
    };
    let Ok(script) = Script::arbitrary_take_rest(Unstructured::new(rest)) else {
        return;
    };
    let origin = Origin::of(*origin);
    let expected = expected(&script);
    SCRIPT.set(script);
    let bytes = match invoke(&APP, &Sent::new("GET", "/").event(origin)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error:?}"),
    };
    let answer = Answer::read(&bytes);
    assert_eq!(answer.format, format(origin));
    let Some(expected) = expected else {
        assert_eq!(answer.status, 500);
        assert_eq!(answer.refusal().error_code, "INTERNAL");
        assert_eq!(answer.lines.len(), 1, "{answer:?}");
        return;
    };
    assert_eq!(answer.status, expected.status);
    assert_eq!(answer.lines, lines(&expected.headers, answer.format));
    assert_eq!(answer.body, expected.body);

    // HEAD has the same lines, and no body.
    let bytes = match invoke(&APP, &Sent::new("HEAD", "/").event(origin)) {
        Ok(bytes) => bytes,
        Err(error) => panic!("{error:?}"),
    };
    let head = Answer::read(&bytes);
    assert!(head.body.is_empty(), "{head:?}");
    assert_eq!(head.status, expected.status);
    let named = |answer: &Answer| -> Vec<_> {
        let others = answer
            .lines
            .iter()
            .filter(|(name, _)| name != "content-length");
        others.cloned().collect()
    };
    assert_eq!(named(&head), named(&answer));
});
