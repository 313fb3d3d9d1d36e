//! The cluster's files: made by `initdb`, and made usable again when the password is lost.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::Signal;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::AsyncWriteExt;

use super::account::Account;
use super::child;
use super::connection::USER;
use super::error::LaunchError;
use super::place::Places;
use super::search::Binaries;
use super::state::write_secret;

/// Whether a complete cluster is there. What is not one is set aside, never deleted: it may be someone's data.
pub(super) fn is_complete(places: &Places, account: &Account) -> Result<bool, LaunchError> {
    let data = &places.data;
    let found = match fs::symlink_metadata(data) {
        Ok(found) => found,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(LaunchError::shared_file("look at", data)(error)),
    };
    if found.uid() != account.uid {
        return Err(LaunchError::OtherUser { path: data.clone() });
    }
    if data.join("PG_VERSION").is_file() && data.join("global/pg_control").is_file() {
        return Ok(true);
    }
    let mut aside = data.clone().into_os_string();
    aside.push(format!(".incomplete-{}", uuid::Uuid::new_v4().simple()));
    tracing::warn!(
        "{} holds no complete cluster; it is moved to {}",
        data.display(),
        Path::new(&aside).display()
    );
    fs::rename(data, &aside).map_err(LaunchError::file("move", data))?;
    Ok(false)
}

/// Runs `initdb` beside the data directory and renames the result, so that an interrupted one is never mistaken for a
/// cluster.
pub(super) async fn initialise(
    binaries: &Binaries,
    account: &Account,
    places: &Places,
    password: &SecretString,
    limit: Duration,
) -> Result<(), LaunchError> {
    let password_file = Removed(places.password());
    write_secret(&password_file.0, password.expose_secret().as_bytes())?;
    account.own(&password_file.0)?;
    let unfinished = places.unfinished();
    let mut failure = String::new();
    for locale in locales(binaries.version.major) {
        remove_tree(&unfinished)?;
        DirBuilder::new()
            .mode(0o700)
            .create(&unfinished)
            .map_err(LaunchError::file("create", &unfinished))?;
        account.own(&unfinished)?;
        // SIGKILL: what it leaves is removed by the next attempt, and its own child ends with its pipe.
        let mut initdb =
            child::postgres_program(&binaries.program("initdb"), account, Signal::KILL);
        initdb
            .arg("-D")
            .arg(&unfinished)
            .arg("--pwfile")
            .arg(&password_file.0);
        initdb
            .args([
                "--username",
                USER,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-sync",
            ])
            .args(*locale);
        let printed = child::output(initdb, "initdb", limit).await?;
        if printed.status.success() {
            return fs::rename(&unfinished, &places.data)
                .map_err(LaunchError::file("rename to", &places.data));
        }
        failure = child::last_lines(&[printed.stdout, printed.stderr].concat(), 8);
    }
    remove_tree(&unfinished)?;
    Err(LaunchError::Initialise {
        program: "initdb",
        data: places.data.clone(),
        output: failure,
    })
}

/// Unicode letters but the order of bytes, which differs on no machine; where the system lacks it, `C`.
fn locales(major: u32) -> &'static [&'static [&'static str]] {
    match major {
        17.. => &[&[
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ]],
        _ => &[&["--locale=C.UTF-8"], &["--locale=C"]],
    }
}

fn remove_tree(dir: &Path) -> Result<(), LaunchError> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(LaunchError::file("remove", dir)(error))
        }
        _ => Ok(()),
    }
}

/// Gives the superuser a new password where the state file with the old one is lost. Only the owner of the files can do
/// this: it needs a server in single-user mode.
pub(super) async fn reset_password(
    binaries: &Binaries,
    account: &Account,
    places: &Places,
    password: &SecretString,
    limit: Duration,
) -> Result<(), LaunchError> {
    let program = binaries.program("postgres");
    let run = |source| LaunchError::Run {
        program: program.clone(),
        source,
    };
    let mut single = child::postgres_program(&program, account, Signal::QUIT);
    single.args(["--single", "-D"]).arg(&places.data);
    // The statement is a secret, so that not even its failure may be logged with it.
    for setting in [
        "log_min_error_statement=panic",
        "log_statement=none",
        "password_encryption=scram-sha-256",
    ] {
        single.arg("-c").arg(setting);
    }
    single
        .arg("postgres")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = single.spawn().map_err(run)?;
    if let Some(mut input) = child.stdin.take() {
        let statement = format!(
            "ALTER ROLE {USER} PASSWORD '{}'\n",
            password.expose_secret()
        );
        // Less than any pipe holds, so that this never waits.
        input.write_all(statement.as_bytes()).await.map_err(run)?;
    }
    let status = child::wait(&mut child, "`postgres --single`", limit).await?;
    if status.success() {
        tracing::warn!(
            "the password of {} was lost; it has a new one",
            places.data.display()
        );
        return Ok(());
    }
    let output = format!("single-user mode ended with {status}");
    Err(LaunchError::Initialise {
        program: "postgres",
        data: places.data.clone(),
        output,
    })
}

/// A file that is removed on every way out.
struct Removed(std::path::PathBuf);

impl Drop for Removed {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}
