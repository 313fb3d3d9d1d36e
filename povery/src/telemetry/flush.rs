//! Spans that are sent before the sandbox is frozen, and before the process ends.

use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout_at};

use super::Telemetry;
use crate::error::{BoxError, chain};
use crate::request::RequestId;

/// What sending takes at the most: Lambda has the answer then, and its caller too, but no other invocation comes.
const LONGEST: Duration = Duration::from_secs(2);

/// Spans that are being sent, on a thread that may wait for it.
pub(super) type UnderWay = JoinHandle<OTelSdkResult>;

impl Telemetry {
    /// Sends the spans that have ended, in the time that is left. What is not sent then is told, and goes on.
    pub(crate) async fn flush(&self, id: &RequestId, end: Option<Instant>) {
        let longest = Instant::now() + LONGEST;
        let until = end.map_or(longest, |end| end.min(longest));
        let reason = match timeout_at(until, self.flushed()).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => chain(error.as_ref()),
            Err(_) => "the time for it is up".to_owned(),
        };
        let request_id = id.as_str();
        tracing::warn!(request_id, "spans could not be sent: {reason}");
    }

    async fn flushed(&self) -> Result<(), BoxError> {
        let mut under_way = self.under_way.lock().await;
        if let Some(before) = under_way.as_mut() {
            // That it failed has been told, or that its time was up.
            let _ = before.await;
        }
        let provider = self.provider.clone();
        let sending = spawn_blocking(move || provider.force_flush());
        let sent = under_way.insert(sending).await;
        *under_way = None;
        Ok(sent??)
    }

    /// Sends what there is, for the last time. It is begun also where the time is up.
    pub(crate) async fn shut_down(&self, until: Instant) {
        let provider = self.provider.clone();
        let left = until.saturating_duration_since(Instant::now());
        let ending = spawn_blocking(move || provider.shutdown_with_timeout(left));
        let reason = match timeout_at(until, ending).await {
            Ok(Ok(Ok(()))) => return,
            Ok(Ok(Err(error))) => chain(&error),
            Ok(Err(panic)) => panic.to_string(),
            Err(_) => "the time for it is up".to_owned(),
        };
        tracing::warn!("spans could not be sent at the end: {reason}");
    }
}
