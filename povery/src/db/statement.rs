//! One statement on a connection from the pool: bounded by the invocation, and run again where that is allowed.

use async_stream::try_stream;
use futures_core::Stream;
use futures_core::future::BoxFuture;
use futures_util::TryStreamExt;
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, PgConnection, Postgres, SqlStr};
use std::time::Instant;
use tokio::time::timeout_at;

use super::fault;
use super::pool::{Handle, PoolConnection};

/// A statement taken out of what sqlx was given, so that it can be sent twice.
#[derive(Clone)]
pub(super) struct Statement {
    sql: SqlStr,
    arguments: Option<PgArguments>,
    prepared: Option<PgStatement>,
    persistent: bool,
}

impl Statement {
    pub(super) fn new<'q>(mut query: impl Execute<'q, Postgres>) -> Result<Self, sqlx::Error> {
        Ok(Self {
            arguments: query.take_arguments().map_err(sqlx::Error::Encode)?,
            prepared: query.statement().cloned(),
            persistent: query.persistent(),
            sql: query.sql(),
        })
    }
}

impl Execute<'_, Postgres> for Statement {
    fn sql(self) -> SqlStr {
        self.sql
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.prepared.as_ref()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        Ok(self.arguments.take())
    }

    fn persistent(&self) -> bool {
        self.persistent
    }
}

/// What comes of the work until `end`.
pub(super) async fn bounded<T>(
    end: Option<Instant>,
    work: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, sqlx::Error> {
    match end {
        None => work.await,
        Some(end) => timeout_at(end.into(), work)
            .await
            .unwrap_or_else(|_| Err(fault::given_up())),
    }
}

/// How sqlx runs a statement.
type Run<T> = for<'c> fn(&'c mut PgConnection, Statement) -> BoxFuture<'c, Result<T, sqlx::Error>>;

/// Each ends in time, and notes what its error says of the connection.
impl PoolConnection {
    /// Behind a proxy the next statement may be another session's: no statement has a name there.
    fn unnamed(&self, mut statement: Statement) -> Statement {
        statement.persistent &= self.live().session.is_some();
        statement
    }

    /// What is prepared has a name, which the next client of the session would meet.
    fn can_prepare(&self) -> Result<(), sqlx::Error> {
        match self.live().session {
            Some(_) => Ok(()),
            None => Err(fault::ended(
                "behind a proxy no statement is prepared by itself: run it",
            )),
        }
    }

    fn noted<T>(&mut self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        result.inspect_err(|error| self.note(error))
    }

    async fn whole<T>(&mut self, statement: Statement, run: Run<T>) -> Result<T, sqlx::Error> {
        let end = self.statement_end()?;
        let result = bounded(end, async {
            self.clear().await?;
            let statement = self.unnamed(statement);
            if !self.is_split(statement.arguments.is_some()) {
                return run(&mut self.live_mut().connection, statement).await;
            }
            self.begin_own().await?;
            let result = run(&mut self.live_mut().connection, statement).await;
            self.end_own(result).await
        });
        let result = result.await;
        self.noted(result)
    }

    pub(super) async fn run(&mut self, statement: Statement) -> Result<PgQueryResult, sqlx::Error> {
        self.whole(statement, |connection, statement| {
            connection.execute(statement)
        })
        .await
    }

    pub(super) async fn optional(
        &mut self,
        statement: Statement,
    ) -> Result<Option<PgRow>, sqlx::Error> {
        self.whole(statement, |connection, statement| {
            connection.fetch_optional(statement)
        })
        .await
    }

    pub(super) async fn all(&mut self, statement: Statement) -> Result<Vec<PgRow>, sqlx::Error> {
        self.whole(statement, |connection, statement| {
            connection.fetch_all(statement)
        })
        .await
    }

    pub(super) fn many(
        &mut self,
        statement: Statement,
    ) -> impl Stream<Item = Result<Either<PgQueryResult, PgRow>, sqlx::Error>> + Send {
        try_stream! {
            let (end, statement) = (self.statement_end()?, self.unnamed(statement));
            let split = bounded(end, async {
                self.clear().await?;
                let split = self.is_split(statement.arguments.is_some());
                if split {
                    self.begin_own().await?;
                }
                Ok(split)
            });
            let split = split.await;
            let split = self.noted(split)?;
            let mut error = {
                let mut steps = self.live_mut().connection.fetch_many(statement);
                loop {
                    match bounded(end, steps.try_next()).await {
                        Ok(Some(step)) => yield step,
                        Ok(None) => break None,
                        Err(error) => break Some(error),
                    }
                }
            };
            if split {
                let result = error.map_or(Ok(()), Err);
                error = bounded(end, self.end_own(result)).await.err();
            }
            if let Some(error) = error {
                self.note(&error);
                Err(error)?;
            }
        }
    }

    pub(super) async fn prepared(
        &mut self,
        sql: SqlStr,
        parameters: &[PgTypeInfo],
    ) -> Result<PgStatement, sqlx::Error> {
        let end = self.statement_end()?;
        self.can_prepare()?;
        let connection = &mut self.live_mut().connection;
        let result = bounded(end, connection.prepare_with(sql, parameters)).await;
        self.noted(result)
    }

    pub(super) async fn described(
        &mut self,
        sql: SqlStr,
    ) -> Result<sqlx::Describe<Postgres>, sqlx::Error> {
        let end = self.statement_end()?;
        self.can_prepare()?;
        let result = bounded(end, self.live_mut().connection.describe(sql)).await;
        self.noted(result)
    }
}

/// A statement outside a transaction, and the connections that it is tried on: one, or two on an
/// `idempotent` route.
pub(super) struct Attempts<'p> {
    pool: &'p Handle,
    statement: Option<Statement>,
    repeatable: bool,
}

impl<'p> Attempts<'p> {
    pub(super) fn new<'q>(
        pool: &'p Handle,
        query: impl Execute<'q, Postgres>,
    ) -> Result<Self, sqlx::Error> {
        Ok(Self {
            pool,
            statement: Some(Statement::new(query)?),
            repeatable: pool.is_idempotent(),
        })
    }

    /// A connection, and the statement to run on it.
    pub(super) async fn next(&mut self) -> Result<(PoolConnection, Statement), sqlx::Error> {
        let connection = self.pool.acquire().await?;
        let statement = match self.repeatable {
            true => self.statement.clone(),
            false => self.statement.take(),
        };
        // It is taken by the last attempt alone.
        let statement = statement.ok_or(sqlx::Error::WorkerCrashed)?;
        Ok((connection, statement))
    }

    /// Whether the statement, which has given no row, is to be tried once more.
    pub(super) fn once_more(&mut self, error: &sqlx::Error) -> bool {
        let again = self.repeatable && is_worth_another(error);
        self.repeatable = false;
        if again {
            self.pool.slots.counters.retries.up();
            tracing::debug!(%error, "an idempotent statement is run again");
        }
        again
    }
}

/// The connection failed, or leads to a server that takes no writes. Not what was given up for want of time.
fn is_worth_another(error: &sqlx::Error) -> bool {
    let late = matches!(error, sqlx::Error::Io(error) if fault::is_given_up(error));
    !late && (fault::is_lost(error) || fault::is_read_only(error))
}
