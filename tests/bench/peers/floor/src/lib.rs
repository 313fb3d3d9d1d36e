//! The least that an HTTP function on `lambda_runtime` can be: the fields that the job needs, and nothing
//! for the rest of HTTP.

use serde::{Deserialize, Serialize};

/// An event of payload 1.0 or 2.0.
#[derive(Debug, Deserialize)]
pub struct Event {
    // Payload 1.0.
    #[serde(rename = "httpMethod")]
    http_method: Option<String>,
    path: Option<String>,
    // Payload 2.0.
    #[serde(rename = "rawPath")]
    raw_path: Option<String>,
    #[serde(rename = "requestContext")]
    context: Context,
    /// The body, if there is one.
    pub body: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Context {
    http: Option<Http>,
}

#[derive(Debug, Deserialize)]
struct Http {
    method: String,
}

impl Event {
    /// The method.
    pub fn method(&self) -> &str {
        let method = self.http_method.as_deref();
        method
            .or(self.context.http.as_ref().map(|http| &*http.method))
            .unwrap_or_default()
    }

    /// The path.
    pub fn path(&self) -> &str {
        let path = self.raw_path.as_deref();
        path.or(self.path.as_deref()).unwrap_or_default()
    }
}

/// A response; both payloads take it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status_code: u16,
    /// The headers.
    pub headers: Headers,
    /// The body.
    pub body: String,
}

/// The headers of a response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Headers {
    /// The content type.
    pub content_type: &'static str,
    /// Where what was created is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

impl Response {
    /// A response of JSON.
    pub fn json(status_code: u16, body: String) -> Self {
        Self {
            status_code,
            headers: Headers {
                content_type: "application/json",
                location: None,
            },
            body,
        }
    }
}
