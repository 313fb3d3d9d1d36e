//! Where this workspace is, and how to run its cargo from within a test.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory of prebuilt binaries, for runs that cannot call cargo (as another user).
pub const BINARIES: &str = "POVERY_TEST_BINARIES";

/// The workspace's root directory.
#[must_use]
pub fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap_or(tests).to_owned()
}

/// The directory of prebuilt binaries, if one was given.
#[must_use]
pub fn prebuilt() -> Option<PathBuf> {
    env::var_os(BINARIES)
        .map(PathBuf::from)
        .filter(|dir| dir.is_dir())
}

/// The cargo target directory that this test program lies in (the one marked by cargo's
/// `CACHEDIR.TAG`), else the directory of prebuilt binaries.
///
/// # Panics
/// If there is neither.
#[must_use]
pub fn target_dir() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let marked = program
        .ancestors()
        .find(|dir| dir.join("CACHEDIR.TAG").is_file())
        .map(Path::to_owned);
    marked.or_else(prebuilt).unwrap_or_else(|| {
        panic!(
            "{} is in no cargo target directory, and {BINARIES} names none",
            program.display()
        )
    })
}

/// Where these tests keep what outlives a run.
#[must_use]
pub fn cache_dir() -> PathBuf {
    target_dir().join("povery-tests")
}

/// The cargo that runs this test.
#[must_use]
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    forget_outer_cargo(&mut command);
    command
}

/// Removes the variables that an outer `cargo test` sets for this package. Build scripts watch
/// some of them (ring's does), so with them every nested build would rebuild half the tree, and
/// the next outer build the same half again.
pub fn forget_outer_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let prefixes = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        let names = [
            "CARGO_PRIMARY_PACKAGE",
            "CARGO_TARGET_TMPDIR",
            "OUT_DIR",
            "TARGET",
        ];
        if prefixes.iter().any(|prefix| text.starts_with(prefix)) || names.contains(&&*text) {
            command.env_remove(&name);
        }
    }
}

/// Removes what would change where the application looks for its database, its secret or the
/// network: AWS, PostgreSQL, Lambda and proxy settings of whoever runs the tests.
pub fn forget_surroundings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let prefixes = ["AWS_", "DB_", "PG", "LAMBDA_", "PARAMETERS_", "POVERY_"];
        let lower = text.to_ascii_lowercase();
        let foreign = prefixes.iter().any(|prefix| text.starts_with(prefix))
            || lower.ends_with("_proxy")
            || text == "DATABASE_URL"
            || text == "PORT";
        if foreign {
            command.env_remove(&name);
        }
    }
}
