//! What a server is told of its session: how long a statement may take, and what to do when the client is gone.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

use super::fault::{STATEMENT_RESERVE, sqlstate};

/// How long a transaction may be idle after the end of its invocation: the sandbox has died.
const AFTER_THE_END: Duration = Duration::from_secs(1);

/// How often the server looks whether the client of a running statement is still there. What is given up 250 ms before
/// the end of an invocation has ended by then.
const CHECK_INTERVAL: &str = "100";

const CHECK: &str = "client_connection_check_interval";
const STATEMENT: &str = "statement_timeout";
const IDLE: &str = "idle_in_transaction_session_timeout";

/// Limits in milliseconds, as the server counts them; 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Limits {
    statement: u64,
    idle_in_transaction: u64,
}

impl Limits {
    const NONE: Self = Self {
        statement: 0,
        idle_in_transaction: 0,
    };

    /// The shorter ones of these and those of an invocation.
    fn or(self, left: Self) -> Self {
        let shorter = |role: u64, left: u64| if role == 0 { left } else { role.min(left) };
        Self {
            statement: shorter(self.statement, left.statement),
            idle_in_transaction: shorter(self.idle_in_transaction, left.idle_in_transaction),
        }
    }

    /// What holds until `deadline`, and no longer than these.
    fn within(self, deadline: Instant, now: Instant) -> Self {
        let left = deadline.saturating_duration_since(now);
        self.or(Self {
            statement: milliseconds(left.saturating_sub(STATEMENT_RESERVE)),
            idle_in_transaction: milliseconds(left.saturating_add(AFTER_THE_END)),
        })
    }

    fn sql(self) -> String {
        let Self {
            statement,
            idle_in_transaction,
        } = self;
        format!("SET {STATEMENT} = {statement}; SET {IDLE} = {idle_in_transaction}; ")
    }
}

/// At least one, since 0 would be no limit, and no more than fits the server's `int`.
fn milliseconds(left: Duration) -> u64 {
    const MOST: u64 = i32::MAX as u64;
    u64::try_from(left.as_millis()).map_or(MOST, |left| left.clamp(1, MOST))
}

/// A session of a server that no proxy shares among others.
#[derive(Debug)]
pub(super) struct Session {
    /// What the role has without us.
    role: Limits,
    /// What holds now.
    told: Limits,
}

impl Session {
    /// Sets up a new session, in one round trip.
    pub(super) async fn set_up(
        connection: &mut PgConnection,
        deadline: Option<Instant>,
    ) -> Result<Self, sqlx::Error> {
        let left = deadline.map(|deadline| Limits::NONE.within(deadline, Instant::now()));
        let sql = |looks| sqlx::raw_sql(AssertSqlSafe(set_up(left, looks)));
        let row = match connection.fetch_one(sql(true)).await {
            // Before PostgreSQL 14 it is left out by itself; here is a system on which the server cannot look.
            Err(error) if sqlstate(&error).is_some_and(|code| code == "22023") => {
                connection.fetch_one(sql(false)).await?
            }
            row => row?,
        };
        let limit = |index: usize| -> Result<u64, sqlx::Error> {
            let milliseconds: i64 = row.try_get(index)?;
            Ok(u64::try_from(milliseconds).unwrap_or_default())
        };
        let role = Limits {
            statement: limit(0)?,
            idle_in_transaction: limit(1)?,
        };
        let told = left.map_or(role, |left| role.or(left));
        Ok(Self { role, told })
    }

    /// Proves that the session is alive, in one round trip, which tells the server what holds from now on: the
    /// time that is left of an invocation, or else what the role has.
    pub(super) async fn validate(
        &mut self,
        connection: &mut PgConnection,
        deadline: Option<Instant>,
    ) -> Result<(), sqlx::Error> {
        let wanted = deadline.map_or(self.role, |deadline| {
            self.role.within(deadline, Instant::now())
        });
        let news = match deadline.is_none() && wanted == self.told {
            true => String::new(),
            false => wanted.sql(),
        };
        prove(connection, &news).await?;
        self.told = wanted;
        Ok(())
    }

