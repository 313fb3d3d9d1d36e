//! What each type that a handler may return is on the wire, through the whole application.

#[cfg(feature = "postgres")]
mod database;
mod errors;
mod headers;
mod streams;
mod types;
mod unsendable;

use bytes::Bytes;
use povery::{App, HeaderMap, RequestId, RouteTable};
use tower::ServiceExt;

/// The status, the headers and the body of the answer to GET.
async fn get(routes: RouteTable, path: &str) -> (u16, HeaderMap, String) {
    let request = http::Request::get(path).extension(RequestId::from("r-1"));
    let request = request.body(http_body_util::Empty::<Bytes>::new()).unwrap();
    let app = App::new().routes(routes);
    app.check().unwrap();
    let (parts, body) = app.oneshot(request).await.unwrap().into_parts();
    let body = body.into_bytes(usize::MAX).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    (parts.status.as_u16(), parts.headers, body)
}
