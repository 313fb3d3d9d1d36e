//! A request under construction.

use std::net::{IpAddr, Ipv4Addr};

use bytes::Bytes;
use cookie::Cookie;
use form_urlencoded::Serializer;
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use serde::Serialize;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{TestResponse, TestStream};
use crate::app::App;
use crate::auth::{Authorizer, Identity, Lists, Vouched};
use crate::request::{ClientAddr, Deadline, Gateway, GatewayContext, LambdaContext, RequestId};

/// A request to be sent: made by [`TestClient`](super::TestClient), sent by [`send`](Self::send).
///
/// It comes from 127.0.0.1, and knows no Lambda and no gateway, unless it is told otherwise.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct TestRequest {
    app: App,
    request: Request<Bytes>,
    content_type: Option<&'static str>,
    cookies: Vec<String>,
    context: Option<Value>,
    claims: Option<Value>,
    user: Option<(String, Vec<String>)>,
}

impl TestRequest {
    #[track_caller]
    pub(super) fn new(app: App, method: Method, uri: &str) -> Self {
        let target = uri.parse::<Uri>().ok();
        let Some(target) = target.filter(|target| target.authority().is_none()) else {
            panic!(
                "`{uri}` is no path with an optional query: other characters are percent-encoded"
            );
        };
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() = target;
        let local = ClientAddr(Ipv4Addr::LOCALHOST.into());
        request.extensions_mut().insert(local);
        Self {
            app,
            request,
            content_type: None,
            cookies: Vec::new(),
            context: None,
            claims: None,
            user: None,
        }
    }

    /// Adds a header, also one of a name that is there already.
    ///
    /// # Panics
    ///
    /// If name or value cannot stand in a header.
    #[track_caller]
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        let name = name.as_ref();
        let Ok(key) = HeaderName::from_bytes(name.as_bytes()) else {
            panic!("`{name}` is no name of a header");
        };
        let Ok(value) = HeaderValue::from_bytes(value.as_ref()) else {
            panic!("the value of `{name}` cannot stand in a header");
        };
        self.request.headers_mut().append(key, value);
        self
    }

    /// The body as JSON. Its content type is `application/json` unless a header says otherwise.
    ///
    /// # Panics
    ///
    /// If the value cannot be written as JSON.
    #[track_caller]
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => self.typed("application/json", json.into()),
            Err(error) => panic!("the body cannot be written as JSON: {error}"),
        }
    }

    /// The body as a form: `.form([("name", "Ada")])`. Its content type is
    /// `application/x-www-form-urlencoded` unless a header says otherwise.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(
        self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        self.typed("application/x-www-form-urlencoded", form.into())
    }

    /// The body as text. Its content type is `text/plain; charset=utf-8` unless a header says
    /// otherwise.
    pub fn text(self, text: impl Into<String>) -> Self {
        self.typed("text/plain; charset=utf-8", text.into().into())
    }

    /// The body, without a content type unless a header says one.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.content_type = None;
        *self.request.body_mut() = body.into();
        self
    }

    fn typed(self, content_type: &'static str, body: Bytes) -> Self {
        let mut request = self.body(body);
        request.content_type = Some(content_type);
        request
    }

    /// Adds a cookie, percent-encoded as a browser would send back what
    /// [`SetCookie`](crate::SetCookie) gave it.
    pub fn cookie(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let cookie = Cookie::new(name.into(), value.into());
        self.cookies.push(cookie.encoded().stripped().to_string());
        self
    }

    /// The address that the request comes from.
    pub fn client_addr(mut self, address: impl Into<IpAddr>) -> Self {
        let address = ClientAddr(address.into());
        self.request.extensions_mut().insert(address);
        self
    }

    /// The id under which the request is logged and answered; a random one unless set.
    pub fn request_id(mut self, id: impl AsRef<str>) -> Self {
        self.request.extensions_mut().insert(RequestId::from(id));
        self
    }

    /// The invocation, as on Lambda. Its id, unless it is empty, and its deadline become the request's.
    pub fn lambda_context(mut self, context: LambdaContext) -> Self {
        let extensions = self.request.extensions_mut();
        if !context.request_id.is_empty() {
            extensions.insert(RequestId::from(&context.request_id));
        }
        extensions.insert(context.deadline);
        extensions.insert(context);
        self
    }

    /// When the invocation ends at the latest; there is no deadline unless set.
    ///
    /// # Example
    ///
    /// ```
    /// use std::time::Duration;
    /// use povery::prelude::*;
    /// use povery::Deadline;
    /// use povery::test::TestClient;
    ///
    /// #[povery::route(GET, "/slow")]
    /// async fn slow() {
    ///     std::future::pending().await
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = TestClient::new(App::new().routes(povery::routes![slow]));
    /// let soon = Deadline::after(Duration::from_millis(50));
    /// assert_eq!(client.get("/slow").deadline(soon).send().await.status(), 504);
    /// # }
    /// ```
    pub fn deadline(mut self, deadline: Deadline) -> Self {
        self.request.extensions_mut().insert(deadline);
        self
    }

    /// The gateway's `requestContext`: that of an HTTP API (payload 2.0), unless it has what only a REST API
    /// (`resourcePath` or `httpMethod`), a load balancer (`elb`) or VPC Lattice (`serviceArn`) writes.
    ///
    /// # Panics
    ///
    /// If it is no JSON object.
    #[track_caller]
    pub fn request_context(mut self, context: impl Serialize) -> Self {
        match serde_json::to_value(context) {
            Ok(context @ Value::Object(_)) => self.context = Some(context),
            _ => panic!("a request context is a JSON object"),
        }
        self
    }

    /// The claims of a token that has been verified: where an HTTP API puts them, at `authorizer.jwt.claims` of the
    /// request context. They are the caller's identity, whatever the application's
    /// [`Authorizer`](crate::Authorizer).
    ///
    /// # Panics
    ///
    /// If they cannot be written as JSON.
    #[track_caller]
    pub fn claims(mut self, claims: impl Serialize) -> Self {
        match serde_json::to_value(claims) {
            Ok(claims) => self.claims = Some(claims),
            Err(error) => panic!("the claims cannot be written as JSON: {error}"),
        }
        self
    }

    /// The caller: claims with this `sub`, and these roles in the claim that the application's
    /// [`Authorizer`](crate::Authorizer) reads them from. They are added to the [claims](Self::claims), if there are any.
    ///
    /// # Example
    ///
    /// ```
    /// use povery::prelude::*;
    /// use povery::Authorizer;
    /// use povery::test::TestClient;
    ///
    /// #[povery::route(GET, "/admin", roles("ADMIN"))]
    /// async fn admin(user: User) -> String {
    ///     format!("hello {}", user.id())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let app = App::new().routes(povery::routes![admin]).authorizer(Authorizer::gateway());
    /// let client = TestClient::new(app);
    /// let answer = client.get("/admin").user("u-1", ["ADMIN"]).send().await;
    /// assert_eq!(answer.text(), "hello u-1");
    /// assert_eq!(client.get("/admin").user("u-2", ["EDITOR"]).send().await.status(), 403);
    /// assert_eq!(client.get("/admin").send().await.status(), 401);
    /// # }
    /// ```
    pub fn user<R: Into<String>>(
        mut self,
        id: impl Into<String>,
        roles: impl IntoIterator<Item = R>,
    ) -> Self {
        let roles = roles.into_iter().map(Into::into).collect();
        self.user = Some((id.into(), roles));
        self
    }

    /// Sends it, and reads the whole answer, a stream to its end.
    pub async fn send(self) -> TestResponse {
        self.send_stream().await.read().await
    }

    /// Sends it, and leaves the body to be read.
    pub async fn send_stream(self) -> TestStream {
        let mut request = self.request;
        let (headers, cookies) = (request.headers_mut(), self.cookies.join("; "));
        if let Some(content_type) = self.content_type {
            let entry = headers.entry(header::CONTENT_TYPE);
            entry.or_insert(HeaderValue::from_static(content_type));
        }
        // Encoded, a cookie always can stand in a header.
        if let Ok(cookies) = HeaderValue::from_str(&cookies)
            && !cookies.is_empty()
        {
            headers.append(header::COOKIE, cookies);
        }
        let claims = claims(self.claims, self.user, &self.app);
        if let Some(identity) = identity(claims.as_ref(), &self.app) {
            request.extensions_mut().insert(Vouched(identity));
        }
        if let Some(context) = with_claims(self.context, claims)
            && let Ok(json) = serde_json::value::to_raw_value(&context)
        {
            let context = GatewayContext::new(gateway(&context), json);
            request.extensions_mut().insert(context);
        }
        let Ok(response) = self.app.oneshot(request.map(Full::new)).await;
        TestStream::new(response)
    }
}

