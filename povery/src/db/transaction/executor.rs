//! `&mut Tx` as an sqlx executor.

use async_stream::try_stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;
use futures_util::TryStreamExt;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Either, Execute, Executor, Postgres, SqlStr};

use super::{TransactionMode, Tx};
use crate::db::statement::Statement;

type Result<T> = std::result::Result<T, sqlx::Error>;

/// Does that on the transaction's connection, once it is open, and notes what a failure says of it.
macro_rules! opened {
    ($tx:expr, $run:ident($($argument:expr),+)) => {{
        let mut open = $tx.shared.open().await?;
        let result = open.connection.$run($($argument),+).await;
        open.noted(result)
    }};
}

impl<'t, M: TransactionMode, D: 'static> Executor<'t> for &'t mut Tx<M, D> {
    type Database = Postgres;

    fn execute<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<PgQueryResult>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let statement = Statement::new(query)?;
            opened!(self, run(statement))
        })
    }

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(try_stream! {
            let statement = Statement::new(query)?;
            let mut open = self.shared.open().await?;
            let error = {
                let mut steps = std::pin::pin!(open.connection.many(statement));
                loop {
                    match steps.try_next().await {
                        Ok(Some(step)) => yield step,
                        Ok(None) => break None,
                        Err(error) => break Some(error),
                    }
                }
            };
            if let Some(error) = error {
                open.note(&error);
                Err(error)?;
            }
        })
    }

    fn fetch_all<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Vec<PgRow>>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let statement = Statement::new(query)?;
            opened!(self, all(statement))
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>>>
    where
        't: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        Box::pin(async move {
            let statement = Statement::new(query)?;
            opened!(self, optional(statement))
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [PgTypeInfo],
    ) -> BoxFuture<'e, Result<PgStatement>>
    where
        't: 'e,
    {
        Box::pin(async move { opened!(self, prepared(sql, parameters)) })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<sqlx::Describe<Postgres>>>
    where
        't: 'e,
    {
        Box::pin(async move { opened!(self, described(sql)) })
    }
}
