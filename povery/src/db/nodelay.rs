//! Logins that do not wait for nothing.
//!
//! sqlx leaves Nagle's algorithm on: of two messages in a row the second one waits until the first is acknowledged, which
//! the server puts off for 40 ms where it has nothing else to say. A login over TLS has two such pairs, at the end of the
//! handshake and, where the server wants another curve than the first that is offered, in its middle.

use std::future::poll_fn;
use std::pin::pin;

/// Connects, with Nagle's algorithm off before anything is encrypted. Where the system does not let us, it is the
/// login that it was.
pub(super) async fn prompt<T>(port: u16, connecting: impl Future<Output = T>) -> T {
    let mut connecting = pin!(connecting);
    let mut done = false;
    poll_fn(|context| {
        let polled = connecting.as_mut().poll(context);
        // It is known by its peer, so not before it is connected; the first message is answered after that.
        if polled.is_pending() && !done {
            done = sockets::set(port).unwrap_or(true);
        }
        polled
    })
    .await
}

#[cfg(target_os = "linux")]
mod sockets {
    use std::fs;
    use std::io;
    use std::net::SocketAddr;

    use rustix::net::{getpeername, sockopt};
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};

    /// Sets it on the connections of this process to that port, and says whether there is one. sqlx does not let go
    /// of its socket: the kernel hands out another descriptor of it, without which a number is none of ours to use.
    ///
    /// # Errors
    ///
    /// The system does not have this (Linux before 5.6), or forbids it.
    pub(super) fn set(port: u16) -> io::Result<bool> {
        let process = pidfd_open(getpid(), PidfdFlags::empty())?;
        let mut found = false;
        for entry in fs::read_dir("/proc/self/fd")? {
            let entry = entry?;
            let is_socket = fs::read_link(entry.path())
                .is_ok_and(|target| target.to_string_lossy().starts_with("socket:"));
            let number = entry.file_name().to_string_lossy().parse();
            let (true, Ok(number)) = (is_socket, number) else {
                continue;
            };
            let socket = match pidfd_getfd(&process, number, PidfdGetfdFlags::empty()) {
                Ok(socket) => socket,
                // Closed meanwhile.
                Err(rustix::io::Errno::BADF) => continue,
                Err(error) => return Err(error.into()),
            };
            let peer = getpeername(&socket).ok().flatten();
            let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
            if peer.is_some_and(|peer| peer.port() == port) {
                sockopt::set_tcp_nodelay(&socket, true)?;
                found = true;
            }
        }
        Ok(found)
    }
}

#[cfg(not(target_os = "linux"))]
mod sockets {
    pub(super) fn set(_: u16) -> std::io::Result<bool> {
        Ok(true)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    #[tokio::test]
    async fn a_connection_is_prompt_from_its_first_wait_on() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, other) = (
            server.local_addr().unwrap().port(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let beside = TcpStream::connect(other.local_addr().unwrap())
            .await
            .unwrap();
        let connected = prompt(port, async {
            let client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tokio::task::yield_now().await;
            client
        });
        assert!(connected.await.nodelay().unwrap());
        assert!(!beside.nodelay().unwrap(), "nobody else's");
    }

    #[tokio::test]
    async fn what_does_not_connect_is_what_it_was() {
        let never = prompt(1, async { TcpStream::connect("127.0.0.1:1").await });
        assert!(never.await.is_err());
        assert_eq!(prompt(1, async { 5 }).await, 5);
    }
}
