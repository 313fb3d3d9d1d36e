//! The lock that makes one process the owner of a cluster.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::error::LaunchError;
use super::owned;

/// A lock file that is held until this is dropped. The system lets go of it as well when the process ends.
pub(super) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Takes the lock if nobody holds it. Another user's file is an error, as that user could hold it for ever.
    pub(super) fn try_take(path: &Path) -> Result<Option<Self>, LaunchError> {
        let file = owned::open(OpenOptions::new().create(true).append(true), path)
            .map_err(LaunchError::shared_file("open", path))?;
        match file.try_lock() {
            Ok(()) => {
                let lock = Self {
                    file,
                    path: path.to_path_buf(),
                };
                Ok(lock.is_in_place().then_some(lock))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(LaunchError::File {
                what: "lock",
                path: path.to_path_buf(),
                source,
            }),
        }
    }

    /// Whether the path still leads to the file that is locked. After `cargo clean` it does not, and another process may
    /// hold a newer file of that name.
    pub(super) fn is_in_place(&self) -> bool {
        match (self.file.metadata(), std::fs::symlink_metadata(&self.path)) {
            (Ok(held), Ok(found)) => (held.dev(), held.ino()) == (found.dev(), found.ino()),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excludes_and_notices_removal() {
        let path = std::env::temp_dir().join(format!(
            "povery-test-{}.lock",
            uuid::Uuid::new_v4().simple()
        ));
        let held = Lock::try_take(&path).unwrap().unwrap();
        assert!(Lock::try_take(&path).unwrap().is_none());
        assert!(held.is_in_place());
        std::fs::remove_file(&path).unwrap();
        assert!(!held.is_in_place());
        drop(held);
        assert!(Lock::try_take(&path).unwrap().is_some());
        std::fs::remove_file(&path).unwrap();
    }
}
