//! One request with a key, from its claim to its record.

use std::sync::OnceLock;
use std::time::Duration;

use http::{StatusCode, header};

use super::{IdempotencyOptions, fingerprint, header as key_header, record};
use crate::db::{Claim, Claimed, Requested, Tx};
use crate::error::PoveryError;
use crate::request::Request;
use crate::response::Response;
use crate::route::{Keyed, Route, Transaction};
use crate::validate::Faults;

/// How long a client waits before it asks what became of a request that is under way.
const IN_PROGRESS: Duration = Duration::from_secs(1);

/// A request with a key.
pub(crate) struct Attempt {
    key: String,
    app: String,
    route: String,
    ttl: Duration,
    transaction: Option<Transaction>,
    /// Set while the handler runs under it.
    claim: OnceLock<Claim>,
}

impl Attempt {
    /// The attempt that a request is, if it has a key.
    ///
    /// # Errors
    ///
    /// What is wrong with the header.
    pub(crate) fn of(
        request: &Request,
        route: &Route,
        keyed: &Keyed,
        options: &IdempotencyOptions,
    ) -> Result<Option<Self>, Faults> {
        let Some(key) = key_header::read(request.headers(), keyed.key)? else {
            return Ok(None);
        };
        let app = match &options.app {
            Some(name) => name,
            None => route.crate_name(),
        };
        Ok(Some(Self {
            key,
            app: app.to_owned(),
            route: format!("{} {}", route.method(), route.path()),
            ttl: options.ttl,
            transaction: keyed.transaction,
            claim: OnceLock::new(),
        }))
    }

    /// Claims the key for this request; the answer, where it has one already.
    ///
    /// # Errors
    ///
    /// Another request has the key, now or before; or the database's.
    pub(crate) async fn begin(&self, request: &Request) -> Result<Option<Response>, PoveryError> {
        let claim = Claim {
            id: fingerprint::identity(&self.app, &self.route, request, &self.key),
            request: fingerprint::request(request),
            app: self.app.clone(),
            route: self.route.clone(),
            ttl: self.ttl,
        };
        let mut tx = self.tx(&request.databases)?;
        match tx.claim(&claim).await? {
            Claimed::Now => {
                self.claim.get_or_init(|| claim);
                Ok(None)
            }
            Claimed::Elsewhere => Err(in_progress()),
            Claimed::Before(record) if record.request == claim.request => {
                // Whatever becomes of it, the answer stands.
                tx.give_up().await;
                record::replayed(record).map(Some)
            }
            Claimed::Before(_) => Err(reused()),
        }
    }

    /// Has the answer of the handler stored by its transaction, if it is one to be given again. A refusal is stored alone,
    /// without what the handler has written.
    ///
    /// # Errors
    ///
    /// The handler's, which nothing is stored of; that the answer cannot be stored; or the database's.
    pub(crate) async fn end(
        &self,
        databases: &Requested,
        answer: Result<Response, PoveryError>,
        written: impl FnOnce(&PoveryError) -> Response,
    ) -> Result<Response, PoveryError> {
        let Some(claim) = self.claim.get() else {
            return answer;
        };
        let response = match answer {
            Ok(response) => response,
            Err(error) if error.status().is_server_error() => return Err(error),
            Err(error) => written(&error),
        };
        if !is_final(&response) {
            return Ok(response);
        }
        let (response, record) = record::recorded(response, &claim.request).await?;
        let mut tx = self.tx(databases)?;
        if response.status().is_client_error() {
            tx.undo().await?;
        }
        if !tx.keep(claim, &record).await? {
            return Err(in_progress());
        }
        databases.keep();
        Ok(response)
    }

    fn tx(&self, databases: &Requested) -> Result<Tx, PoveryError> {
        let transaction = self.transaction.ok_or_else(|| {
            PoveryError::internal("a route with `idempotency_key` that did not compile")
        })?;
        databases.transaction_of(transaction.database, transaction.mode)
    }
}

/// Whether the same request is to have the same answer again. Not what failed, nor what says "later".
fn is_final(response: &Response) -> bool {
    let status = response.status();
    if !status.is_client_error() {
        return !status.is_server_error();
    }
    let later = [
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    !later.contains(&status) && !response.headers().contains_key(header::RETRY_AFTER)
}

fn in_progress() -> PoveryError {
    PoveryError::conflict("A request with this Idempotency-Key is in progress")
        .with_code("IDEMPOTENCY_IN_PROGRESS")
        .with_retry_after(IN_PROGRESS)
}

fn reused() -> PoveryError {
    let text = "This Idempotency-Key was used for another request";
    PoveryError::new(StatusCode::UNPROCESSABLE_ENTITY, text).with_code("IDEMPOTENCY_KEY_REUSED")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;
    use crate::response::Body;

    #[test]
    fn what_says_later_is_asked_again() {
        for (status, retry, is) in [
            (200, true, true),
            (303, false, true),
            (400, false, true),
            (404, false, true),
            (409, false, true),
            (409, true, false),
            (408, false, false),
            (425, false, false),
            (429, false, false),
            (500, false, false),
            (503, true, false),
        ] {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::from_u16(status).unwrap();
            if retry {
                let headers = response.headers_mut();
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            assert_eq!(is_final(&response), is, "{status} {retry}");
        }
    }
}
