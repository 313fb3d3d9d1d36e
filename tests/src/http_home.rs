//! An application behind an HTTP server.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::client::exchange;
use crate::home::{Answer, Home};

/// An application behind an HTTP/1.1 server on this machine.
#[derive(Clone, Copy, Debug)]
pub struct HttpHome {
    /// The server's address.
    pub base: SocketAddr,
    /// How long an answer may take.
    pub bound: Duration,
}

impl HttpHome {
    /// The server at `base`, which has a minute for each answer.
    #[must_use]
    pub fn new(base: SocketAddr) -> Self {
        Self {
            base,
            bound: Duration::from_mins(1),
        }
    }
}

impl Home for HttpHome {
    fn name(&self) -> &'static str {
        "HTTP server"
    }

    async fn send(&self, method: Method, target: &str, headers: HeaderMap, body: Bytes) -> Answer {
        let what = format!("{method} {target}");
        exchange(self.base, method, target, headers, body, self.bound)
            .await
            .unwrap_or_else(|error| panic!("{what} to {}: {error} ({error:?})", self.base))
    }
}
