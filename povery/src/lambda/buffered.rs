//! Whole answers, where the gateway does not stream: no larger than Lambda takes.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::LengthLimitError;

use crate::app::Interrupted;
use crate::error::wire::{self, ErrorFormat};
use crate::error::{BoxError, PoveryError};
use crate::event::is_coded;
use crate::request::RequestId;
use crate::response::Response;

/// The longest body, as it stands in the JSON of the answer: Lambda's 6 MB, with room for headers.
const LARGEST: usize = 6 * 1024 * 1024 - HEADERS;
/// What headers take before they take from the body. Most answers have a few hundred bytes of them.
const HEADERS: usize = 16 * 1024;
/// Around the name and the value of each: quotation marks, brackets and commas.
const AROUND: usize = 8;

/// The response with its body in memory. A stream that breaks, or any body that is larger than Lambda takes,
/// is an error's answer: nothing of the other one has been sent yet.
pub(super) async fn whole(
    response: Response,
    format: ErrorFormat,
    id: &RequestId,
) -> http::Response<Bytes> {
    let (mut parts, body) = response.into_parts();
    let is_whole = body.as_bytes().is_some();
    let bytes = match body.into_bytes(LARGEST).await {
        Ok(bytes) if is_too_large(&bytes, &parts.headers) => Err(too_large(id)),
        Ok(bytes) if is_whole => return http::Response::from_parts(parts, bytes),
        Ok(bytes) => Ok(bytes),
        Err(error) => Err(failure(&error, id)),
    };
    match bytes {
        Ok(bytes) => {
            let length = HeaderValue::from(bytes.len());
            if parts
                .headers
                .get(header::CONTENT_LENGTH)
                .is_some_and(|told| *told != length)
            {
                parts.headers.remove(header::CONTENT_LENGTH);
            }
            http::Response::from_parts(parts, bytes)
        }
        Err(error) => wire::response(&error, format, id.as_str()).map(Bytes::from),
    }
}

fn is_too_large(bytes: &Bytes, headers: &HeaderMap) -> bool {
    let head: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + escaped(value.as_bytes()) + AROUND)
        .sum();
    let left = LARGEST.saturating_sub(head.saturating_sub(HEADERS));
    // No byte becomes more than six, so small bodies need not be measured.
    bytes.len() > left / 6 && length_in_json(bytes, headers) > left || head > LARGEST
}

/// How long these bytes are as a string of JSON, as [`Outgoing`](crate::event::Outgoing) writes it.
fn length_in_json(bytes: &Bytes, headers: &HeaderMap) -> usize {
    if is_coded(headers) || std::str::from_utf8(bytes).is_err() {
        return bytes.len().div_ceil(3) * 4;
    }
    escaped(bytes)
}

/// How long text is in JSON, without the quotation marks.
fn escaped(bytes: &[u8]) -> usize {
    let lengths = bytes.iter().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    });
    lengths.sum()
}

fn failure(error: &BoxError, id: &RequestId) -> PoveryError {
    if error.is::<LengthLimitError>() {
        return too_large(id);
    }
    match error.downcast_ref::<Interrupted>() {
        Some(Interrupted::TimedOut) => PoveryError::timeout("The request took too long"),
        // The log has the cause.
        _ => PoveryError::internal(error.to_string()),
    }
}

