//! The command line of a program that runs locally.

use std::env;
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::template::Architecture;
use crate::environment::variable;

const PORT: u16 = 3000;

/// What the program is asked to do.
pub(super) enum Command {
    Serve {
        address: SocketAddr,
        unverified_claims: bool,
    },
    Routes,
    Template {
        program: String,
        architecture: Architecture,
    },
    #[cfg(feature = "postgres")]
    Migrate,
}

/// Serves the application over HTTP on this machine.
///
/// Deployed on AWS Lambda, or under `cargo lambda watch`, the same program serves invocations and
/// takes no arguments.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Line {
    #[command(subcommand)]
    command: Option<Word>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Subcommand)]
enum Word {
    /// Serve the application (the default)
    Serve(Serve),
    /// Print the route table
    Routes,
    /// Print an AWS SAM template of the application, for what `cargo lambda build` has built
    Template {
        /// The processor that it is built for
        #[arg(long, value_enum, default_value_t = Architecture::X86)]
        arch: Architecture,
    },
    /// Apply the migrations to the configured database
    #[cfg(feature = "postgres")]
    Migrate,
}

#[derive(Args)]
struct Serve {
    /// The port; 0 takes a free one [default: $PORT, else 3000]
    #[arg(long)]
    port: Option<u16>,
    /// The address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Believe the claims of bearer tokens, whoever has signed them (or POVERY_UNVERIFIED_CLAIMS=1)
    #[arg(long)]
    unverified_claims: bool,
}

impl Command {
    /// Reads the program's arguments; prints help or a usage error and ends the program for others.
    pub(super) fn from_args() -> Self {
        let name = env::args_os()
            .next()
            .as_deref()
            .map(Path::new)
            .and_then(Path::file_stem)
            .map(OsStr::to_owned);
        let name = name
            .and_then(|name| name.into_string().ok())
            .unwrap_or_else(|| "app".to_owned());
        let mut command = Line::command().name(name.clone());
        let matches = command.get_matches_mut();
        let line = Line::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let mut address = |serve: Serve| match serve.port.map_or_else(port_of_environment, Ok) {
            Ok(port) => Self::Serve {
                address: SocketAddr::new(serve.host, port),
                unverified_claims: serve.unverified_claims,
            },
            Err(text) => command.error(ErrorKind::InvalidValue, text).exit(),
        };
        match line.command {
            None => address(line.serve),
            Some(Word::Serve(serve)) => address(serve),
            Some(Word::Routes) => Self::Routes,
            Some(Word::Template { arch }) => Self::Template {
                program: name,
                architecture: arch,
            },
            #[cfg(feature = "postgres")]
            Some(Word::Migrate) => Self::Migrate,
        }
    }
}

fn port_of_environment() -> Result<u16, String> {
    match variable("PORT") {
        None => Ok(PORT),
        Some(port) => port
            .parse()
            .map_err(|_| format!("PORT must be a number from 0 to 65535, not `{port}`")),
    }
}
