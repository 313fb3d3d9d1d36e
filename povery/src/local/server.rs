//! HTTP/1.1 on this machine, feeding the same service as Lambda does.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tower::ServiceExt;

use super::banner;
use crate::app::{App, SHUTDOWN};
use crate::error::{BoxError, PoveryError, wire};
use crate::observation::Observation;
use crate::request::{ClientAddr, RequestId};
use crate::response::{Body, Response};
use crate::signal::Stop;

/// How long requests that are under way may take once the server is told to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// How long a body may take to arrive.
const BODY: Duration = Duration::from_secs(60);

/// The largest body that is read: what API Gateway takes. The application's own limit is applied by it.
const GATEWAY_LIMIT: usize = 10 * 1024 * 1024;

/// Serves until Ctrl-C or SIGTERM, then lets requests under way end.
pub(super) async fn serve(app: App, address: SocketAddr) -> Result<(), BoxError> {
    // The port first: it fails at once, a database takes a moment.
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| cannot_listen(address, &error))?;
    let address = listener.local_addr()?;
    let mut stop = Stop::listen()?;

    #[cfg(feature = "postgres")]
    let (app, database) = tokio::select! {
        started = super::database::attach(app.clone()) => started?,
        () = stop.next() => {
            app.shut_down((Instant::now() + SHUTDOWN).into()).await;
            return Ok(());
        }
    };
    #[cfg(feature = "postgres")]
    let place = database.place();
    #[cfg(not(feature = "postgres"))]
    let place: Option<String> = None;
    super::print(&banner::banner(&app, address, place.as_deref()));

    let connections = GracefulShutdown::new();
    loop {
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: others must end before one can begin.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            () = stop.next() => break,
        };
        let app = app.clone();
        // A socket of both families says an IPv4 address as an IPv6 one.
        let peer = peer.ip().to_canonical();
        let service = service_fn(move |request| answer(app.clone(), peer, request));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(stream), service);
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }

    drop(listener);
    tracing::info!("stopping: requests under way are answered first; again ends at once");
    tokio::select! {
        () = connections.shutdown() => {}
        () = stop.next() => tracing::warn!("requests under way are given up"),
        () = tokio::time::sleep(DRAIN) => {
            tracing::warn!("requests were still under way after {} s", DRAIN.as_secs());
        }
    }
    app.shut_down((Instant::now() + SHUTDOWN).into()).await;
    #[cfg(feature = "postgres")]
    database.stop().await;
    Ok(())
}

/// One request, logged in one line. The body is read whole first, as a gateway does.
async fn answer(
    app: App,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response, Infallible> {
    let start = Instant::now();
    let id = RequestId::random();
    let (mut parts, body) = request.into_parts();
    let observation = Arc::new(Observation::new(id.clone(), None));
    let masked = app.inner.router.without_secrets(parts.uri.path());
    observation.asks(&parts.method, &parts.uri, masked);
    let method = parts.method.clone();
    parts.extensions.insert(id.clone());
    parts.extensions.insert(Arc::clone(&observation));
    parts.extensions.insert(ClientAddr(peer));
    let response = match whole(body).await {
        Ok(body) => {
            let Ok(response) = app
                .oneshot(Request::from_parts(parts, Full::new(body)))
                .await;
            response
        }
        Err(error) => {
            let format = app.inner.error_format;
            let mut response = wire::response(&error, format, id.as_str()).map(Body::from);
            // The rest of the body stays unread.
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
            response
        }
    };
    let (status, took) = (
        response.status().as_u16(),
        start.elapsed().as_secs_f64() * 1e3,
    );
    let path = observation.path().unwrap_or_default();
    tracing::info!(
        request_id = id.as_str(),
        "{method} {path} {status} {took:.1} ms"
    );
    Ok(response)
}

async fn whole(body: Incoming) -> Result<Bytes, PoveryError> {
    let too_large = || {
        let text = "The body is larger than a gateway takes";
        PoveryError::new(StatusCode::PAYLOAD_TOO_LARGE, text)
    };
    if body.size_hint().lower() > GATEWAY_LIMIT as u64 {
        return Err(too_large());
    }
    match timeout(BODY, Limited::new(body, GATEWAY_LIMIT).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(PoveryError::bad_request("The body could not be read")),
        Err(_) => Err(PoveryError::new(
            StatusCode::REQUEST_TIMEOUT,
            "The body did not arrive in time",
        )),
    }
}

fn cannot_listen(address: SocketAddr, error: &io::Error) -> String {
    let port = address.port();
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} on {} is taken by another program: end it, or choose another port with `--port {}` (or PORT); `--port 0` takes a free one",
            address.ip(),
            port.checked_add(1).unwrap_or(3000),
        ),
        _ => format!("cannot listen on {address}: {error}"),
    }
}

#[cfg(test)]
mod tests;
