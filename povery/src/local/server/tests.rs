use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;

#[povery_macros::route(GET, "/address", crate = crate)]
async fn address(ClientAddr(address): ClientAddr) -> String {
    address.to_string()
}

/// What is answered to this text on a connection from 192.0.2.1.
async fn answered(request: &str) -> String {
    let app = App::new().routes(crate::routes![address]);
    let peer = IpAddr::from([192, 0, 2, 1]);
    let (mut client, server) = tokio::io::duplex(4096);
    let service = service_fn(move |request| answer(app.clone(), peer, request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(server), service);
    let mut text = String::new();
    let talk = async {
        client.write_all(request.as_bytes()).await.unwrap();
        client.read_to_string(&mut text).await.unwrap();
    };
    let (served, ()) = tokio::join!(connection, talk);
    served.unwrap();
    text
}

#[tokio::test]
async fn the_client_is_the_peer_whatever_it_says_of_itself() {
    let request =
        "GET /address HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\nConnection: close\r\n\r\n";
    let answer = answered(request).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n192.0.2.1"), "{answer}");
}

/// A stream that a test feeds.
type Fed = std::sync::Mutex<Option<tokio::sync::mpsc::UnboundedReceiver<Result<String, BoxError>>>>;

#[povery_macros::route(GET, "/fed", crate = crate)]
async fn fed(chunks: crate::State<Fed>) -> Body {
    let mut chunks = chunks.lock().unwrap().take().unwrap();
    Body::from_stream(futures_util::stream::poll_fn(move |cx| {
        chunks.poll_recv(cx)
    }))
}

/// Reads until the text ends so.
async fn read_to(client: &mut tokio::io::DuplexStream, end: &str) -> String {
    let mut text = String::new();
    while !text.ends_with(end) {
        let mut buffer = [0; 1024];
        let read = client.read(&mut buffer).await.unwrap();
        assert_ne!(read, 0, "it ended with {text:?}");
        text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
    }
    text
}

#[tokio::test]
async fn a_stream_is_sent_as_it_is_made_and_one_that_breaks_looks_broken() {
    for is_broken in [false, true] {
        let (feed, chunks) = tokio::sync::mpsc::unbounded_channel();
        let app = App::new()
            .routes(crate::routes![fed])
            .state::<Fed>(Some(chunks).into());
        let (mut client, server) = tokio::io::duplex(4096);
        let service =
            service_fn(move |request| answer(app.clone(), IpAddr::from([192, 0, 2, 1]), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        let talk = async {
            let request = "GET /fed HTTP/1.1\r\nHost: a\r\n\r\n";
            client.write_all(request.as_bytes()).await.unwrap();
            let head = read_to(&mut client, "\r\n\r\n").await;
            assert!(
                head.contains("\r\ntransfer-encoding: chunked\r\n"),
                "{head}"
            );
            for number in ["one", "two"] {
                feed.send(Ok(number.to_owned())).unwrap();
                let chunk = read_to(&mut client, &format!("{number}\r\n")).await;
                assert_eq!(chunk, format!("3\r\n{number}\r\n"));
            }
            if is_broken {
                feed.send(Err("broken".into())).unwrap();
                let mut rest = String::new();
                client.read_to_string(&mut rest).await.unwrap();
                assert_eq!(rest, "", "no last chunk of length 0");
            } else {
                drop(feed);
                assert_eq!(read_to(&mut client, "\r\n\r\n").await, "0\r\n\r\n");
            }
            drop(client);
        };
        let (served, ()) = tokio::join!(connection, talk);
        assert_eq!(served.is_err(), is_broken, "{served:?}");
    }
}
