//! The headers of a request, decoded when something asks for them.

use std::sync::OnceLock;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::error::PoveryError;

/// Headers that a host holds undecoded.
pub(crate) trait HeaderSource: Send + Sync {
    /// All of them; with a header that cannot stand in HTTP, an empty map and `false`.
    fn decode(&self) -> (HeaderMap, bool);

    /// The values of one header; `None` where only all headers together tell.
    fn named(&self, name: &HeaderName) -> Option<Vec<HeaderValue>>;

    /// What says how the body is to be read; `None` where only all headers together tell.
    fn content(&self) -> Option<Content>;
}

/// The values of the headers that say how a body is to be read, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// Of `Content-Type`.
    pub(crate) types: Vec<HeaderValue>,
    /// Of `Content-Encoding`.
    pub(crate) codings: Vec<HeaderValue>,
}

impl Content {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let values = |name| headers.get_all(name).iter().cloned().collect();
        Self {
            types: values(header::CONTENT_TYPE),
            codings: values(header::CONTENT_ENCODING),
        }
    }
}

/// Headers, of which most requests need none and none needs them twice.
pub(crate) struct Headers {
    source: Option<Box<dyn HeaderSource>>,
    /// With whether all of them could stand in HTTP.
    decoded: OnceLock<(HeaderMap, bool)>,
    content: OnceLock<Content>,
}

impl Headers {
    pub(crate) fn deferred(source: impl HeaderSource + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            decoded: OnceLock::new(),
            content: OnceLock::new(),
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

    /// The headers themselves.
    pub(crate) fn into_map(self) -> HeaderMap {
        self.decoded();
        let (headers, _) = self.decoded.into_inner().unwrap_or_default();
        headers
    }

    /// The values of one header, for which the others need not be decoded. Nobody answers for those then.
    pub(crate) fn named(&self, name: &HeaderName) -> Vec<HeaderValue> {
        let found = match (&self.source, self.decoded.get()) {
            (Some(source), None) => source.named(name),
            _ => None,
        };
        found.unwrap_or_else(|| self.get().get_all(name).iter().cloned().collect())
    }

    /// Changes the headers.
    #[cfg(feature = "gzip")]
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut HeaderMap)) {
        self.decoded();
        self.content = OnceLock::new();
        if let Some((headers, _)) = self.decoded.get_mut() {
            change(headers);
        }
    }

    /// What says how the body is to be read, for which the other headers need not be decoded.
    pub(crate) fn content(&self) -> &Content {
        self.content.get_or_init(|| {
            let found = match (&self.source, self.decoded.get()) {
                (Some(source), None) => source.content(),
                _ => None,
            };
            found.unwrap_or_else(|| Content::of(self.get()))
        })
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
            content: OnceLock::new(),
        }
    }
}
