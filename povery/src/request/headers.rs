//! The headers of a request, decoded when something asks for them.

use std::fmt;
use std::sync::OnceLock;

use http::HeaderMap;

use crate::error::PoveryError;

/// Headers that a host holds undecoded.
pub(crate) trait HeaderSource: Send + Sync {
    /// All of them; with a header that cannot stand in HTTP, an empty map and `false`.
    fn decode(&self) -> (HeaderMap, bool);
}

/// Headers, of which most requests need none and none needs them twice.
pub(crate) struct Headers {
    source: Option<Box<dyn HeaderSource>>,
    /// With whether all of them could stand in HTTP.
    decoded: OnceLock<(HeaderMap, bool)>,
}

impl Headers {
    pub(crate) fn deferred(source: impl HeaderSource + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            decoded: OnceLock::new(),
        }
    }

    fn decoded(&self) -> &(HeaderMap, bool) {
        self.decoded.get_or_init(|| match &self.source {
            Some(source) => source.decode(),
            None => (HeaderMap::new(), true),
        })
    }

    /// The headers. Whoever has looked answers for [`check`](Self::check) too.
    pub(crate) fn get(&self) -> &HeaderMap {
        &self.decoded().0
    }

    /// Whether what has been looked at could be read.
    ///
    /// # Errors
    ///
    /// 400 for a name that is none or a value with control characters, which it does not repeat.
    pub(crate) fn check(&self) -> Result<(), PoveryError> {
        match self.decoded.get() {
            Some((_, false)) => Err(PoveryError::bad_request(
                "A header is not valid: its name is none, or its value has control characters",
            )),
            _ => Ok(()),
        }
    }
}

impl From<HeaderMap> for Headers {
    fn from(headers: HeaderMap) -> Self {
        Self {
            source: None,
            decoded: OnceLock::from((headers, true)),
        }
    }
}

/// Without the values, among which are tokens.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.get().keys()).finish()
    }
}
