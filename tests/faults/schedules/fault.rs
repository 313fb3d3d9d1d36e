//! What happens in a schedule, when, and for how long.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fastrand::Rng;
use povery_tests::fake_secrets::Manner;
use povery_tests::fault_proxy::{AtCommit, Cut, Way};
use tokio::time::sleep;

use crate::bench::Bench;
use crate::canary::PASSWORD;
use crate::frozen::Meanwhile;
use crate::stopped::Stopped;

/// One fault.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    Cut(Cut),
    Way(Way),
    Refused,
    Commit(AtCommit),
    Terminated,
    BackendsStopped,
    Frozen(Meanwhile),
    Secrets(Manner),
    /// The password changes, and its secret at the end of the fault; it is pending meanwhile, or not.
    Rotated {
        pending: bool,
    },
    /// The next transactions and writes are of a server that only reads.
    ReadOnly,
}

impl Fault {
    pub(super) fn random(random: &mut Rng) -> Self {
        match random.u8(0..26) {
            0..3 => Self::Cut(Cut::Reset),
            3..5 => Self::Cut(Cut::Finish),
            5..8 => Self::Way(Way::BlackHole),
            8 => Self::Way(Way::Trickle(random.usize(1..200))),
            9..11 => Self::Way(Way::Truncated(random.usize(0..300))),
            11..13 => Self::Refused,
            13..15 => Self::Commit(AtCommit::LoseAnswer),
            15 => Self::Commit(AtCommit::LoseRequest),
            16..18 => Self::Terminated,
            18 => Self::BackendsStopped,
            19 => Self::Frozen(Meanwhile::Reset),
            20 => Self::Frozen(Meanwhile::Stopped),
            21 => Self::Frozen(Meanwhile::Terminated),
            22 => Self::Secrets(
                [Manner::Failing, Manner::Hanging, Manner::Throttling][random.usize(0..3)],
            ),
            23 => Self::Rotated { pending: false },
            24 => Self::Rotated { pending: true },
            _ => Self::ReadOnly,
        }
    }

    /// Causes the fault, and ends it after that time.
    pub(super) async fn happen(self, bench: &Bench, lasting: Duration, number: u64) {
        let (proxy, database) = (&bench.proxy, &bench.database);
        match self {
            Self::Cut(cut) => proxy.cut(cut),
            Self::Way(way) => {
                proxy.set(way);
                sleep(lasting).await;
                proxy.set(Way::Open);
            }
            Self::Refused => {
                proxy.refuse().await;
                sleep(lasting).await;
                proxy.accept().await;
            }
            Self::Commit(what) => proxy.at_commit(what),
            Self::Terminated => database.terminate().await,
            Self::BackendsStopped => {
                let backends = database.backends().await;
                let stopped: Vec<_> = backends.into_iter().map(Stopped::process).collect();
                sleep(lasting).await;
                drop(stopped);
            }
            Self::Frozen(meanwhile) => {
                let stopped = bench.freeze(meanwhile, lasting / 4).await;
                sleep(lasting / 2).await;
                drop(stopped);
            }
            Self::Secrets(manner) => {
                bench.secrets().set(manner);
                database.terminate().await;
                sleep(lasting).await;
                bench.secrets().set(Manner::Well);
            }
            Self::Rotated { pending } => {
                let password = format!("{PASSWORD}{number}");
                let text = database.secret(proxy.port(), &database.role, &password);
                if pending {
                    bench.secrets().begin_rotation(&*text);
                }
                database.set_password(&password).await;
                database.terminate().await;
                sleep(lasting).await;
                match pending {
                    true => bench.secrets().finish_rotation(),
                    false => bench.secrets().put(text),
                }
            }
            Self::ReadOnly => {
                let role = &database.role;
                let set = "default_transaction_read_only";
                database
                    .execute(&format!("ALTER ROLE {role} SET {set} = on"))
                    .await;
                database.terminate().await;
                sleep(lasting).await;
                database
                    .execute(&format!("ALTER ROLE {role} RESET {set}"))
                    .await;
            }
        }
    }
}

/// What has happened so far, for who looks for the reason.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) seed: u64,
    since: Instant,
    lines: Mutex<Vec<String>>,
}

impl Told {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            seed,
            since: Instant::now(),
            lines: Mutex::default(),
        }
    }

    pub(super) fn tell(&self, line: impl fmt::Display) {
        let line = format!("{:>6} ms  {line}", self.since.elapsed().as_millis());
        let lines = &mut self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "{}", lines.join("\n"))
    }
}
