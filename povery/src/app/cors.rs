//! Cross-origin requests: the CORS protocol of the Fetch standard, <https://fetch.spec.whatwg.org/#http-cors-protocol>.

use std::time::Duration;

use http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};

use crate::request::Headers;
use crate::response::{Body, Response};
use crate::router::{Found, Router};

/// Which pages of other origins may call the application, for [`App::cors`](crate::App::cors). Without it browsers let
/// none.
///
/// Preflight requests are answered from the route table: the methods are those that the path has. They need no
/// authorisation, as browsers send none. Every answer to an allowed origin says so, errors too.
///
/// CORS keeps no one from calling: it tells browsers whose pages may read the answers. A gateway with a CORS
/// configuration of its own answers preflights before the function is invoked: have one of the two.
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use povery::Cors;
/// use povery::prelude::*;
///
/// let app = App::new().cors(
///     Cors::origins(["https://shop.example", "http://localhost:5173"])
///         .credentials()
///         .expose(["x-total-count"])
///         .max_age(Duration::from_secs(3_600)),
/// );
/// # app.check().unwrap();
/// ```
///
/// Credentials for any origin cannot be written:
///
/// ```compile_fail
/// povery::Cors::any().credentials();
/// ```
#[derive(Clone, Debug)]
pub struct Cors<O = OriginList> {
    origins: O,
    policy: Policy,
}

/// Any origin: the answer is everybody's to read.
#[derive(Clone, Copy, Debug)]
pub struct AnyOrigin(());

/// These origins.
#[derive(Clone, Debug)]
pub struct OriginList(Vec<String>);

/// What holds for all origins that are allowed.
#[derive(Clone, Debug)]
pub(crate) struct Policy {
    /// None for any.
    origins: Option<Vec<HeaderValue>>,
    credentials: bool,
    headers: Vec<HeaderName>,
    exposed: Vec<HeaderName>,
    max_age: Duration,
    /// A sentence for each thing that was set and cannot be.
    mistakes: Vec<String>,
}

impl Cors<AnyOrigin> {
    /// Pages of any origin, without cookies and other credentials.
    #[must_use]
    pub fn any() -> Self {
        Self {
            origins: AnyOrigin(()),
            policy: Policy::new(),
        }
    }
}

impl Cors {
    /// Pages of these origins: scheme, host, and the port unless it is the scheme's, as browsers write them, such as
    /// `https://shop.example` or `http://localhost:5173`. What is no origin keeps the application from starting.
    #[must_use]
    pub fn origins(origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            origins: OriginList(origins.into_iter().map(Into::into).collect()),
            policy: Policy::new(),
        }
    }

    /// They may send cookies, and have the browser log in (`Access-Control-Allow-Credentials`).
    #[must_use]
    pub fn credentials(mut self) -> Self {
        self.policy.credentials = true;
        self
    }
}

impl<O> Cors<O> {
    /// The request headers that pages may set beside those that any page may, all of them; `Authorization` and
    /// `Content-Type` unless set.
    #[must_use]
    pub fn headers(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.policy.headers = self.policy.names(names);
        self
    }

    /// The response headers that pages may read beside those that any page may, all of them; `Location` unless set.
    #[must_use]
    pub fn expose(mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.policy.exposed = self.policy.names(names);
        self
    }

    /// How long a browser may keep the answer to a preflight; 10 minutes unless set. Chromium keeps none for more than
    /// two hours, Firefox for more than a day.
    #[must_use]
    pub fn max_age(mut self, time: Duration) -> Self {
        self.policy.max_age = time;
        self
    }
}

/// The origins of a [`Cors`]: [`AnyOrigin`] or an [`OriginList`].
pub trait Origins: sealed::Sealed {}

mod sealed {
    use http::HeaderValue;

    pub trait Sealed {
        /// The values of `Origin`, none for any; and a sentence for each that can be none.
        fn values(self, mistakes: &mut Vec<String>) -> Option<Vec<HeaderValue>>;
    }
}

impl Origins for AnyOrigin {}

impl sealed::Sealed for AnyOrigin {
    fn values(self, _: &mut Vec<String>) -> Option<Vec<HeaderValue>> {
        None
    }
}

impl Origins for OriginList {}

impl sealed::Sealed for OriginList {
    fn values(self, mistakes: &mut Vec<String>) -> Option<Vec<HeaderValue>> {
        let values = self.0.into_iter().filter_map(|origin| {
            check(&origin)
                .map_err(|why| mistakes.push(format!("CORS: `{origin}` {why}")))
                .ok()
        });
        Some(values.collect())
    }
}

impl<O: Origins> Cors<O> {
    pub(super) fn into_policy(self) -> Policy {
        let Self {
            origins,
            mut policy,
        } = self;
        policy.origins = origins.values(&mut policy.mistakes);
        policy
    }
}

