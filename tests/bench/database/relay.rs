//! A way to a server on which round trips are counted.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A relay on a free port of 127.0.0.1, which ends when dropped.
///
/// A round trip is what a client says until it is answered, in however many pieces it comes: who waits for an answer
/// says nothing meanwhile, so that every change of the direction to the server is one.
#[derive(Debug)]
pub(crate) struct Relay {
    port: u16,
    round_trips: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl Relay {
    pub(crate) async fn start(server: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let round_trips = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&round_trips);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let counted = Arc::clone(&counted);
                // A connection that breaks ends for both sides; the client says so.
                tokio::spawn(async move { relay(client, server, &counted).await.ok() });
            }
        });
        Ok(Self {
            port,
            round_trips,
            listening,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Those of all connections so far.
    pub(crate) fn round_trips(&self) -> usize {
        self.round_trips.load(Ordering::Relaxed)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn relay(
    mut client: TcpStream,
    server: SocketAddr,
    counted: &AtomicUsize,
) -> std::io::Result<()> {
    let mut server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (mut asked, mut said) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
    let mut answered = true;
    loop {
        tokio::select! {
            count = client.read(&mut asked) => {
                let count = count?;
                if count == 0 {
                    return server.shutdown().await;
                }
                if std::mem::take(&mut answered) {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
                server.write_all(asked.get(..count).unwrap_or_default()).await?;
            }
            count = server.read(&mut said) => {
                let count = count?;
                if count == 0 {
                    return client.shutdown().await;
                }
                answered = true;
                client.write_all(said.get(..count).unwrap_or_default()).await?;
            }
        }
    }
}
