//! A server that speaks PostgreSQL's protocol up to the point where it fails.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::wire::{Frontend, error_response, message};

/// What a client is told after its startup packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Greeting {
    /// A fatal error with that SQLSTATE, such as 57P03 while the server starts.
    Error(&'static str),
    /// It may log in without a password, and its first statement is answered an error with that SQLSTATE.
    Accepted(&'static str),
    /// Those bytes, and the end.
    Bytes(Vec<u8>),
    /// Nothing, ever.
    Silence,
    /// A real server takes over.
    Forward(SocketAddr),
}

impl Greeting {
    /// Bytes that are no message.
    #[must_use]
    pub fn garbage() -> Self {
        Self::Bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec())
    }

    /// A message that says it is 2 GiB long.
    #[must_use]
    pub fn huge() -> Self {
        Self::Bytes(vec![b'E', 0x7f, 0xff, 0xff, 0xff, b'S'])
    }

    /// A message that says it is shorter than its own length.
    #[must_use]
    pub fn negative() -> Self {
        Self::Bytes(vec![b'R', 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])
    }

    /// An error that ends in its middle.
    #[must_use]
    pub fn truncated() -> Self {
        let mut bytes = error_response("FATAL", "57P03");
        bytes.truncate(bytes.len() / 2);
        Self::Bytes(bytes)
    }
}

/// A scripted server on a free port of 127.0.0.1. It ends when dropped.
#[derive(Debug)]
pub struct ScriptedPostgres {
    address: SocketAddr,
    greeted: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl ScriptedPostgres {
    /// A server that greets its first clients with `first`, one each, and the others with `then`.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start(first: impl IntoIterator<Item = Greeting>, then: Greeting) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("127.0.0.1 has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let first = Mutex::new(first.into_iter().collect::<VecDeque<_>>());
        let greeted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&greeted);
        let server = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                while connections.try_join_next().is_some() {}
                count.fetch_add(1, Ordering::SeqCst);
                let next = first
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .pop_front();
                let greeting = next.unwrap_or_else(|| then.clone());
                // A client that leaves is no failure of this server's.
                connections.spawn(async move { greet(client, greeting).await.unwrap_or_default() });
            }
        });
        Self {
            address,
            greeted,
            server,
        }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many clients have come.
    #[must_use]
    pub fn greeted(&self) -> usize {
        self.greeted.load(Ordering::SeqCst)
    }
}

impl Drop for ScriptedPostgres {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn greet(mut client: TcpStream, greeting: Greeting) -> std::io::Result<()> {
    let mut frontend = Frontend::default();
    let startup = next(&mut client, &mut frontend).await?;
    match greeting {
        Greeting::Error(sqlstate) => client.write_all(&error_response("FATAL", sqlstate)).await?,
        Greeting::Bytes(bytes) => client.write_all(&bytes).await?,
        Greeting::Silence => std::future::pending().await,
        Greeting::Accepted(sqlstate) => {
            let accepted = [
                message(b'R', &[0; 4]),
                message(b'K', &[0; 8]),
                message(b'Z', b"I"),
            ];
            client.write_all(&accepted.concat()).await?;
            next(&mut client, &mut frontend).await?;
            client.write_all(&error_response("FATAL", sqlstate)).await?;
        }
        Greeting::Forward(address) => {
            let mut server = TcpStream::connect(address).await?;
            server.write_all(&startup).await?;
            copy_bidirectional(&mut client, &mut server).await?;
        }
    }
    client.shutdown().await?;
    // What the client has sent is read to the end, so that it is not reset before it reads.
    while let Ok(1..) = client.read(&mut [0; 1024]).await {}
    Ok(())
}

/// The client's next messages; TLS is refused when it is asked for.
async fn next(client: &mut TcpStream, frontend: &mut Frontend) -> std::io::Result<Vec<u8>> {
    let mut buffer = vec![0; 4096];
    loop {
        let read = client.read(&mut buffer).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let messages = frontend.feed(&buffer[..read]);
        if messages.iter().any(crate::wire::Message::asks_for_tls) {
            client.write_all(b"N").await?;
        } else if !messages.is_empty() {
            return Ok(messages
                .into_iter()
                .flat_map(|message| message.bytes)
                .collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::{PgConnectOptions, PgSslMode};
    use sqlx::{Connection, PgConnection};

    use super::*;

    async fn connect(server: &ScriptedPostgres) -> Result<PgConnection, sqlx::Error> {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(server.port())
            .username("app")
            .database("app")
            .ssl_mode(PgSslMode::Prefer);
        PgConnection::connect_with(&options).await
    }

    fn code(error: &sqlx::Error) -> Option<String> {
        Some(error.as_database_error()?.code()?.into_owned())
    }

    #[tokio::test]
    async fn clients_are_greeted_one_after_the_other() {
        let first = [
            Greeting::Error("57P03"),
            Greeting::garbage(),
            Greeting::truncated(),
        ];
        let server = ScriptedPostgres::start(first, Greeting::Accepted("53200")).await;
        assert_eq!(
            code(&connect(&server).await.unwrap_err()).as_deref(),
            Some("57P03")
        );
        for _ in 0..2 {
            assert_eq!(code(&connect(&server).await.unwrap_err()), None);
        }
        for _ in 0..2 {
            let failed = match connect(&server).await {
                Ok(mut client) => sqlx::query("SELECT 1")
                    .execute(&mut client)
                    .await
                    .unwrap_err(),
                Err(error) => error,
            };
            assert_eq!(code(&failed).as_deref(), Some("53200"));
        }
        assert_eq!(server.greeted(), 5);
    }

    #[tokio::test]
    async fn a_real_server_takes_over() {
        let database = crate::database::users_database().await;
        let address = SocketAddr::new(database.host, database.port);
        let server = ScriptedPostgres::start([], Greeting::Forward(address)).await;
        let options = database.options().port(server.port());
        let mut client = PgConnection::connect_with(&options).await.unwrap();
        sqlx::query("SELECT 1").execute(&mut client).await.unwrap();
    }
}
