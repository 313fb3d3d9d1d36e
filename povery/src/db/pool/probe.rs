//! Whether the server answers, asked on a connection of its own: no slot is taken for it, and nothing is counted.

use std::time::{Duration, Instant};

use sqlx::{Connection, PgConnection};
use tokio::time::{sleep, timeout};

use super::slots::Slots;
use crate::db::connect::configuration;
use crate::db::database::title;
use crate::db::fault::{is_refused_login, late};
use crate::db::session::prove;
use crate::db::source::Want;

/// How long the server has for everything: login, answer, farewell.
const TIME: Duration = Duration::from_secs(1);
/// How long an answer is good for everyone who asks, and how long after one question the next is asked.
const PAUSE: Duration = Duration::from_secs(1);

/// The last question to the server. Held by who asks, so that nobody else does.
#[derive(Default)]
pub(super) struct Probe(tokio::sync::Mutex<Last>);

#[derive(Default)]
struct Last {
    asked: Option<Instant>,
    /// What came of it; `None` where whoever asked has gone away.
    answer: Option<Answer>,
}

#[derive(Clone, Copy)]
struct Answer {
    at: Instant,
    latency: Option<Duration>,
}

impl Slots {
    /// How long the server takes for an answer; `None` where it gives none.
    pub(in crate::db) async fn probe(&self) -> Option<Duration> {
        let mut last = self.probe.0.lock().await;
        if let Some(answer) = last.answer.filter(|answer| answer.at.elapsed() < PAUSE) {
            return answer.latency;
        }
        let since = last.asked.map(|asked| asked.elapsed());
        if let Some(rest) = since.and_then(|since| PAUSE.checked_sub(since)) {
            sleep(rest).await;
        }
        *last = Last {
            asked: Some(Instant::now()),
            answer: None,
        };
        let answered = timeout(TIME, self.ask_server()).await;
        let answered = answered.unwrap_or_else(|_| Err(late("no answer within 1 s")));
        if let Err(error) = &answered {
            let error = error.to_string().replace(['\n', '\r'], " ");
            tracing::warn!(database = title(self.name), error, "the database is down");
        }
        let latency = answered.ok();
        last.answer = Some(Answer {
            at: Instant::now(),
            latency,
        });
        latency
    }

    async fn ask_server(&self) -> Result<Duration, sqlx::Error> {
        let mut connection = self.logged_in().await?;
        let asked = Instant::now();
        prove(&mut connection, "").await?;
        let latency = asked.elapsed();
        // It is closed either way.
        let _ = connection.close().await;
        Ok(latency)
    }

    /// As an acquire does it, but once: with the login that is kept and, where it is refused, with the current one.
    async fn logged_in(&self) -> Result<PgConnection, sqlx::Error> {
        let source = &self.source;
        let kept = source.credentials(Want::Kept).await;
        let kept = kept.map_err(configuration)?;
        let refused = match self.log_in(&kept).await {
            Err(error) if is_refused_login(&error) => error,
            other => return other,
        };
        let current = source.credentials(Want::Current).await;
        let current = current.map_err(configuration)?;
        match kept.same_login(&current) {
            true => Err(refused),
            false => self.log_in(&current).await,
        }
    }
}
