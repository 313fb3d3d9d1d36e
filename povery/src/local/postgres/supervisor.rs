//! The thread that starts the server, watches it and stops it.
//!
//! It is a thread of its own because the kernel's parent-death signal follows the thread that spawned the server: on a
//! runtime's worker the server would end with the runtime.

use std::pin::pin;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::runtime::Builder;
use tokio::sync::{oneshot, watch};

use super::error::LaunchError;
use super::handle::Current;
use super::site::{Plan, Site};

/// How long a shutdown may take in all: somewhat more than the firmest one does.
pub(super) const SHUTDOWN: Duration = Duration::from_secs(15);
/// Between restarts of a server that crashed: the first pause, doubled up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A server that lived this long has recovered.
const STEADY: Duration = Duration::from_secs(30);

/// Ends the thread, and with it the server, when it is dropped.
pub(super) struct Supervisor {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
    done: Option<oneshot::Receiver<Result<(), LaunchError>>>,
}

impl Supervisor {
    /// Starts the thread and waits for the first answer of a server.
    pub(super) async fn start(plan: Plan) -> Result<(Self, watch::Receiver<Current>), LaunchError> {
        let (stop, stopping) = watch::channel(false);
        let (ready, started) = oneshot::channel();
        let (finish, done) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("povery-postgres".to_owned())
            .spawn(move || {
                // A receiver that is gone wants no answer.
                let _ = finish.send(run(&plan, stopping, ready));
            });
        let thread = thread.map_err(LaunchError::file(
            "start a thread for",
            "PostgreSQL".as_ref(),
        ))?;
        // From here on a cancelled start ends what it began.
        let mut supervisor = Self {
            stop,
            thread: Some(thread),
            done: Some(done),
        };
        match started.await {
            Ok(current) => Ok((supervisor, current)),
            Err(_) => Err(match supervisor.finished().await {
                Ok(()) => LaunchError::Supervisor("ended before the server was ready"),
                Err(error) => error,
            }),
        }
    }

    /// Stops the server and waits for its end.
    pub(super) async fn stop(mut self) -> Result<(), LaunchError> {
        self.stop.send_replace(true);
        match tokio::time::timeout(SHUTDOWN, self.finished()).await {
            Ok(result) => result,
            Err(_) => Err(LaunchError::Supervisor("did not stop the server in time")),
        }
    }

    async fn finished(&mut self) -> Result<(), LaunchError> {
        match self.done.take() {
            Some(done) => done
                .await
                .unwrap_or(Err(LaunchError::Supervisor("panicked"))),
            None => Ok(()),
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        let since = Instant::now();
        // `join` knows no bound.
        while self
            .thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
        {
            if since.elapsed() > SHUTDOWN {
                tracing::warn!(
                    "PostgreSQL's supervisor does not end; the server ends with this process"
                );
                return;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            tracing::error!("PostgreSQL's supervisor panicked");
        }
    }
}

/// Takes the first answer to whoever waits for the start, and later ones to whoever watches.
enum Herald {
    Starting(Option<oneshot::Sender<watch::Receiver<Current>>>),
    Started(watch::Sender<Current>),
}

impl Herald {
    fn publish(&mut self, current: Current) {
        match self {
            Self::Started(watchers) => {
                watchers.send_replace(current);
            }
            Self::Starting(waiting) => {
                let (sender, receiver) = watch::channel(current);
                if let Some(waiting) = waiting.take() {
                    // Gone if the start was cancelled; then the stop follows.
                    let _ = waiting.send(receiver);
                }
                *self = Self::Started(sender);
            }
        }
    }
}

type Ready = oneshot::Sender<watch::Receiver<Current>>;

fn run(plan: &Plan, stop: watch::Receiver<bool>, ready: Ready) -> Result<(), LaunchError> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(LaunchError::file(
        "start a runtime for",
        "PostgreSQL".as_ref(),
    ))?;
    let mut herald = Herald::Starting(Some(ready));
    let result = runtime.block_on(supervise(plan, stop, &mut herald));
    // Until the start, whoever waits for it is told.
    if let (Err(error), Herald::Started(_)) = (&result, &herald) {
        tracing::error!("PostgreSQL is no longer supervised: {error}");
    }
    result
}

/// Attaches until the lock is free, then owns the server until the stop.
async fn supervise(
    plan: &Plan,
    mut stop: watch::Receiver<bool>,
    herald: &mut Herald,
) -> Result<(), LaunchError> {
    let Some(site) = unless_stopped(&mut stop, Site::prepare(plan)).await else {
        return Ok(());
    };
    let site = site?;
    let mut publish = |current| herald.publish(current);
    let Some(lock) = unless_stopped(&mut stop, site.wait_for_lock(&mut publish)).await else {
        return Ok(());
    };
    let lock = lock?;
    let mut pause = FIRST_PAUSE;
    loop {
        let Some(opened) = unless_stopped(&mut stop, site.open()).await else {
            return Ok(());
        };
        match opened {
            Ok((mut server, current)) => {
                let since = Instant::now();
                herald.publish(current);
                let Some(end) = unless_stopped(&mut stop, server.exited()).await else {
                    server.stop().await;
                    let closed = site.close();
                    drop(lock);
                    return closed;
                };
                tracing::error!(
                    "{}",
                    server.failure(&format!("it ended by itself ({end}) and is started again"))
                );
                if since.elapsed() > STEADY {
                    pause = FIRST_PAUSE;
                }
            }
            // Whoever waits for the start hears of it; later nobody waits, and the next attempt may do better.
            Err(error) if matches!(herald, Herald::Starting(_)) => return Err(error),
            Err(error) => tracing::error!(
                "PostgreSQL cannot be started again: {error}; next attempt in {pause:?}"
            ),
        }
        if unless_stopped(&mut stop, tokio::time::sleep(pause))
            .await
            .is_none()
        {
            return site.close();
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
        if !lock.is_in_place() {
            return Err(LaunchError::Removed {
                path: site.places.lock(),
            });
        }
    }
}

/// Runs `work`, or drops it when the stop comes.
async fn unless_stopped<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut stopped = pin!(stop.wait_for(|stop| *stop));
    let mut work = pin!(work);
    std::future::poll_fn(|context| {
        if stopped.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        work.as_mut().poll(context).map(Some)
    })
    .await
}
