//! A way to a PostgreSQL server on which a test causes the faults of networks.

mod relay;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::wire::{error_response, ready_for_query};

/// How bytes pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// As they come.
    Open,
    /// Not at all, in both directions, and no end of a connection either; a new connection is accepted and
    /// never answered. What was sent meanwhile arrives when the way is open again.
    BlackHole,
    /// What the server says comes that many bytes a millisecond.
    Trickle(usize),
    /// What the server says ends after that many bytes, counted from now over all connections.
    Truncated(usize),
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// With FIN, as a server that closes.
    Finish,
    /// With RST, as a machine that knows nothing of the connection.
    Reset,
}

/// What is lost when a transaction commits; the connection is reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtCommit {
    /// The server commits, and the client never hears of it.
    LoseAnswer,
    /// The server never hears of it.
    LoseRequest,
}

/// What a statement is answered in place of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    bytes: Vec<u8>,
    /// How the connection goes on: `None` keeps it.
    then: Option<Cut>,
}

impl Reply {
    /// An error with that SQLSTATE, after which the connection goes on.
    #[must_use]
    pub fn error(sqlstate: &str) -> Self {
        let bytes = [error_response("ERROR", sqlstate), ready_for_query()].concat();
        Self { bytes, then: None }
    }

    /// An error with that SQLSTATE, after which the server closes the connection.
    #[must_use]
    pub fn fatal(sqlstate: &str) -> Self {
        Self::bytes(error_response("FATAL", sqlstate))
    }

    /// Those bytes, whatever they are; then the server closes the connection.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            bytes: bytes.into(),
            then: Some(Cut::Finish),
        }
    }
}

/// A proxy on a free port of 127.0.0.1. Bytes pass opaquely, so TLS does too; only what is not encrypted can
/// be [scripted](Self::script). It ends when dropped.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Held until a change is done: for a moment the port is neither served nor free.
    listening: tokio::sync::Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    way: watch::Sender<Way>,
    /// The cuts so far and the last one's kind; each ends the connections that are there.
    cut: watch::Sender<Option<Cut>>,
    at_commit: Mutex<Option<AtCommit>>,
    script: Mutex<Vec<(String, Reply)>>,
    left: AtomicUsize,
    accepted: AtomicUsize,
}

impl FaultProxy {
    /// Starts a proxy to that server.
    ///
    /// # Panics
    /// If no port can be had.
    pub async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("127.0.0.1 has a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            server,
            way: watch::Sender::new(Way::Open),
            cut: watch::Sender::new(None),
            at_commit: Mutex::default(),
            script: Mutex::default(),
            left: AtomicUsize::new(0),
            accepted: AtomicUsize::new(0),
        });
        let listening = tokio::spawn(serve(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            listening: tokio::sync::Mutex::new(Some(listening)),
        }
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were accepted so far.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// Sets how bytes pass from now on.
    pub fn set(&self, way: Way) {
        if let Way::Truncated(left) = way {
            self.shared.left.store(left, Ordering::SeqCst);
        }
        self.shared.way.send_replace(way);
    }

    /// Ends all connections that are there; new ones are accepted.
    pub fn cut(&self, cut: Cut) {
        self.shared.cut.send_replace(Some(cut));
    }

    /// Loses a part of the next commit.
    pub fn at_commit(&self, what: AtCommit) {
        *lock(&self.shared.at_commit) = Some(what);
    }

    /// Answers the next statement that contains `marker` in place of the server, which does not hear of it.
    /// Given several times, the replies are used one after the other.
    pub fn script(&self, marker: &str, reply: Reply) {
        lock(&self.shared.script).push((marker.to_owned(), reply));
    }

    /// Whether everything that was scripted has happened.
    #[must_use]
    pub fn is_played(&self) -> bool {
        lock(&self.shared.script).is_empty() && lock(&self.shared.at_commit).is_none()
    }

    /// Forgets what was scripted and has not happened.
    pub fn forget(&self) {
        lock(&self.shared.script).clear();
        *lock(&self.shared.at_commit) = None;
    }

    /// Refuses new connections and resets those that are there, as a machine without a server.
    pub async fn refuse(&self) {
        let mut served = self.listening.lock().await;
        if let Some(listening) = served.take() {
            self.cut(Cut::Reset);
            // The resets are sent by the connections' own tasks.
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            listening.abort();
            let _ = listening.await;
        }
    }

    /// Accepts connections again after [`refuse`](Self::refuse).
    ///
    /// # Panics
    /// If something else has taken the port.
    pub async fn accept(&self) {
        let mut served = self.listening.lock().await;
        if served.is_none() {
            let listener = TcpListener::bind(self.address).await;
            let listener = listener.unwrap_or_else(|error| panic!("{}: {error}", self.address));
            let listening = tokio::spawn(serve(listener, Arc::clone(&self.shared)));
            *served = Some(listening);
        }
    }

    /// Opens the way again, whatever has closed it, and forgets what was scripted.
    pub async fn heal(&self) {
        self.forget();
        self.set(Way::Open);
        self.accept().await;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        if let Some(listening) = self.listening.get_mut().take() {
            listening.abort();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Accepts connections; they end with this task.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        shared.accepted.fetch_add(1, Ordering::SeqCst);
        // Subscribed here, so that no cut is missed between this connection and its task.
        let cut = shared.cut.subscribe();
        connections.spawn(relay::run(Arc::clone(&shared), client, cut));
    }
}

/// A port of 127.0.0.1 whose queue of connections is full and stays so: what asks for one more is not answered,
/// as if its SYN was dropped on the way.
#[derive(Debug)]
pub struct FullBacklog {
    address: SocketAddr,
    _listener: TcpListener,
    _queued: Vec<tokio::net::TcpStream>,
}

impl FullBacklog {
    /// Fills one.
    ///
    /// # Panics
    /// If no port can be had, or the queue never fills.
    pub async fn start() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
            .expect("127.0.0.1 has a free port");
        let listener = socket.listen(0).expect("a bound socket listens");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let mut queued = Vec::new();
        let patience = std::time::Duration::from_millis(300);
        while let Ok(connected) =
            tokio::time::timeout(patience, tokio::net::TcpStream::connect(address)).await
        {
            queued.push(connected.expect("the queue takes it or says nothing"));
            assert!(queued.len() < 100, "the queue never fills");
        }
        Self {
            address,
            _listener: listener,
            _queued: queued,
        }
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

#[cfg(test)]
mod tests;
