//! What a failure says of the connection, and the failures that are the pool's own.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

/// What a statement leaves of an invocation's time, for the handler to answer.
pub(super) const STATEMENT_RESERVE: Duration = Duration::from_millis(250);

/// A statement was still under way when the invocation was about to end. Answered with 504.
#[derive(Debug, thiserror::Error)]
#[error("the statement was given up {} ms before the invocation ends", STATEMENT_RESERVE.as_millis())]
struct GivenUp;

/// A handler waits for what only it can give back.
#[derive(Debug, thiserror::Error)]
#[error(
    "this request holds all {size} connections of its pool and waits for another one: \
     drop one first, or give the pool a larger `PoolOptions::size`"
)]
struct Exhausted {
    size: usize,
}

/// The transaction ended before this statement.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Ended(&'static str);

pub(super) fn given_up() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, GivenUp))
}

pub(super) fn is_given_up(error: &io::Error) -> bool {
    error.get_ref().is_some_and(|inner| inner.is::<GivenUp>())
}

pub(super) fn exhausted(size: usize) -> sqlx::Error {
    sqlx::Error::Io(io::Error::other(Exhausted { size }))
}

/// What a transaction says that can do no more.
pub(super) fn ended(why: &'static str) -> sqlx::Error {
    sqlx::Error::Io(io::Error::other(Ended(why)))
}

pub(super) fn late(text: &str) -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, text))
}

pub(super) fn sqlstate(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// A login that the server does not accept (28P01, 28000): perhaps the password was rotated. PgBouncer before 1.20
/// says so in words alone.
pub(super) fn is_refused_login(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else {
        return false;
    };
    error.code().is_some_and(|code| {
        let words = ["authentication failed", "no such user"];
        let said = |word: &&str| error.message().contains(*word);
        code.starts_with("28") || code == "08P01" && words.iter().any(said)
    })
}

/// A server that is starting, ending, full or not listening yet: another attempt to connect may succeed.
pub(super) fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            io::ErrorKind::ConnectionRefused
                | io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::BrokenPipe
        ),
        error => sqlstate(error).is_some_and(|code| code.starts_with("57P") || code == "53300"),
    }
}

/// Whether the connection failed, and with it whatever was under way: nobody knows what became of that.
pub(super) fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => !error
            .get_ref()
            .is_some_and(|inner| inner.is::<Exhausted>() || inner.is::<Ended>()),
        sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => true,
        // Beside the server's end (57P…): an idle transaction was ended with its session.
        error => sqlstate(error).is_some_and(|code| {
            code.starts_with("57P") || code.starts_with("08") || code == "25P03"
        }),
    }
}

/// The server takes no writes: it may have been demoted, and the address now lead to another one.
pub(super) fn is_read_only(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| code == "25006")
}

/// The transaction may succeed if it is run again as a whole: a serialization failure, a deadlock.
pub(super) fn is_conflict(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| code == "40001" || code == "40P01")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn io(kind: io::ErrorKind) -> sqlx::Error {
        sqlx::Error::Io(kind.into())
    }

    #[test]
    fn a_statement_given_up_has_lost_its_connection_and_nothing_else_is_given_up() {
        let error = given_up();
        assert!(is_lost(&error) && !may_pass(&error));
        let sqlx::Error::Io(error) = error else {
            panic!("{error}");
        };
        assert!(is_given_up(&error));
        assert!(!is_given_up(&io::ErrorKind::TimedOut.into()));
    }

    #[test]
    fn what_is_said_of_the_pool_is_not_said_of_a_connection() {
        for error in [exhausted(2), ended("it is over"), sqlx::Error::PoolTimedOut] {
            assert!(!is_lost(&error), "{error}");
        }
        assert!(exhausted(2).to_string().contains("all 2 connections"));
        for lost in [
            io(io::ErrorKind::ConnectionReset),
            io(io::ErrorKind::TimedOut),
            sqlx::Error::Protocol("unexpected".into()),
        ] {
            assert!(is_lost(&lost), "{lost}");
        }
    }

    #[test]
    fn only_what_may_pass_is_connected_to_again() {
        assert!(may_pass(&io(io::ErrorKind::ConnectionRefused)));
        assert!(!may_pass(&io(io::ErrorKind::TimedOut)));
        assert!(!may_pass(&sqlx::Error::RowNotFound));
    }
}
