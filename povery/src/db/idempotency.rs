//! The records of what has been done once, in the transaction that has done it.
//!
//! Whoever works under an id holds an advisory lock on it until his transaction ends, so that others know at once that
//! they come too early. That there is one record is the primary key's to say, whatever the locks.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::answer::has_sqlstate;
use super::transaction::{ReadWrite, Tx};
use crate::error::PoveryError;

/// The migration that makes the table.
pub(crate) const MIGRATION: &str = include_str!("idempotency.sql");

/// Where the writes of the handler begin.
const SAVEPOINT: &str = "povery_idempotency";

/// The lock comes first, and the record is looked for by a statement of its own: at `READ COMMITTED` it sees what the
/// holder of the lock before has committed. Above, both see the same, and the record that this misses is in the way of
/// the one that is written in the end.
const CLAIM: &str = "SELECT pg_catalog.pg_try_advisory_xact_lock({lock}); \
    SELECT request, status, headers, body FROM povery_idempotency \
    WHERE id = pg_catalog.decode('{id}', 'hex') AND expires_at > pg_catalog.now(); \
    SAVEPOINT povery_idempotency";

/// Takes ten old records along, an hour after their end, so that none is in use. Above `READ COMMITTED` that could be a
/// conflict with others who do the same.
const KEEP: &str = "\
    WITH old AS MATERIALIZED ( \
        SELECT id FROM povery_idempotency \
        WHERE expires_at < pg_catalog.now() - interval '1 hour' AND id <> $1 \
            AND pg_catalog.current_setting('transaction_isolation') = 'read committed' \
        ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED \
    ), gone AS (DELETE FROM povery_idempotency USING old WHERE povery_idempotency.id = old.id) \
    INSERT INTO povery_idempotency AS kept (id, app, route, request, status, headers, body, expires_at) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, pg_catalog.now() + pg_catalog.make_interval(secs => $8)) \
    ON CONFLICT (id) DO UPDATE SET (app, route, request, status, headers, body, created_at, expires_at) = \
        (EXCLUDED.app, EXCLUDED.route, EXCLUDED.request, EXCLUDED.status, EXCLUDED.headers, EXCLUDED.body, \
        EXCLUDED.created_at, EXCLUDED.expires_at) \
    WHERE kept.expires_at <= pg_catalog.now()";

/// What is to be done once.
pub(crate) struct Claim {
    /// Who does it, and under which name.
    pub(crate) id: [u8; 32],
    /// What exactly was asked for.
    pub(crate) request: [u8; 32],
    pub(crate) app: String,
    pub(crate) route: String,
    pub(crate) ttl: Duration,
}

/// What came of it.
pub(crate) struct Record {
    pub(crate) request: Vec<u8>,
    pub(crate) status: u16,
    pub(crate) headers: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// What is known of a claim.
pub(crate) enum Claimed {
    /// It is this transaction's to do.
    Now,
    /// Another transaction is about it.
    Elsewhere,
    /// It has been done.
    Before(Record),
}

/// The application lacks the table.
#[derive(Debug, thiserror::Error)]
#[error(
    "the table `povery_idempotency` is missing: run a migration with the text of `IdempotencyOptions::MIGRATION`"
)]
struct NoTable(#[source] sqlx::Error);

impl Tx<ReadWrite> {
    /// Claims it for this transaction, which begins with that.
    ///
    /// # Errors
    ///
    /// The database's.
    pub(crate) async fn claim(&mut self, claim: &Claim) -> Result<Claimed, PoveryError> {
        let [a, b, c, d, e, f, g, h, ..] = claim.id;
        let lock = i64::from_be_bytes([a, b, c, d, e, f, g, h]);
        let id: String = claim.id.iter().map(|byte| format!("{byte:02x}")).collect();
        let sql = CLAIM
            .replace("{lock}", &lock.to_string())
            .replace("{id}", &id);
        self.claimed(sql).await.map_err(failure)
    }

    async fn claimed(&mut self, sql: String) -> Result<Claimed, sqlx::Error> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql));
        let mut rows = rows.fetch_all(&mut *self).await?.into_iter();
        let is_held = match rows.next() {
            Some(row) => row.try_get(0)?,
            None => return Err(sqlx::Error::RowNotFound),
        };
        let Some(row) = rows.next() else {
            return Ok(match is_held {
                true => Claimed::Now,
                false => Claimed::Elsewhere,
            });
        };
        let status: i16 = row.try_get(1)?;
        Ok(Claimed::Before(Record {
            request: row.try_get(0)?,
            status: u16::try_from(status).unwrap_or_default(),
            headers: row.try_get(2)?,
            body: row.try_get(3)?,
        }))
    }

    /// Undoes everything since the claim.
    ///
    /// # Errors
    ///
    /// The database's: nothing is stored.
    pub(crate) async fn undo(&mut self) -> Result<(), PoveryError> {
        Ok(self.rewind(Some(SAVEPOINT)).await?)
    }

    /// Writes down what came of a claim, and says whether nobody else has done so.
    ///
    /// # Errors
    ///
    /// The database's: nothing is stored.
    pub(crate) async fn keep(
        &mut self,
        claim: &Claim,
        record: &Record,
    ) -> Result<bool, PoveryError> {
        // In a savepoint that nobody has ended it would be undone with that.
        self.rewind(None).await?;
        let kept = sqlx::query(KEEP)
            .bind(&claim.id[..])
            .bind(&claim.app)
            .bind(&claim.route)
            .bind(&record.request)
            .bind(i16::try_from(record.status).unwrap_or_default())
            .bind(&record.headers)
            .bind(&record.body)
            .bind(claim.ttl.as_secs_f64());
        let kept = kept.execute(&mut *self).await.map_err(failure)?;
        Ok(kept.rows_affected() == 1)
    }
}

fn failure(error: sqlx::Error) -> PoveryError {
    match has_sqlstate(&error, "42P01") {
        true => PoveryError::internal(NoTable(error)),
        false => error.into(),
    }
}