    /// What a transaction that begins now sets for itself, in milliseconds, where the session's limit was set so long
    /// ago that its statements could outlive the invocation.
    pub(super) fn shortened(&self, deadline: Option<Instant>) -> Option<u64> {
        const STALE: u64 = 50;
        let wanted = self.role.within(deadline?, Instant::now()).statement;
        (self.told.statement > wanted + STALE).then_some(wanted)
    }
}

/// Has the server do that, and then say a word that is in no other answer: what was left unread of an answer before is not
/// taken for this one. sqlx forgets to read some where a `COPY` is left half-way.
pub(super) async fn prove(connection: &mut PgConnection, sql: &str) -> Result<(), sqlx::Error> {
    let word = uuid::Uuid::new_v4().simple().to_string();
    let sql = format!("{sql}SELECT '{word}'::text");
    let row = connection
        .fetch_one(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await?;
    match row.try_get::<String, _>(0) {
        Ok(said) if said == word => Ok(()),
        _ => {
            let text = "the connection gives the answer to another statement";
            Err(sqlx::Error::Protocol(text.into()))
        }
    }
}

/// Reads what the role has, sets what is left where that is less, and has the server look for its client.
fn set_up(left: Option<Limits>, looks: bool) -> String {
    let milliseconds = |setting: &str| {
        format!(
            "(extract(epoch FROM pg_catalog.current_setting('{setting}')::interval) * 1000)::int8"
        )
    };
    let mut sql = "SELECT statement, idle".to_owned();
    if let Some(left) = left {
        for (setting, column, left) in [
            (STATEMENT, "statement", left.statement),
            (IDLE, "idle", left.idle_in_transaction),
        ] {
            sql.push_str(&format!(
                ", pg_catalog.set_config('{setting}', least(nullif({column}, 0), {left})::text, false)"
            ));
        }
    }
    if looks {
        sql.push_str(&format!(
            ", (SELECT pg_catalog.set_config('{CHECK}', '{CHECK_INTERVAL}', false) \
             WHERE pg_catalog.current_setting('{CHECK}', true) IS NOT NULL)"
        ));
    }
    // Read before anything is set: OFFSET keeps it a query of its own.
    sql.push_str(&format!(
        " FROM (SELECT {} AS statement, {} AS idle OFFSET 0) AS role",
        milliseconds(STATEMENT),
        milliseconds(IDLE)
    ));
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: Limits = Limits {
        statement: 20_000,
        idle_in_transaction: 0,
    };

    fn within(left: u64) -> Limits {
        let now = Instant::now();
        ROLE.within(now + Duration::from_millis(left), now)
    }

    #[test]
    fn statements_end_before_the_invocation_and_never_later_than_the_role_lets_them() {
        for (left, statement) in [(2_000, 1_750), (60_000, 20_000), (251, 1), (250, 1), (0, 1)] {
            assert_eq!(within(left).statement, statement, "{left}");
        }
        let none = Limits {
            statement: 0,
            ..ROLE
        };
        let now = Instant::now();
        let ever = none.within(now + Duration::from_secs(1 << 40), now);
        assert_eq!(ever.statement, i32::MAX as u64);
    }

    #[test]
    fn a_transaction_of_a_dead_sandbox_ends_soon_after_its_invocation() {
        assert_eq!(within(2_000).idle_in_transaction, 3_000);
        let role = Limits {
            idle_in_transaction: 500,
            ..ROLE
        };
        let now = Instant::now();
        let limits = role.within(now + Duration::from_secs(9), now);
        assert_eq!(limits.idle_in_transaction, 500);
    }

    #[test]
    fn a_transaction_shortens_what_was_set_too_long_ago() {
        let session = Session {
            role: ROLE,
            told: within(10_000),
        };
        let soon = Instant::now() + Duration::from_secs(5);
        let shortened = session.shortened(Some(soon)).unwrap();
        assert!((4_600..=4_750).contains(&shortened), "{shortened}");
        let later = Instant::now() + Duration::from_secs(10);
        assert_eq!(session.shortened(Some(later)), None);
        assert_eq!(session.shortened(None), None);
    }
}
