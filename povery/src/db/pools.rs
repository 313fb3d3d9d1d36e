//! The pools of an application.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::database::{prefix, title};
use super::health::DatabaseHealth;
use super::options::{PoolMode, PoolOptions};
use super::pool::{Handle, Pool};
use super::source;
use super::stats::PoolStats;
use crate::environment::variable;

/// The longest that connections are made before the first invocation.
const WARM: Duration = Duration::from_secs(3);

/// The pool that the environment describes. What is wrong with the configuration is what each statement says.
pub(super) fn configured(database: &'static str, options: PoolOptions) -> Handle {
    let prefix = prefix(database);
    let mode = format!("{prefix}DB_MODE");
    let mode = variable(&mode)
        .map(|text| PoolMode::parse(&mode, &text))
        .transpose();
    match (options.mode, mode) {
        (Some(_), _) | (None, Ok(None)) => {
            Handle::new(database, source::from_env(&prefix), options)
        }
        (None, Ok(Some(mode))) => {
            Handle::new(database, source::from_env(&prefix), options.mode(mode))
        }
        (None, Err(error)) => Handle::new(database, source::misconfigured(error), options),
    }
}

/// The pools of an application, by the names of their databases.
#[derive(Default)]
pub(crate) struct Pools {
    by_name: RwLock<Vec<(&'static str, Handle)>>,
    /// The names that the application takes, whether or not anything has been asked of them yet.
    taken: Vec<&'static str>,
    /// How much of one invocation may be under way at once, where that is more than one thing.
    #[cfg(feature = "events")]
    width: usize,
}

impl Clone for Pools {
    fn clone(&self) -> Self {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        Self {
            by_name: RwLock::new(pools.clone()),
            taken: self.taken.clone(),
            #[cfg(feature = "events")]
            width: self.width,
        }
    }
}

impl Pools {
    pub(crate) fn insert<D>(&mut self, name: &'static str, pool: Pool<D>) {
        let pools = self
            .by_name
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        pools.retain(|(other, _)| *other != name);
        pools.push((name, pool.handle));
    }

    /// Whether there is one of that name already.
    #[cfg(feature = "local")]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.existing(name).is_some()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_name
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    fn existing(&self, name: &str) -> Option<Handle> {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        let (_, pool) = pools.iter().find(|(other, _)| *other == name)?;
        Some(pool.clone())
    }

    /// The pool of that name, which the environment describes if nothing else has.
    pub(super) fn handle(&self, name: &'static str) -> Handle {
        if let Some(pool) = self.existing(name) {
            return pool;
        }
        let mut pools = self.by_name.write().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, pool)) = pools.iter().find(|(other, _)| *other == name) {
            return pool.clone();
        }
        let pool = configured(name, self.options());
        pools.push((name, pool.clone()));
        pool
    }

    #[cfg(not(feature = "events"))]
    fn options(&self) -> PoolOptions {
        PoolOptions::new()
    }

    /// A connection for each record that is handled at once, and one more.
    #[cfg(feature = "events")]
    fn options(&self) -> PoolOptions {
        let options = PoolOptions::new();
        match self.width {
            0 | 1 => options,
            width => options.size(crate::environment::max_concurrency() * width + 1),
        }
    }

    /// Pools that the environment describes have a connection for each of `width` records of an invocation.
    #[cfg(feature = "events")]
    pub(crate) fn make_room(self: &mut Arc<Self>, width: usize) {
        Arc::make_mut(self).width = width;
    }

    /// The pool of that name, outside of requests.
    #[cfg(feature = "local")]
    pub(crate) fn pool(&self, name: &'static str) -> Pool {
        Pool::of(self.handle(name))
    }

    /// The application takes the databases of these names.
    pub(crate) fn set_taken(self: &mut Arc<Self>, names: Vec<&'static str>) {
        Arc::make_mut(self).taken = names;
    }

    /// Asks all of them, at once.
    pub(super) async fn health(&self) -> Vec<DatabaseHealth> {
        let mut names = self.taken.clone();
        {
            let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
            names.extend(pools.iter().map(|(name, _)| *name));
        }
        names.sort_unstable();
        names.dedup();
        join_all(names.into_iter().map(|name| async move {
            let pool = self.handle(name);
            pool.health().await
        }))
        .await
    }

    /// What each has done so far.
    pub(crate) fn stats(&self) -> Vec<PoolStats> {
        let stats = self.all().into_iter().map(|handle| handle.slots.stats());
        stats.collect()
    }

    fn all(&self) -> Vec<Handle> {
        let pools = self.by_name.read().unwrap_or_else(PoisonError::into_inner);
        pools.iter().map(|(_, pool)| pool.clone()).collect()
    }

    /// Connects the pools of these names, all at once, so that the first invocation need not. What fails
    /// is one warning: the first statement will say it again.
    pub(crate) async fn warm(&self, names: &[&'static str]) {
        let until = Instant::now() + WARM;
        let failures = join_all(names.iter().map(|name| async move {
            let failure = self.handle(name).warm(until).await.err()?;
            Some(format!("{} ({failure})", title(name)))
        }));
        let failures: Vec<_> = failures.await.into_iter().flatten().collect();
        if !failures.is_empty() {
            let failures = failures.join(", ").replace(['\n', '\r'], " ");
            tracing::warn!("no connection before the first invocation: {failures}");
        }
    }

    pub(crate) async fn disconnect(&self) {
        join_all(self.all().iter().map(Handle::disconnect)).await;
    }

    pub(crate) async fn close(&self) {
        join_all(self.all().iter().map(Handle::close)).await;
    }
}