/// The value that a browser sends for that origin, or why none does.
fn check(origin: &str) -> Result<HeaderValue, String> {
    if origin == "*" {
        return Err("is no origin: `Cors::any()` allows all".to_owned());
    }
    if origin == "null" {
        return Err("is what any sandboxed page sends: it names nobody".to_owned());
    }
    let no_origin = || {
        "is no origin, which is a scheme, a host and perhaps a port, such as `https://shop.example`"
            .to_owned()
    };
    let uri: Uri = origin.parse().map_err(|_| no_origin())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(no_origin());
    };
    let usual = match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    };
    let port = authority.port_u16().filter(|port| Some(*port) != usual);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let written = format!("{scheme}://{}{port}", authority.host()).to_ascii_lowercase();
    if authority.host().is_empty() || authority.as_str().contains('@') {
        return Err(no_origin());
    }
    if written != origin {
        return Err(format!("is not what a browser sends: `{written}`"));
    }
    HeaderValue::from_str(origin).map_err(|_| no_origin())
}

/// What a request says of its origin.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    origin: Option<HeaderValue>,
}

impl Policy {
    fn new() -> Self {
        Self {
            origins: None,
            credentials: false,
            headers: vec![header::AUTHORIZATION, header::CONTENT_TYPE],
            exposed: vec![header::LOCATION],
            max_age: Duration::from_secs(600),
            mistakes: Vec::new(),
        }
    }

    fn names(&mut self, names: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<HeaderName> {
        let mut valid = Vec::new();
        for name in names {
            let name = name.as_ref();
            match name.parse() {
                // With credentials it would be that name to browsers, and never covers `Authorization`.
                Ok(_) if name == "*" => self
                    .mistakes
                    .push("CORS: `*` stands for no header: name those that are meant".to_owned()),
                Ok(name) => valid.push(name),
                Err(_) => self
                    .mistakes
                    .push(format!("CORS: `{name}` is no name of a header")),
            }
        }
        valid
    }

    /// What keeps the application from starting.
    pub(super) fn mistakes(&self) -> &[String] {
        &self.mistakes
    }

    /// The origin of the request, if it has one that is allowed.
    pub(super) fn asked(&self, headers: &Headers) -> Asked {
        let mut origins = headers.named(&header::ORIGIN).into_iter();
        let origin = origins.next().filter(|_| origins.next().is_none());
        let allowed = |origin: &HeaderValue| match &self.origins {
            None => true,
            Some(allowed) => allowed.contains(origin),
        };
        Asked {
            origin: origin.filter(allowed),
        }
    }

    /// The answer to a preflight request: which methods and headers the path may be called with. `None` for any other
    /// request, and for a path that there is not.
    pub(super) fn preflight(
        &self,
        method: &Method,
        asked: &Headers,
        router: &Router,
        path: &str,
    ) -> Option<Response> {
        if method != Method::OPTIONS {
            return None;
        }
        let headers = asked.get();
        let wanted = headers.get(header::ACCESS_CONTROL_REQUEST_METHOD)?;
        if !headers.contains_key(header::ORIGIN) {
            return None;
        }
        let methods = match router.find(&Method::OPTIONS, path) {
            Found::Options(methods) => HeaderValue::try_from(methods).ok()?,
            Found::Nothing => return None,
            // The path takes OPTIONS itself, or everything.
            Found::Route { .. } | Found::OtherMethod(_) => {
                let method = Method::from_bytes(wanted.as_bytes()).ok()?;
                match router.find(&method, path) {
                    Found::Route { .. } => wanted.clone(),
                    Found::OtherMethod(methods) | Found::Options(methods) => {
                        HeaderValue::try_from(methods).ok()?
                    }
                    Found::Nothing => return None,
                }
            }
        };
        let mut response = Response::new(Body::default());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let answer = response.headers_mut();
        if self.asked(asked).origin.is_some() {
            answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
            if let Some(names) = listed(&self.headers) {
                answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
            }
            let seconds = HeaderValue::from(self.max_age.as_secs());
            answer.insert(header::ACCESS_CONTROL_MAX_AGE, seconds);
        }
        Some(response)
    }

    /// Tells the browser whether the page may read the answer.
    pub(super) fn apply(&self, asked: &Asked, response: &mut Response) {
        let headers = response.headers_mut();
        for name in [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
        ] {
            headers.remove(name);
        }
        if self.origins.is_some() {
            // Also where the origin is not allowed: a cache must not give that answer to one that is.
            headers.append(header::VARY, HeaderValue::from_static("origin"));
        }
        let Some(origin) = &asked.origin else { return };
        let origin = match self.origins {
            Some(_) => origin.clone(),
            None => HeaderValue::from_static("*"),
        };
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if self.credentials {
            let yes = HeaderValue::from_static("true");
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
        if let Some(names) = listed(&self.exposed) {
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
    }
}

/// These names as the value of a header; `None` for none.
fn listed(names: &[HeaderName]) -> Option<HeaderValue> {
    let names: Vec<_> = names.iter().map(HeaderName::as_str).collect();
    let names = HeaderValue::try_from(names.join(", ")).ok()?;
    (!names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests;
