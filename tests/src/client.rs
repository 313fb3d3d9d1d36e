//! One HTTP/1.1 request on a connection of its own.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::home::Answer;

/// Sends one request and reads the whole answer.
///
/// # Errors
/// If the server cannot be reached, does not speak HTTP, or has not answered within `bound`.
pub async fn exchange(
    address: SocketAddr,
    method: Method,
    target: &str,
    headers: HeaderMap,
    body: Bytes,
    bound: Duration,
) -> io::Result<Answer> {
    let exchange = async {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let io = KeepReading(TokioIo::new(stream));
        let (mut sender, connection) = http1::handshake(io).await.map_err(io::Error::other)?;
        let driver = tokio::spawn(connection);
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().map_err(io::Error::other)?;
        *request.headers_mut() = headers;
        let host = HeaderValue::try_from(address.to_string()).map_err(io::Error::other)?;
        request.headers_mut().entry(HOST).or_insert(host);
        let (parts, body) = sender
            .send_request(request)
            .await
            .map_err(io::Error::other)?
            .into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        driver.abort();
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        })
    };
    tokio::time::timeout(bound, exchange)
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, format!("no answer in {bound:?}")))?
}

/// A stream that takes a failed write for a successful one: a server may refuse a large body,
/// answer, and close without reading the rest, and that answer is still there to be read.
struct KeepReading(TokioIo<TcpStream>);

impl Read for KeepReading {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl Write for KeepReading {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.0).poll_write(cx, bytes));
        Poll::Ready(Ok(written.unwrap_or(bytes.len())))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = ready!(Pin::new(&mut self.0).poll_flush(cx));
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = ready!(Pin::new(&mut self.0).poll_shutdown(cx));
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    #[tokio::test]
    async fn reads_an_answer_given_before_the_body_was_read() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut some = [0; 512];
            let _ = stream.read(&mut some).expect("the head");
            let answer =
                "HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno";
            stream.write_all(answer.as_bytes()).expect("answered");
            // Closed with most of the body unread: the client's next writes are reset.
        });
        let body = Bytes::from(vec![b'a'; 32 << 20]);
        let bound = Duration::from_secs(20);
        let answer = exchange(address, Method::POST, "/", HeaderMap::new(), body, bound).await;
        server.join().expect("the server ran");
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, &*answer.body), (413, &b"no"[..]));
    }

    #[tokio::test]
    async fn silence_is_an_error() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let bound = Duration::from_millis(50);
        let answer = exchange(
            address,
            Method::GET,
            "/",
            HeaderMap::new(),
            Bytes::new(),
            bound,
        )
        .await;
        assert_eq!(
            answer.map(|_| ()).map_err(|error| error.kind()),
            Err(io::ErrorKind::TimedOut)
        );
    }
}
