//! An error as bytes.

use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::value::RawValue;

use super::PoveryError;

/// How errors are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// `{"errorMessage", "errorCode", "errorData"?, "requestId"}` as `application/json`.
    #[default]
    Povery,
    /// RFC 9457 `application/problem+json`.
    Problem,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Povery<'a> {
    error_message: &'a str,
    error_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_data: Option<&'a RawValue>,
    request_id: &'a str,
}

/// RFC 9457, section 3.1; `code`, `errors` and `requestId` are extension members (section 3.2).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Problem<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a RawValue>,
    request_id: &'a str,
}

/// The complete answer.
pub(crate) fn response(
    error: &PoveryError,
    format: ErrorFormat,
    request_id: &str,
) -> http::Response<Vec<u8>> {
    let inner = &error.inner;
    let (content_type, body) = match format {
        ErrorFormat::Povery => (
            "application/json",
            serde_json::to_vec(&Povery {
                error_message: &inner.message,
                error_code: &inner.code,
                error_data: inner.data.as_deref(),
                request_id,
            }),
        ),
        ErrorFormat::Problem => (
            "application/problem+json",
            serde_json::to_vec(&Problem {
                kind: "about:blank",
                title: inner.status.canonical_reason().unwrap_or("Error"),
                status: inner.status.as_u16(),
                detail: &inner.message,
                code: &inner.code,
                errors: inner.data.as_deref(),
                request_id,
            }),
        ),
    };
    let mut response = http::Response::new(body.unwrap_or_default());
    *response.status_mut() = inner.status;
    *response.headers_mut() = inner.headers.clone();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if inner.status == StatusCode::SERVICE_UNAVAILABLE && !headers.contains_key(header::RETRY_AFTER)
    {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
