//! An answer as it is stored, and as it comes back.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::db::Record;
use crate::error::PoveryError;
use crate::response::{Body, Response};

/// The largest body of an answer that is stored: 1 MiB.
const LARGEST: usize = 1_048_576;

/// Says that an answer was stored before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The answer, whole, and its record. A stream is read to its end, since what is stored is what is answered.
///
/// # Errors
///
/// Its stream fails, or has more than can be stored.
pub(super) async fn recorded(
    response: Response,
    request: &[u8; 32],
) -> Result<(Response, Record), PoveryError> {
    let (parts, body) = response.into_parts();
    let body = body.into_bytes(LARGEST).await;
    let body = body.map_err(PoveryError::internal)?;
    if body.len() > LARGEST {
        return Err(too_large());
    }
    let record = Record {
        request: request.to_vec(),
        status: parts.status.as_u16(),
        headers: lines(&parts.headers),
        body: body.to_vec(),
    };
    Ok((Response::from_parts(parts, Body::from(body)), record))
}

fn too_large() -> PoveryError {
    PoveryError::internal(format!(
        "the answer of a route with `idempotency_key` has more than {LARGEST} bytes, and cannot be stored"
    ))
}

/// The answer that was given before.
///
/// # Errors
///
/// Somebody else has written the record.
pub(super) fn replayed(record: Record) -> Result<Response, PoveryError> {
    let wrong = || PoveryError::internal("a record of `povery_idempotency` is none of povery's");
    let mut response = Response::new(Body::from(Bytes::from(record.body)));
    *response.status_mut() = StatusCode::from_u16(record.status).map_err(|_| wrong())?;
    let headers = response.headers_mut();
    *headers = headers_of(&record.headers).ok_or_else(wrong)?;
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// Headers, one a line, as HTTP/1 writes them. No value has a line break in it.
fn lines(headers: &HeaderMap) -> Vec<u8> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        lines.extend_from_slice(name.as_str().as_bytes());
        lines.push(b':');
        lines.extend_from_slice(value.as_bytes());
        lines.push(b'\n');
    }
    lines
}

fn headers_of(lines: &[u8]) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n")?;
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        headers.append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use http::header;

    use super::*;
    use crate::error::BoxError;

    fn answer(body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::CREATED;
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1: 2"));
        headers.append(header::SET_COOKIE, HeaderValue::from_static(""));
        let odd = HeaderValue::from_bytes(b"\xff\t\x80").unwrap();
        headers.append("x-odd", odd);
        response
    }

    #[tokio::test]
    async fn it_comes_back_as_it_was() {
        let body = b"\0\xff\n".to_vec();
        let (first, record) = recorded(answer(body.clone().into()), &[7; 32])
            .await
            .unwrap();
        assert_eq!((&record.request[..], record.status), (&[7; 32][..], 201));
        let again = replayed(record).unwrap();
        assert_eq!(again.status(), first.status());
        assert_eq!(again.body().as_bytes().unwrap(), &body);
        assert_eq!(first.body().as_bytes().unwrap(), &body);
        let mut headers = again.headers().clone();
        assert_eq!(headers.remove(REPLAYED).unwrap(), "true");
        assert_eq!(&headers, first.headers());
    }

    #[tokio::test]
    async fn a_stream_is_stored_whole_or_not_at_all() {
        let chunks = |last: Result<&'static str, BoxError>| {
            answer(Body::from_stream(stream::iter([Ok("te"), last])))
        };
        let (first, record) = recorded(chunks(Ok("xt")), &[0; 32]).await.unwrap();
        assert_eq!(first.body().as_bytes().unwrap(), "text");
        assert_eq!(record.body, b"text");
        let error = recorded(chunks(Err("broken".into())), &[0; 32])
            .await
            .err()
            .unwrap();
        assert_eq!(
            (error.status().as_u16(), error.chain().contains("broken")),
            (500, true)
        );
    }

    #[tokio::test]
    async fn what_is_too_large_is_not_stored() {
        let whole = |bytes: usize| answer(vec![0; bytes].into());
        assert!(recorded(whole(LARGEST), &[0; 32]).await.is_ok());
        let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, BoxError>("text")));
        for response in [whole(LARGEST + 1), answer(endless)] {
            let error = recorded(response, &[0; 32]).await.err().unwrap();
            assert_eq!(error.status(), 500);
        }
    }

    #[test]
    fn what_somebody_else_has_written_is_no_answer() {
        for (status, headers) in [
            (0, ""),
            (99, ""),
            (200, "a"),
            (200, "a:b"),
            (200, ":b\n"),
            (200, "a b:c\n"),
            (200, "a:\0\n"),
        ] {
            let record = Record {
                request: Vec::new(),
                status,
                headers: headers.into(),
                body: Vec::new(),
            };
            assert!(replayed(record).is_err(), "{status} {headers:?}");
        }
    }
}
