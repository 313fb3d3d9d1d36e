//! `&Pool` as an sqlx executor, each statement on a connection of its own, and `&mut PoolConnection`.

use async_stream::try_stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, Postgres, SqlStr};

use super::pool::{Pool, PoolConnection};
use super::statement::{Attempts, Statement};

type Result<T> = std::result::Result<T, sqlx::Error>;

/// Runs a statement to its end, once more where that is allowed.
macro_rules! attempts {
    ($pool:expr, $query:expr, $run:ident) => {{
        let mut attempts = Attempts::new(&$pool.handle, $query)?;
        loop {
            let (mut connection, statement) = attempts.next().await?;
            match connection.$run(statement).await {
                Err(error) if attempts.once_more(&error) => {}
                result => break result,
            }
        }
    }};
}

impl<'p, D> Executor<'p> for &'p Pool<D> {
    type Database = Postgres;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<PgQueryResult>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { attempts!(self, query, run) })
    }

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(try_stream! {
            let mut attempts = Attempts::new(&self.handle, query)?;
            loop {
                let (mut connection, statement) = attempts.next().await?;
                let mut steps = std::pin::pin!(connection.many(statement));
                // Until the first step nothing is known to the caller.
                let first = match steps.try_next().await {
                    Err(error) if attempts.once_more(&error) => continue,
                    first => first?,
                };
                let Some(first) = first else { break };
                yield first;
                while let Some(step) = steps.try_next().await? {
                    yield step;
                }
                break;
            }
        })
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { attempts!(self, query, all) })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>>>
    where
        'p: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { attempts!(self, query, optional) })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.prepared(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<Postgres>>>
    where
        'p: 'e,
    {
        Box::pin(async move { self.acquire().await?.described(sql).await })
    }
}

impl<'c> Executor<'c> for &'c mut PoolConnection {
    type Database = Postgres;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<PgQueryResult>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { self.run(Statement::new(query)?).await })
    }

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        match Statement::new(query) {
            Ok(statement) => Box::pin(self.many(statement)),
            Err(error) => Box::pin(futures_util::stream::iter([Err(error)])),
        }
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { self.all(Statement::new(query)?).await })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move { self.optional(Statement::new(query)?).await })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement>>
    where
        'c: 'e,
    {
        Box::pin(self.prepared(sql, parameters))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<Postgres>>>
    where
        'c: 'e,
    {
        Box::pin(self.described(sql))
    }
}
