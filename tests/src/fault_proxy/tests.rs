//! A server that repeats what it hears stands for PostgreSQL.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::wire::message;

const BOUND: Duration = Duration::from_secs(10);
const MOMENT: Duration = Duration::from_millis(100);

async fn proxy() -> FaultProxy {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reads, mut writes) = stream.split();
                let _ = tokio::io::copy(&mut reads, &mut writes).await;
            });
        }
    });
    FaultProxy::start(address).await
}

/// A client whose startup packet has come back.
async fn client(proxy: &FaultProxy) -> TcpStream {
    let mut client = TcpStream::connect(proxy.address).await.unwrap();
    let startup = [0, 0, 0, 9, 0, 3, 0, 0, 0];
    client.write_all(&startup).await.unwrap();
    assert_eq!(heard(&mut client, startup.len()).await, startup);
    client
}

async fn heard(client: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    let read = timeout(BOUND, client.read_exact(&mut bytes)).await;
    read.expect("in time").expect("as many");
    bytes
}

/// How the connection ends: 0 bytes, or an error.
async fn end(client: &mut TcpStream) -> Result<usize, ErrorKind> {
    let read = timeout(BOUND, client.read(&mut [0; 64])).await;
    read.expect("in time").map_err(|error| error.kind())
}

#[tokio::test]
async fn a_cut_ends_what_is_there_and_nothing_else() {
    let proxy = proxy().await;
    for (cut, seen) in [
        (Cut::Finish, Ok(0)),
        (Cut::Reset, Err(ErrorKind::ConnectionReset)),
    ] {
        let (mut one, mut two) = (client(&proxy).await, client(&proxy).await);
        proxy.cut(cut);
        assert_eq!(end(&mut one).await, seen);
        assert_eq!(end(&mut two).await, seen);
        client(&proxy).await;
    }
    assert_eq!(proxy.accepted(), 6);
}

#[tokio::test]
async fn a_black_hole_keeps_bytes_and_ends_until_it_is_open_again() {
    let proxy = proxy().await;
    let mut kept = client(&proxy).await;
    proxy.set(Way::BlackHole);
    let query = message(b'Q', b"one\0");
    kept.write_all(&query).await.unwrap();
    let mut new = TcpStream::connect(proxy.address).await.unwrap();
    let nothing = timeout(MOMENT, kept.read(&mut [0])).await;
    assert!(nothing.is_err(), "{nothing:?}");
    let nothing = timeout(MOMENT, new.read(&mut [0])).await;
    assert!(nothing.is_err(), "{nothing:?}");
    proxy.heal().await;
    assert_eq!(heard(&mut kept, query.len()).await, query);
}

#[tokio::test]
async fn bytes_trickle_and_end_early() {
    let proxy = proxy().await;
    let mut client = client(&proxy).await;
    let query = message(b'Q', &[b'x'; 95]);
    proxy.set(Way::Trickle(1));
    let since = Instant::now();
    client.write_all(&query).await.unwrap();
    assert_eq!(heard(&mut client, 100).await, query);
    assert!(since.elapsed() >= MOMENT, "{:?}", since.elapsed());
    proxy.set(Way::Truncated(7));
    client.write_all(&query).await.unwrap();
    assert_eq!(heard(&mut client, 7).await, query[..7]);
    assert_eq!(end(&mut client).await, Ok(0));
}

#[tokio::test]
async fn a_commit_is_heard_or_not_and_never_answered() {
    let proxy = proxy().await;
    for what in [AtCommit::LoseAnswer, AtCommit::LoseRequest] {
        let mut client = client(&proxy).await;
        proxy.at_commit(what);
        let begin = message(b'Q', b"BEGIN\0");
        client.write_all(&begin).await.unwrap();
        assert_eq!(heard(&mut client, begin.len()).await, begin);
        assert!(!proxy.is_played());
        client.write_all(&message(b'Q', b"COMMIT\0")).await.unwrap();
        assert_eq!(end(&mut client).await, Err(ErrorKind::ConnectionReset));
        assert!(proxy.is_played());
    }
}

#[tokio::test]
async fn a_scripted_statement_is_answered_once_the_client_waits() {
    let proxy = proxy().await;
    let mut client = client(&proxy).await;
    proxy.script("two", Reply::error("53100"));
    let one = message(b'Q', b"SELECT one\0");
    client.write_all(&one).await.unwrap();
    assert_eq!(heard(&mut client, one.len()).await, one);
    client
        .write_all(&message(b'P', b"\0SELECT two\0\0\0"))
        .await
        .unwrap();
    let nothing = timeout(MOMENT, client.read(&mut [0])).await;
    assert!(nothing.is_err(), "{nothing:?}");
    client.write_all(&message(b'S', b"")).await.unwrap();
    let reply = Reply::error("53100").bytes;
    assert_eq!(heard(&mut client, reply.len()).await, reply);
    client.write_all(&one).await.unwrap();
    assert_eq!(heard(&mut client, one.len()).await, one);
    proxy.script("one", Reply::fatal("57P01"));
    client.write_all(&one).await.unwrap();
    heard(&mut client, Reply::fatal("57P01").bytes.len()).await;
    assert_eq!(end(&mut client).await, Ok(0));
}

#[tokio::test]
async fn connections_are_refused_until_they_are_accepted_again() {
    let proxy = proxy().await;
    let mut there = client(&proxy).await;
    proxy.refuse().await;
    assert_eq!(end(&mut there).await, Err(ErrorKind::ConnectionReset));
    let refused = TcpStream::connect(proxy.address).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    proxy.accept().await;
    client(&proxy).await;
}

#[tokio::test]
async fn a_full_queue_answers_nobody() {
    let full = FullBacklog::start().await;
    let asking = TcpStream::connect((Ipv4Addr::LOCALHOST, full.port()));
    assert!(timeout(MOMENT * 5, asking).await.is_err());
}