/// The claims, and in them the caller.
fn claims(claims: Option<Value>, user: Option<(String, Vec<String>)>, app: &App) -> Option<Value> {
    let Some((id, roles)) = user else {
        return claims;
    };
    let mut claims = claims.filter(Value::is_object).unwrap_or_else(|| json!({}));
    claims["sub"] = id.into();
    let authorizer = app.inner.authorizer.clone();
    let authorizer = authorizer.unwrap_or_else(Authorizer::gateway);
    claims[&*authorizer.names().role] = roles.into();
    Some(claims)
}

/// The identity that the claims are, which nothing in the process has to verify.
fn identity(claims: Option<&Value>, app: &App) -> Option<Identity> {
    let (claims, authorizer) = (claims?.as_object()?, app.inner.authorizer.as_ref()?);
    Identity::of(
        claims.clone(),
        &["sub"],
        Lists::Brackets,
        authorizer.names(),
    )
}

/// The gateway whose context this is.
fn gateway(context: &Value) -> Gateway {
    let has = |key: &str| context.get(key).is_some();
    if has("elb") {
        Gateway::Alb
    } else if has("serviceArn") {
        Gateway::Lattice
    } else if has("resourcePath") || has("httpMethod") {
        Gateway::Rest
    } else {
        Gateway::HttpApi
    }
}

/// The request context with the claims at their place in it.
fn with_claims(context: Option<Value>, claims: Option<Value>) -> Option<Value> {
    let Some(claims) = claims else {
        return context;
    };
    let mut context = context.unwrap_or_else(|| json!({}));
    let mut parent = &mut context;
    for key in ["authorizer", "jwt"] {
        parent = &mut parent[key];
        if !parent.is_object() {
            *parent = json!({});
        }
    }
    parent["claims"] = claims;
    Some(context)
}
