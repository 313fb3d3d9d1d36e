//! What of an answer the method and the host decide.

use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::response::{Body, Response};

static FRAMING: [HeaderName; 7] = [
    header::CONNECTION,
    header::TE,
    header::TRANSFER_ENCODING,
    header::TRAILER,
    header::UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Takes off what HEAD, or no application, answers.
pub(super) fn finish(response: &mut Response, head: bool) {
    without_framing(response, head);
    if head {
        without_body(response);
    }
}

/// The answer to HEAD: the headers that GET would have, among them the length (RFC 9110, 9.3.2) where it
/// is known, but not of a 204 or 304, which have none (8.6). A stream is dropped unread.
fn without_body(response: &mut Response) {
    let length = response.body().length();
    let status = response.status();
    if let Some(length) = length
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
    {
        response
            .headers_mut()
            .entry(header::CONTENT_LENGTH)
            .or_insert(length.into());
    }
    *response.body_mut() = Body::default();
}

/// Takes off what only the host can know: how the answer is sent (RFC 9110, 7.6.1), and a length that
/// is not the body's. Both would have a client or gateway wait, or take a body for the next answer. Of a
/// stream of unknown length the handler is believed: a host ends the connection where it is wrong.
fn without_framing(response: &mut Response, head: bool) {
    let length = response.body().length();
    let headers = response.headers_mut();
    // Hardly any response has one, and most have few headers.
    if headers.keys().any(|name| FRAMING.contains(name)) {
        for name in &FRAMING {
            headers.remove(name);
        }
    }
    // Two lengths are one too many, whatever they say (RFC 9112, 6.3).
    if headers.get_all(header::CONTENT_LENGTH).iter().count() > 1 {
        headers.remove(header::CONTENT_LENGTH);
    }
    let Some(length) = length else { return };
    let lies = |value: &HeaderValue| value.as_bytes() != length.to_string().as_bytes();
    // A route for HEAD has no body to measure, and tells of GET's.
    if !(head && length == 0) && headers.get(header::CONTENT_LENGTH).is_some_and(lies) {
        headers.remove(header::CONTENT_LENGTH);
    }
}