fn too_large(id: &RequestId) -> PoveryError {
    let text = "the response has more than the 6 MB that Lambda takes of a buffered answer: \
        let the gateway stream, and set `App::invoke_mode`";
    tracing::error!(request_id = id.as_str(), status = 500, "{text}");
    PoveryError::internal(text)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;
    use crate::response::Body;

    async fn collected(body: Body, headers: &[(&str, &str)]) -> http::Response<Bytes> {
        let mut response = http::Response::builder().status(201);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body).unwrap();
        whole(response, ErrorFormat::Povery, &RequestId::from("r-1")).await
    }

    fn chunks(chunk: &'static [u8], count: usize) -> Body {
        let chunks = (0..count).map(move |_| Ok::<_, BoxError>(chunk));
        Body::from_stream(stream::iter(chunks))
    }

    #[tokio::test]
    async fn a_stream_becomes_whole() {
        let headers = [("x-a", "1"), ("content-length", "3")];
        let response = collected(chunks(b"ab", 2), &headers).await;
        assert_eq!(
            (response.status().as_u16(), &**response.body()),
            (201, &b"abab"[..])
        );
        assert_eq!(response.headers()["x-a"], "1");
        assert!(!response.headers().contains_key("content-length"), "a lie");
        let response = collected(chunks(b"ab", 2), &[("content-length", "4")]).await;
        assert_eq!(response.headers()["content-length"], "4");
    }

    #[tokio::test]
    async fn what_lambda_would_not_take_is_a_500() {
        const CHUNK: &[u8] = &[b'a'; 1024];
        const QUOTES: &[u8] = &[b'"'; 1024];
        const BINARY: &[u8] = &[0xff; 1024];
        let gzip = [("content-encoding", "gzip")];
        for (chunk, headers, most) in [
            (CHUNK, &[][..], LARGEST / 1024),
            (QUOTES, &[], LARGEST / 2048),
            (BINARY, &[], LARGEST / 4 * 3 / 1024),
            (CHUNK, &gzip, LARGEST / 4 * 3 / 1024),
        ] {
            let response = collected(chunks(chunk, most), headers).await;
            assert_eq!(response.status(), 201, "{:?}", &chunk[..1]);
            let response = collected(chunks(chunk, most + 1), headers).await;
            assert_eq!(response.status(), 500, "{:?}", &chunk[..1]);
            assert!(!response.headers().contains_key("content-encoding"));
            let body = String::from_utf8_lossy(response.body()).into_owned();
            assert!(body.contains(r#""requestId":"r-1""#), "{body}");
        }
        for (bytes, status) in [
            (vec![b'a'; LARGEST], 200),
            (vec![b'a'; LARGEST + 1], 500),
            (vec![1; LARGEST / 6], 200),
            (vec![1; LARGEST / 6 + 1], 500),
        ] {
            let response = http::Response::new(Body::from(bytes));
            let response = whole(response, ErrorFormat::Povery, &RequestId::from("r-1")).await;
            assert_eq!(response.status(), status, "a whole one");
        }
        // Headers count too.
        let value = "v".repeat(HEADERS);
        for (body, headers, status) in [
            (LARGEST - 2 * HEADERS, 3, 200),
            (LARGEST - 2 * HEADERS, 4, 500),
            (0, LARGEST / HEADERS - 1, 200),
            (0, LARGEST / HEADERS + 2, 500),
        ] {
            let mut response = http::Response::builder();
            for number in 0..headers {
                response = response.header(format!("x-{number}"), &value[..HEADERS - 20]);
            }
            let response = response.body(Body::from(vec![b'a'; body])).unwrap();
            let response = whole(response, ErrorFormat::Povery, &RequestId::from("r-1")).await;
            assert_eq!(response.status(), status, "{headers} headers");
        }
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, BoxError>(CHUNK)));
        assert_eq!(collected(endless, &[]).await.status(), 500);
    }

    #[tokio::test]
    async fn a_stream_that_breaks_is_an_error_from_the_start() {
        for (why, status) in [
            (Interrupted::Failed, 500),
            (Interrupted::Panicked, 500),
            (Interrupted::TimedOut, 504),
        ] {
            let body = Body::from_stream(stream::iter([Ok("secret"), Err(why)]));
            let response = collected(body, &[("x-a", "1")]).await;
            assert_eq!(response.status(), status);
            assert!(!response.headers().contains_key("x-a"));
            let body = String::from_utf8_lossy(response.body()).into_owned();
            assert!(
                body.contains("errorCode") && !body.contains("secret"),
                "{body}"
            );
        }
    }
}
