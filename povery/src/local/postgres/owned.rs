//! Files beside the cluster that decide where this process connects to.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;

/// Opens a regular file of this process's own user. In a directory where others may write too, one of them could have put
/// a file there that leads to their server; that is a refused permission.
pub(super) fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    // Without waiting: somebody's FIFO would hold the open for ever.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = options
        .mode(0o600)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    // What was opened, not what the path leads to by now.
    let found = file.metadata()?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    if !found.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::chown;

    use super::super::error::LaunchError;
    use super::super::lock::Lock;
    use super::super::state::State;
    use super::super::version::Version;

    #[test]
    fn only_an_own_lock_and_state_are_believed() {
        let path = std::env::temp_dir().join(format!(
            "povery-test-{}.json",
            uuid::Uuid::new_v4().simple()
        ));
        let version = Version {
            major: 15,
            minor: 1,
        };
        State::new(version).write(&path).unwrap();
        assert!(State::read(&path).unwrap().is_some());
        assert!(Lock::try_take(&path).unwrap().is_some());
        if rustix::process::geteuid().is_root() {
            chown(&path, Some(61_234), None).unwrap();
            for refused in [
                State::read(&path).unwrap_err(),
                Lock::try_take(&path).map(|_| ()).unwrap_err(),
            ] {
                assert!(
                    matches!(&refused, LaunchError::OtherUser { path: named } if *named == path),
                    "{refused}"
                );
            }
        }
        fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_fifo_is_refused_at_once() {
        let path = std::env::temp_dir().join(format!(
            "povery-test-{}.fifo",
            uuid::Uuid::new_v4().simple()
        ));
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let refused = State::read(&path).unwrap_err();
        assert!(matches!(refused, LaunchError::File { .. }), "{refused}");
        assert!(Lock::try_take(&path).is_err());
        fs::remove_file(&path).unwrap();
    }
}
