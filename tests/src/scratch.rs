//! Directories for servers, and who works in them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use uuid::Uuid;

/// A new directory within reach of the user that runs a server, removed when dropped.
#[derive(Debug)]
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes one.
    ///
    /// # Panics
    /// If that is impossible.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Self {
        let dir = PathBuf::from(format!("/var/tmp/povery-test-{}", Uuid::new_v4().simple()));
        fs::create_dir(&dir).expect("a directory can be made in /var/tmp");
        fs::set_permissions(&dir, Permissions::from_mode(0o755)).expect("it is ours");
        Self(dir)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::set_permissions(&self.0, Permissions::from_mode(0o700));
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The processes that work in that directory, as every process of a PostgreSQL does in its data.
///
/// # Panics
/// If `/proc` cannot be read.
#[must_use]
pub fn processes_in(dir: &Path) -> Vec<i32> {
    let processes = fs::read_dir("/proc").expect("Linux").flatten();
    processes
        .filter(|entry| {
            fs::read_link(entry.path().join("cwd")).is_ok_and(|cwd| cwd.starts_with(dir))
        })
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}
