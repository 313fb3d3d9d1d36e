use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::relay::Relay;

/// A client behind a relay, and the server's end.
async fn connected() -> (Relay, TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let relay = Relay::start(listener.local_addr().unwrap()).await.unwrap();
    let client = TcpStream::connect(("127.0.0.1", relay.port()));
    let (client, server) = (client.await.unwrap(), listener.accept().await.unwrap().0);
    client.set_nodelay(true).unwrap();
    server.set_nodelay(true).unwrap();
    (relay, client, server)
}

async fn pass(from: &mut TcpStream, to: &mut TcpStream, text: &str) {
    from.write_all(text.as_bytes()).await.unwrap();
    let mut arrived = vec![0; text.len()];
    to.read_exact(&mut arrived).await.unwrap();
    assert_eq!(arrived, text.as_bytes());
}

#[tokio::test]
async fn a_question_and_its_answer_are_one_round_trip_in_however_many_pieces() {
    let (relay, mut client, mut server) = connected().await;
    assert_eq!(relay.round_trips(), 0);
    for round_trips in 1..=3 {
        pass(&mut client, &mut server, "one ").await;
        pass(&mut client, &mut server, "question").await;
        assert_eq!(relay.round_trips(), round_trips);
        pass(&mut server, &mut client, "an ").await;
        pass(&mut server, &mut client, "answer").await;
    }
    assert_eq!(relay.round_trips(), 3);
}

#[tokio::test]
async fn the_end_of_one_side_is_that_of_the_other() {
    let (_relay, client, mut server) = connected().await;
    drop(client);
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(5), server.read_to_end(&mut rest));
    assert_eq!(end.await.unwrap().unwrap(), 0);
}
