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
