//! The users application, built once per test process.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

use serde_json::Value;

use crate::process::Guarded;
use crate::workspace;

/// A cold build of the whole tree on a small machine.
const BUILD_BOUND: Duration = Duration::from_mins(30);

/// Which build of the users application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variant {
    /// As `cargo run -p users` builds it, with the local server and the database launcher.
    Default,
    /// As it is deployed: `--no-default-features`.
    Deployed,
}

/// The path of the users binary. Built by cargo on first use, unless `POVERY_TEST_BINARIES` names a
/// directory with `users` and `deployed/users`.
///
/// # Panics
/// If the build fails; cargo's messages are shown.
#[must_use]
pub fn users_binary(variant: Variant) -> PathBuf {
    static DEFAULT: Built = OnceLock::new();
    static DEPLOYED: Built = OnceLock::new();
    let cell = match variant {
        Variant::Default => &DEFAULT,
        Variant::Deployed => &DEPLOYED,
    };
    let result = cell.get_or_init(|| match workspace::prebuilt() {
        Some(dir) => prebuilt(&dir, variant),
        None => build(variant),
    });
    result.clone().unwrap_or_else(|problem| panic!("{problem}"))
}

/// The binary or, told again to every test that asks, why there is none.
type Built = OnceLock<Result<PathBuf, String>>;

fn prebuilt(dir: &Path, variant: Variant) -> Result<PathBuf, String> {
    let path = match variant {
        Variant::Default => dir.join("users"),
        Variant::Deployed => dir.join("deployed").join("users"),
    };
    if path.is_file() {
        return Ok(path);
    }
    let variable = workspace::BINARIES;
    Err(format!(
        "{variable} is set, and there is no {}",
        path.display()
    ))
}

fn build(variant: Variant) -> Result<PathBuf, String> {
    let mut cargo = workspace::cargo();
    cargo.args(["build", "-p", "users", "--bin", "users"]);
    cargo.args(["--message-format=json-render-diagnostics", "--target-dir"]);
    match variant {
        Variant::Default => cargo.arg(workspace::target_dir()),
        // Its own directory: the two builds would overwrite each other's binary.
        Variant::Deployed => cargo
            .arg(workspace::cache_dir().join("deployed"))
            .arg("--no-default-features"),
    };
    let what = format!("{cargo:?}");
    let building = Guarded::spawn("cargo build", cargo);
    let ended = building.wait(BUILD_BOUND);
    let (messages, words): (Vec<_>, Vec<_>) = building
        .lines()
        .into_iter()
        .partition(|line| line.starts_with('{'));
    let words = words.join("\n");
    match ended {
        Err(still) => return Err(format!("{what}: {still} after {BUILD_BOUND:?}:\n{words}")),
        Ok(ended) if !ended.success() => return Err(format!("{what} {ended}:\n{words}")),
        Ok(_) => {}
    }
    messages
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .find_map(|message| executable(&message))
        .ok_or_else(|| format!("{what} built no binary named users:\n{words}"))
}

/// The path in cargo's message about the users binary.
fn executable(message: &Value) -> Option<PathBuf> {
    let target = &message["target"];
    let ours = message["reason"] == "compiler-artifact"
        && target["name"] == "users"
        && target["kind"][0] == "bin";
    let path = message["executable"].as_str()?;
    ours.then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn finds_the_executable_among_cargos_messages() {
        let message = json!({
            "reason": "compiler-artifact",
            "target": {"kind": ["bin"], "name": "users"},
            "executable": "/t/debug/users",
        });
        assert_eq!(executable(&message), Some(PathBuf::from("/t/debug/users")));
        assert_eq!(
            executable(&json!({"reason": "build-finished", "success": true})),
            None
        );
    }
}
