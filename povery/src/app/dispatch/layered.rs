//! A request on its way through layers. Whatever they do to it, there is one answer, and nothing works on behind it.

use std::sync::Arc;

use http::request::Parts;
use tokio::time::Instant as TokioInstant;

use super::asked::failed;
use super::bound::within;
use super::panics::caught;
use super::{Bound, Underway, answered};
use crate::app::Inner;
use crate::error::PoveryError;
use crate::middleware::{Next, Passage, is_lost};
use crate::request::{Client, ClientAddr, Head, Host, Incoming, IncomingBody};
use crate::response::{Body, Response};

const LOST: &str = "a layer has passed on another request than the one that came, without its extensions: \
                    they have what comes behind the layers";

/// What of a request waits beside the layers: there is no way to lose it.
pub(super) struct Beside {
    host: Host,
    /// Whether the headers can stand in HTTP. If not, the layers are given none.
    headers: Result<(), PoveryError>,
}

/// The request as layers are given it. What the host knows of it is told among the extensions.
pub(super) fn for_layers<B: IncomingBody>(
    request: Incoming<B>,
    underway: &Underway,
) -> (http::Request<Body>, Beside) {
    let Incoming { head, body } = request;
    let Head {
        method,
        uri,
        headers,
        extensions,
        host,
    } = *head;
    let client = host.client.address(|| headers.get());
    let mut request = http::Request::new(Body::of(body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.extensions_mut() = extensions;
    let extensions = request.extensions_mut();
    extensions.insert(underway.asked.id().clone());
    extensions.insert(host.deadline);
    if let Some(lambda) = host.lambda.as_deref() {
        extensions.insert(lambda.clone());
    }
    if let Some(client) = client {
        extensions.insert(ClientAddr(client));
    }
    // Whoever has looked at them asks whether they could be read.
    headers.get();
    let beside = Beside {
        host,
        headers: headers.check(),
    };
    *request.headers_mut() = headers.into_map();
    (request, beside)
}

impl Beside {
    /// The head of what the layers have passed on. They may say who the client is, as a proxy before the host would.
    ///
    /// # Errors
    ///
    /// 400 where the headers could not be read.
    pub(super) fn head(self, parts: Parts) -> Result<Box<Head>, PoveryError> {
        self.headers?;
        let mut host = self.host;
        if let Some(ClientAddr(address)) = parts.extensions.get() {
            host.client = Client::Told(*address);
        }
        Ok(Box::new(Head {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers.into(),
            extensions: parts.extensions,
            host,
        }))
    }
}

/// What the layers answer, within their time, where `onward` comes behind them.
pub(super) async fn through<F>(
    app: &Arc<Inner>,
    layers: &Next,
    mut request: http::Request<Body>,
    underway: &Underway,
    end: Option<TokioInstant>,
    onward: impl FnOnce(http::Request<Body>) -> F + Send + 'static,
) -> Response
where
    F: Future<Output = Response> + Send + 'static,
{
    let (inner, asked) = (Arc::clone(app), underway.asked.clone());
    let passage = Passage::new(move |error| failed(&inner, &asked, error), onward);
    request.extensions_mut().insert(passage);
    let answer = async {
        // Their own code clones them, which may panic.
        let run = async { Ok(layers.clone().run(request).await) };
        let answer = within(end, run).await?;
        match is_lost(&answer) {
            true => Err(PoveryError::internal(LOST)),
            false => Ok(answer),
        }
    };
    let answer = caught(app, &underway.asked, "a layer", answer).await;
    // A handler that a layer has dropped has ended no transaction, or is cut off from its commit.
    let until = underway.bound.map(Bound::of_rollback);
    match underway.databases.abandon(until).await {
        Ok(()) => answer.unwrap_or_else(|answer| *answer),
        Err(error) => failed(app, &underway.asked, error),
    }
}

/// Through the layers of the application to all of it.
pub(super) async fn application<B: IncomingBody>(
    app: &Arc<Inner>,
    layers: &Next,
    request: Incoming<B>,
    underway: &Underway,
) -> Response {
    let (request, beside) = for_layers(request, underway);
    let (inner, under) = (Arc::clone(app), underway.clone());
    let onward = move |request: http::Request<Body>| async move {
        let answer = async {
            let (parts, body) = request.into_parts();
            let head = beside.head(parts)?;
            Ok(answered(&inner, Incoming { head, body }, &under).await)
        };
        let answer = caught(&inner, &under.asked, "the application", answer).await;
        answer.unwrap_or_else(|answer| *answer)
    };
    let end = underway.bound.map(Bound::of_layers);
    let mut response = through(app, layers, request, underway, end, onward).await;
    if let Some(request) = underway.take_unfinished() {
        app.around.run_after(&request, &mut response, end).await;
    }
    response
}
