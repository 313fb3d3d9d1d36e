//! The body as it was sent: `Bytes` and `Text`.

use bytes::Bytes;

use super::content_type::{Charset, ContentType};
use super::{FromRequest, Rejection};
use crate::request::Request;
use crate::validate::{Faults, In};

/// The body as it was sent, whatever its content type. `Option<Bytes>` is `None` where it is empty.
impl FromRequest for Bytes {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(request.body().clone())
    }
}

/// The body as text, whatever its content type.
///
/// It is UTF-8, unless its content type says US-ASCII; another charset is a 415, and so is a content type
/// that cannot be read. A body that is not in its charset is a fault `format` of the body.
/// `Option<Text>` is `None` where the body is empty.
///
/// `String` itself is no extractor: a parameter whose name is misspelt would otherwise quietly
/// become the body, where it is now a compile error.
///
/// # Example
///
/// ```
/// use povery::Text;
///
/// #[povery::route(POST, "/lengths")]
/// async fn length(Text(text): Text) -> String {
///     text.chars().count().to_string()
/// }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub String);

impl FromRequest for Text {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let body = request.body();
        let charset = match ContentType::of(request.content())? {
            Some(content_type) => content_type.charset()?,
            None => Charset::Utf8,
        };
        let text = match charset {
            Charset::UsAscii if !body.is_ascii() => None,
            _ => std::str::from_utf8(body).ok(),
        };
        match text {
            Some(text) => Ok(Self(text.to_owned())),
            None => {
                let mut faults = Faults::new();
                faults.push(In::Body, "", "format", "has the wrong format");
                Err(faults.into())
            }
        }
    }
}
