//! An application whose answers are streams, for the tests of its hosts.

use std::convert::Infallible;
use std::env;
use std::io;

use futures_util::{Stream, StreamExt, stream};
use povery::cookie::Cookie;
use povery::prelude::*;
use povery::{Body, ByteStream, InvokeMode, SetCookie};

type Text = Result<&'static str, io::Error>;

/// That many lines.
#[povery::route(GET, "/lines/<count>")]
async fn lines(
    count: u32,
) -> (
    SetCookie,
    [(&'static str, &'static str); 2],
    ByteStream<impl Stream<Item = Result<String, Infallible>>>,
) {
    let lines = stream::iter(1..=count).map(|line| Ok(format!("line {line}\n")));
    let headers = [("content-type", "text/plain"), ("x-a", "1")];
    (SetCookie(Cookie::new("a", "1")), headers, ByteStream(lines))
}

/// Text without an end.
#[povery::route(GET, "/endless")]
async fn endless() -> ByteStream<impl Stream<Item = Text>> {
    const CHUNK: &str = match str::from_utf8(&[b'x'; 1024]) {
        Ok(chunk) => chunk,
        Err(_) => "x",
    };
    ByteStream(stream::repeat_with(|| Ok(CHUNK)))
}

/// A chunk, and then nothing for ever.
#[povery::route(GET, "/pending")]
async fn pending() -> ByteStream<impl Stream<Item = Text>> {
    ByteStream(stream::iter([Ok("one")]).chain(stream::pending()))
}

/// A chunk, and then an error.
#[povery::route(GET, "/fails")]
async fn fails() -> ByteStream<impl Stream<Item = Text>> {
    ByteStream(stream::iter([
        Ok("one"),
        Err(io::Error::other("s3cret: it broke")),
        Ok("two"),
    ]))
}

/// A chunk, and then a panic.
#[povery::route(GET, "/panics")]
async fn panics() -> ByteStream<impl Stream<Item = Text>> {
    let unlucky = stream::poll_fn(|_| panic!("s3cret: an unlucky chunk"));
    ByteStream(stream::iter([Ok("one")]).chain(unlucky))
}

/// What is no stream.
#[povery::route(GET, "/whole")]
async fn whole() -> Body {
    Body::from("whole")
}

fn main() -> povery::Exit {
    let mode = match env::var("INVOKE_MODE").as_deref() {
        Ok("BUFFERED") => InvokeMode::Buffered,
        _ => InvokeMode::ResponseStream,
    };
    App::new()
        .routes(povery::routes![
            lines, endless, pending, fails, panics, whole
        ])
        .invoke_mode(mode)
        .run()
}
