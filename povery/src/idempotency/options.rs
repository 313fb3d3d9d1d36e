//! How an application keeps the answers of its routes with `idempotency_key`.

use std::borrow::Cow;
use std::time::Duration;

use crate::db;

/// How long answers are kept unless an application says otherwise.
const TTL: Duration = Duration::from_secs(24 * 60 * 60);
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

/// How an application keeps the answers of its routes with `idempotency_key`: for
/// [`App::idempotency`](crate::App::idempotency). See [the guide](crate::docs::idempotency).
///
/// # Example
///
/// ```
/// use std::time::Duration;
/// use povery::{App, IdempotencyOptions};
///
/// let options = IdempotencyOptions::new().ttl(Duration::from_secs(7 * 24 * 60 * 60)).app("shop");
/// assert!(App::new().idempotency(options).check().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyOptions {
    pub(super) app: Option<Cow<'static, str>>,
    pub(super) ttl: Duration,
}

impl Default for IdempotencyOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl IdempotencyOptions {
    /// The migration that makes the table `povery_idempotency`: the text of a file of the application's own migrations, such
    /// as `migrations/0002_povery_idempotency.sql`.
    pub const MIGRATION: &'static str = db::IDEMPOTENCY_MIGRATION;

    /// What holds where nothing is said.
    pub fn new() -> Self {
        Self {
            app: None,
            ttl: TTL,
        }
    }

    /// How long an answer is kept, from a second to 366 days: 24 hours unless set. After that the same request is run
    /// again.
    #[must_use]
    pub fn ttl(mut self, ttl: Duration) -> Self {
        self.ttl = ttl;
        self
    }

    /// The name under which the keys are the application's own, where several share a database. Unless set it is that of
    /// the crate in which the route stands: two functions that are built of it, or a function that is deployed under
    /// another name, know each other's keys.
    #[must_use]
    pub fn app(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.app = Some(name.into());
        self
    }

    /// What keeps an application from starting.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if !(SHORTEST..=LONGEST).contains(&self.ttl) {
            mistakes.push(
                "`IdempotencyOptions::ttl` is from a second to 366 days: an answer is kept that long"
                    .to_owned(),
            );
        }
        if self.app.as_ref().is_some_and(|name| name.trim().is_empty()) {
            mistakes.push(
                "`IdempotencyOptions::app` is a name; leave it out for the crate's".to_owned(),
            );
        }
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_for_a_second_at_least_and_a_year_at_the_most() {
        let options = IdempotencyOptions::new();
        assert_eq!((options.ttl, options.mistakes()), (TTL, vec![]));
        for (seconds, mistakes) in [(0, 1), (1, 0), (366 * 86_400, 0), (366 * 86_400 + 1, 1)] {
            let options = options.clone().ttl(Duration::from_secs(seconds));
            assert_eq!(options.mistakes().len(), mistakes, "{seconds}");
        }
        assert_eq!(options.app(" ").ttl(Duration::ZERO).mistakes().len(), 2);
    }

    #[test]
    fn the_guide_has_the_migration() {
        let guide = include_str!("../../docs/idempotency.md");
        assert!(guide.contains(IdempotencyOptions::MIGRATION));
    }
}
