//! A way to the server that breaks where it is told to.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use povery::Credentials;
use povery_tests::database::users_database;
use secrecy::ExposeSecret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Breaks a connection once a client has said a word, so that the answer is lost.
pub(crate) struct Breaking {
    /// How many connections are yet to break.
    pub(crate) times: Arc<AtomicUsize>,
    /// How often the word was passed on.
    pub(crate) said: Arc<AtomicUsize>,
    pub(crate) credentials: Credentials,
    pub(crate) direct: Credentials,
}

/// A way to a database of its own, which breaks after `word`. The server has it by then.
pub(crate) async fn breaking(word: &'static [u8]) -> Breaking {
    let database = users_database().await;
    let server = SocketAddr::new(database.host, database.port);
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let times = Arc::new(AtomicUsize::new(0));
    let said = Arc::new(AtomicUsize::new(0));
    let credentials = Credentials::new(
        "127.0.0.1",
        &*database.user,
        database.password.expose_secret().to_owned(),
        &*database.database,
    )
    .with_port(port);
    let (left, heard) = (Arc::clone(&times), Arc::clone(&said));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (left, heard) = (Arc::clone(&left), Arc::clone(&heard));
            tokio::spawn(pass(client, server, word, left, heard));
        }
    });
    Breaking {
        times,
        said,
        credentials,
        direct: database.into(),
    }
}

async fn pass(
    client: TcpStream,
    server: SocketAddr,
    word: &[u8],
    left: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let (mut client_reads, mut client_writes) = client.into_split();
    let (mut server_reads, mut server_writes) = TcpStream::connect(server).await?.into_split();
    let back =
        tokio::spawn(async move { tokio::io::copy(&mut server_reads, &mut client_writes).await });
    let mut buffer = [0; 4096];
    while let read @ 1.. = client_reads.read(&mut buffer).await? {
        let bytes = &buffer[..read];
        if bytes.windows(word.len()).any(|part| part == word) {
            heard.fetch_add(1, Ordering::SeqCst);
            let breaks = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
            if breaks.is_ok() {
                back.abort();
                // Nothing of the answer has a way back.
                let _ = back.await;
                server_writes.write_all(bytes).await?;
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                return Ok(());
            }
        }
        server_writes.write_all(bytes).await?;
    }
    Ok(())
}
