//! A directory that only the server's user may enter, for what cannot lie where it should.

use std::fs::{self, DirBuilder, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::download::hex_digest;
use super::error::LaunchError;

/// Makes, or finds again, the private directory that belongs to `key`.
pub(super) fn directory(key: &Path, account: &Account) -> Result<PathBuf, LaunchError> {
    let temporary = std::env::temp_dir();
    directory_in(
        &[Path::new("/var/tmp"), Path::new("/tmp"), &temporary],
        key,
        account,
    )
}

fn directory_in(parents: &[&Path], key: &Path, account: &Account) -> Result<PathBuf, LaunchError> {
    let digest = hex_digest(key.as_os_str().as_bytes());
    let name = format!("povery-{}-{}", account.uid, &digest[..16]);
    let mut refused = Vec::new();
    for parent in parents {
        let dir = match parent.canonicalize() {
            Ok(parent) if account.reaches(&parent) => parent.join(&name),
            _ => {
                refused.push(format!("{} cannot be entered", parent.display()));
                continue;
            }
        };
        match claim(&dir, account) {
            Ok(()) => return Ok(dir),
            Err(reason) => refused.push(format!("{}: {reason}", dir.display())),
        }
    }
    Err(LaunchError::PrivateDirectory {
        reason: refused.join("; "),
    })
}

/// Others may write beside it, so that nothing about a directory that is there already is taken on trust.
fn claim(dir: &Path, account: &Account) -> Result<(), String> {
    let said = |error: std::io::Error| error.to_string();
    match DirBuilder::new().mode(0o700).create(dir) {
        Ok(()) => {
            account.own(dir).map_err(|error| error.to_string())?;
            // The umask may have taken bits away.
            fs::set_permissions(dir, Permissions::from_mode(0o700)).map_err(said)?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(said(error)),
    }
    let found = fs::symlink_metadata(dir).map_err(said)?;
    match () {
        () if !found.is_dir() => Err("it is no directory".to_owned()),
        () if account.switched && found.uid() == 0 && found.mode() & 0o7777 == 0o700 => {
            // A root process was killed between making it and giving it away.
            account.own(dir).map_err(|error| error.to_string())
        }
        () if found.uid() != account.uid => Err(format!("it belongs to user {}", found.uid())),
        () if found.mode() & 0o077 != 0 => Err("others may enter it".to_owned()),
        () => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn only_an_own_closed_directory_will_do() {
        let root = PathBuf::from(format!(
            "/var/tmp/povery-test-{}",
            uuid::Uuid::new_v4().simple()
        ));
        fs::create_dir(&root).unwrap();
        fs::set_permissions(&root, Permissions::from_mode(0o755)).unwrap();
        let account = Account::of_server().unwrap();
        let key = Path::new("/some/base");

        let dir = directory_in(&[&root], key, &account).unwrap();
        assert_eq!(
            directory_in(&[&root], key, &account).unwrap(),
            dir,
            "the same base, the same directory"
        );
        assert_ne!(
            directory_in(&[&root], Path::new("/other"), &account).unwrap(),
            dir
        );
        assert_eq!(fs::metadata(&dir).unwrap().mode() & 0o777, 0o700);

        fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
        let refused = directory_in(&[&root], key, &account)
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains("others may enter it") && refused.contains("POVERY_DATA_DIR"),
            "{refused}"
        );

        fs::remove_dir(&dir).unwrap();
        symlink("/tmp", &dir).unwrap();
        let refused = directory_in(&[&root], key, &account)
            .unwrap_err()
            .to_string();
        assert!(refused.contains("no directory"), "{refused}");
        fs::remove_dir_all(&root).unwrap();
    }
}
