//! One connection through the proxy.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::sync::{Mutex, watch};
use tokio::time::{sleep, timeout};

use super::{AtCommit, Cut, Reply, Shared, Way, lock};
use crate::wire::{Frontend, Message};

/// How long an end is waited for that the client may not notice.
const DRAIN: Duration = Duration::from_secs(2);

/// Carries bytes until one side ends, or the connection is cut.
pub(super) async fn run(
    shared: Arc<Shared>,
    mut client: TcpStream,
    mut cut: watch::Receiver<Option<Cut>>,
) {
    let end = tokio::select! {
        end = carry(&shared, &mut client) => end,
        _ = cut.changed() => cut.borrow().unwrap_or(Cut::Finish),
    };
    match end {
        // Closing with bytes unread would be a reset; with this it is one always.
        Cut::Reset => {
            let _ = client.set_zero_linger();
        }
        Cut::Finish => {
            let _ = client.shutdown().await;
            let mut rest = [0; 1024];
            let drained = async { while let Ok(1..) = client.read(&mut rest).await {} };
            let _ = timeout(DRAIN, drained).await;
        }
    }
}

async fn carry(shared: &Shared, client: &mut TcpStream) -> Cut {
    passable(shared).await;
    let Ok(mut server) = TcpStream::connect(shared.server).await else {
        return Cut::Reset;
    };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (client_reads, client_writes) = client.split();
    let (server_reads, server_writes) = server.split();
    let client_writes = Mutex::new(client_writes);
    let loses_answer = AtomicBool::new(false);
    let requests = Requests {
        shared,
        loses_answer: &loses_answer,
        client: &client_writes,
    };
    tokio::select! {
        end = requests.carry(client_reads, server_writes) => end,
        end = answers(shared, &loses_answer, server_reads, &client_writes) => end,
    }
}

/// Waits until bytes pass.
async fn passable(shared: &Shared) {
    let mut way = shared.way.subscribe();
    // The sender lives as long as the proxy does.
    let _ = way.wait_for(|way| *way != Way::BlackHole).await;
}

/// From the client to the server.
struct Requests<'a> {
    shared: &'a Shared,
    loses_answer: &'a AtomicBool,
    client: &'a Mutex<WriteHalf<'a>>,
}

impl Requests<'_> {
    async fn carry(&self, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>) -> Cut {
        let mut frontend = Frontend::default();
        let mut buffer = vec![0; 16 * 1024];
        // What the statement under way is answered, once the client waits for that.
        let mut scripted = None;
        loop {
            let read = from.read(&mut buffer).await;
            passable(self.shared).await;
            let Ok(read @ 1..) = read else {
                return Cut::Finish;
            };
            for message in frontend.feed(&buffer[..read]) {
                if scripted.is_none() {
                    scripted = self.scripted(&message);
                }
                if scripted.is_some() {
                    if message.awaits_answer()
                        && let Some(reply) = scripted.take()
                        && let Some(cut) = self.reply(reply).await
                    {
                        return cut;
                    }
                    continue;
                }
                if message.commits() {
                    match lock(&self.shared.at_commit).take() {
                        Some(AtCommit::LoseRequest) => return Cut::Reset,
                        Some(AtCommit::LoseAnswer) => {
                            self.loses_answer.store(true, Ordering::SeqCst)
                        }
                        None => {}
                    }
                }
                if to.write_all(&message.bytes).await.is_err() {
                    return Cut::Finish;
                }
            }
        }
    }

    fn scripted(&self, message: &Message) -> Option<Reply> {
        let statement = message.statement()?;
        let mut script = lock(&self.shared.script);
        let found = script
            .iter()
            .position(|(marker, _)| statement.contains(marker))?;
        Some(script.remove(found).1)
    }

    async fn reply(&self, reply: Reply) -> Option<Cut> {
        let mut client = self.client.lock().await;
        match client.write_all(&reply.bytes).await {
            Ok(()) => reply.then,
            Err(_) => Some(Cut::Finish),
        }
    }
}

/// From the server to the client.
async fn answers(
    shared: &Shared,
    loses_answer: &AtomicBool,
    mut from: ReadHalf<'_>,
    to: &Mutex<WriteHalf<'_>>,
) -> Cut {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await;
        passable(shared).await;
        let Ok(read @ 1..) = read else {
            return Cut::Finish;
        };
        if loses_answer.load(Ordering::SeqCst) {
            return Cut::Reset;
        }
        let mut rest = &buffer[..read];
        let mut to = to.lock().await;
        while !rest.is_empty() {
            let way = *shared.way.borrow();
            let size = match way {
                Way::Open => rest.len(),
                Way::Trickle(size) => {
                    sleep(Duration::from_millis(1)).await;
                    size.clamp(1, rest.len())
                }
                Way::Truncated(_) => {
                    let left = &shared.left;
                    let before = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                        Some(left.saturating_sub(rest.len()))
                    });
                    before.unwrap_or(0).min(rest.len())
                }
                Way::BlackHole => {
                    passable(shared).await;
                    continue;
                }
            };
            let (now, later) = rest.split_at(size);
            if to.write_all(now).await.is_err() || (size == 0 && way != Way::Open) {
                return Cut::Finish;
            }
            rest = later;
        }
    }
}
