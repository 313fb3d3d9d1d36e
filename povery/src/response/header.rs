//! Headers before an answer.

use http::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};

use super::{Response, ResponsePart};
use crate::error::{BoxError, PoveryError};

/// Each name replaces what the response has under it, with all of its values; a `Set-Cookie` is
/// added to those that are there.
impl ResponsePart for HeaderMap {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        let headers = response.headers_mut();
        let mut current = None;
        for (name, value) in self {
            match (name, &current) {
                // The first value of a name comes with it, the others without.
                (Some(name), _) => {
                    if name == SET_COOKIE {
                        headers.append(&name, value);
                    } else {
                        headers.insert(&name, value);
                    }
                    current = Some(name);
                }
                (None, Some(name)) => {
                    headers.append(name, value);
                }
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Headers by name and value, each of them text or what `http` has for it, as
/// `[("cache-control", "no-store")]`; a name that stands here twice is sent twice. They are written
/// as a `HeaderMap` is. A name or a value that cannot stand in a header is a logged 500.
impl<N, V, const COUNT: usize> ResponsePart for [(N, V); COUNT]
where
    N: TryInto<HeaderName, Error: Into<BoxError>>,
    V: TryInto<HeaderValue, Error: Into<BoxError>>,
{
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        let mut headers = HeaderMap::with_capacity(COUNT);
        for (name, value) in self {
            let name = name.try_into().map_err(PoveryError::internal)?;
            let value = value
                .try_into()
                .map_err(|error| Unsendable(name.clone(), error.into()))
                .map_err(PoveryError::internal)?;
            headers.append(name, value);
        }
        headers.apply(response)
    }
}

/// Its text is for the log, and has no part of the value.
#[derive(Debug, thiserror::Error)]
#[error("the value of the header `{0}` cannot be sent")]
struct Unsendable(HeaderName, #[source] BoxError);
