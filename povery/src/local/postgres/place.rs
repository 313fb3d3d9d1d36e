//! Where the cluster lies, and the files beside it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use super::account::Account;
use super::error::LaunchError;
use super::private;

/// The directory that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// This one and no other: data of its user's would seem to be gone elsewhere.
    Only {
        /// Who asked for it.
        asked_by: &'static str,
        dir: PathBuf,
    },
    /// This one, if the server's user gets there; else a private one.
    At(PathBuf),
    /// A private one from the start, as nothing says where this program's files go.
    Private {
        /// What it is keyed by.
        key: PathBuf,
    },
}

impl Base {
    /// `POVERY_DATA_DIR`, or `povery` in the cargo target directory that this program was built in.
    pub(super) fn from_env() -> Self {
        let variable = "POVERY_DATA_DIR";
        let asked = std::env::var_os(variable).filter(|dir| !dir.is_empty());
        if let Some(dir) = asked {
            return Self::Only {
                asked_by: variable,
                dir: dir.into(),
            };
        }
        let program = std::env::current_exe().ok();
        match program.as_deref().and_then(target_directory) {
            Some(target) => Self::At(target.join("povery")),
            None => Self::Private {
                key: std::env::current_dir().unwrap_or_default(),
            },
        }
    }

    /// The directory to use, made if it is not there.
    pub(super) fn settle(&self, account: &Account) -> Result<PathBuf, LaunchError> {
        let (key, reason) = match self {
            Self::Only { asked_by, dir } => {
                let usable = std::path::absolute(dir)
                    .map_err(|error| error.to_string())
                    .and_then(|dir| usable(&dir, account));
                return usable.map_err(|reason| LaunchError::UnusableData {
                    asked_by,
                    dir: dir.clone(),
                    reason,
                });
            }
            Self::Private { key } => (
                key.clone(),
                "this program lies in no cargo target directory".to_owned(),
            ),
            Self::At(dir) => {
                let dir = std::path::absolute(dir).map_err(LaunchError::file("resolve", dir))?;
                match usable(&dir, account) {
                    Ok(dir) => return Ok(dir),
                    Err(reason) => (dir, reason),
                }
            }
        };
        let dir = private::directory(&key, account)?;
        tracing::info!("PostgreSQL's data goes to {}, as {reason}", dir.display());
        Ok(dir)
    }
}

/// The nearest directory above `program` that cargo marked as its own.
fn target_directory(program: &Path) -> Option<&Path> {
    program
        .ancestors()
        .skip(1)
        .find(|dir| dir.join("CACHEDIR.TAG").is_file())
}

/// The canonical form of `dir`, made if needed, or why the server's user cannot keep data there.
pub(super) fn usable(dir: &Path, account: &Account) -> Result<PathBuf, String> {
    let missing: Vec<&Path> = dir
        .ancestors()
        .take_while(|ancestor| !ancestor.exists())
        .collect();
    // Look before making anything: a directory that nobody will use would only confuse.
    let standing = dir.ancestors().nth(missing.len()).unwrap_or(Path::new("/"));
    let standing = standing
        .canonicalize()
        .map_err(|error| format!("{}: {error}", standing.display()))?;
    if !standing.is_dir() {
        return Err(format!("{} is no directory", standing.display()));
    }
    if !account.reaches(&standing) {
        return Err(format!(
            "the server's user cannot enter {}",
            standing.display()
        ));
    }
    for part in missing.iter().rev() {
        match fs::create_dir(part) {
            Ok(()) if account.switched => fs::set_permissions(part, Permissions::from_mode(0o755)),
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(()),
        }
        .map_err(|error| format!("{} cannot be made: {error}", part.display()))?;
    }
    let dir = dir
        .canonicalize()
        .map_err(|error| format!("{}: {error}", dir.display()))?;
    rustix::fs::access(&dir, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|error| format!("{} cannot be written: {error}", dir.display()))?;
    if account.switched {
        can_give_away(&dir, account)
            .map_err(|error| format!("{} cannot hold its files: {error}", dir.display()))?;
    }
    Ok(dir)
}

/// Root does not own everything everywhere: some network and shared file systems refuse it.
fn can_give_away(dir: &Path, account: &Account) -> std::io::Result<()> {
    let probe = dir.join(format!(".{}", uuid::Uuid::new_v4().simple()));
    fs::create_dir(&probe)?;
    let given = std::os::unix::fs::chown(&probe, Some(account.uid), Some(account.gid));
    fs::remove_dir(&probe)?;
    given
}

/// The paths of one cluster: the data directory and what lies beside it.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) data: PathBuf,
}

impl Places {
    pub(super) fn new(base: &Path, major: u32) -> Self {
        Self {
            data: base.join(format!("postgres-{major}")),
        }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.data.clone().into_os_string();
        path.push(suffix);
        path.into()
    }

    /// Held by the owner; never removed, as a lock on a removed file excludes nobody.
    pub(super) fn lock(&self) -> PathBuf {
        self.beside(".lock")
    }

    /// Port and password, for those who attach.
    pub(super) fn state(&self) -> PathBuf {
        self.beside(".json")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.beside(".log")
    }

    /// Where `initdb` works; renamed to `data` when it is done, so that `data` is complete or absent.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.beside(".unfinished")
    }

    /// The password for `initdb`, while that runs.
    pub(super) fn password(&self) -> PathBuf {
        self.beside(".password")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_target_directory_by_its_tag() {
        let root =
            std::env::temp_dir().join(format!("povery-test-{}", uuid::Uuid::new_v4().simple()));
        let program = root.join("target/debug/deps/some-test");
        fs::create_dir_all(program.parent().unwrap()).unwrap();
        assert_eq!(target_directory(&program), None);
        fs::write(root.join("target/CACHEDIR.TAG"), "").unwrap();
        assert_eq!(
            target_directory(&program),
            Some(root.join("target").as_path())
        );
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_was_asked_for_is_used_or_refused() {
        let account = Account::of_server().unwrap();
        let root = PathBuf::from(format!(
            "/var/tmp/povery-test-{}",
            uuid::Uuid::new_v4().simple()
        ));
        fs::create_dir(&root).unwrap();
        let settled = |dir: &Path| {
            Base::Only {
                asked_by: "POVERY_DATA_DIR",
                dir: dir.to_path_buf(),
            }
            .settle(&account)
        };
        fs::set_permissions(&root, Permissions::from_mode(0o755)).unwrap();
        assert_eq!(settled(&root.join("a/b")).unwrap(), root.join("a/b"));

        // For root the server's user is another; an ordinary user shuts itself out.
        let mode = if account.switched { 0o700 } else { 0o500 };
        fs::set_permissions(&root, Permissions::from_mode(mode)).unwrap();
        for (dir, why) in [
            (Path::new("/etc/passwd/x"), "/etc/passwd is no directory"),
            (Path::new("/proc/nope"), "/proc/nope cannot be made"),
            (&root.join("closed"), "cannot"),
        ] {
            let refused = settled(dir).unwrap_err();
            assert!(
                matches!(&refused, LaunchError::UnusableData { dir: named, .. } if named == dir),
                "{refused}"
            );
            let text = refused.to_string();
            for part in ["POVERY_DATA_DIR names", why, "or unset it"] {
                assert!(text.contains(part), "{part:?} is missing in: {text}");
            }
        }
        fs::set_permissions(&root, Permissions::from_mode(0o700)).unwrap();
        fs::remove_dir_all(&root).unwrap();
    }
}
