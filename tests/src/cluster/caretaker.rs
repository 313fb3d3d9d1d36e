//! A directory for a server, and who ends what runs there and removes it, however the test process ends.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// Waits for the end of its input, which the test process holds, then ends the server in `$0` at once, and
/// whatever else works there, and removes the directory. Every process of a PostgreSQL works in its data.
const SCRIPT: &str = r#"
trap '' TERM INT HUP
read -r line
read -r server <"$0/data/postmaster.pid" 2>/dev/null && kill -QUIT "$server" && kill -CONT "$server" && sleep 0.1
for process in /proc/[0-9]*; do
    case $(readlink "$process/cwd" 2>/dev/null) in "$0"*) kill -KILL "${process#/proc/}" ;; esac
done
rm -rf "$0"
"#;

/// A directory within reach of the server's user. It and what runs there end when this is dropped.
#[derive(Debug)]
pub(super) struct Caretaker {
    path: PathBuf,
    process: Mutex<Option<(Child, ChildStdin)>>,
}

impl Caretaker {
    /// Makes a directory for that user.
    pub(super) fn new((uid, gid): (u32, u32)) -> Self {
        let name = format!("povery-faults-{}", Uuid::new_v4().simple());
        let path = PathBuf::from("/var/tmp").join(name);
        fs::create_dir(&path).expect("a directory can be made in /var/tmp");
        fs::set_permissions(&path, Permissions::from_mode(0o700)).expect("it is ours");
        if rustix::process::geteuid().is_root() {
            std::os::unix::fs::chown(&path, Some(uid), Some(gid)).expect("root gives it away");
        }
        let mut process = Command::new("/bin/sh")
            .arg("-c")
            .arg(SCRIPT)
            .arg(&path)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .current_dir("/")
            .process_group(0)
            .spawn()
            .expect("/bin/sh can be run");
        let leash = process.stdin.take().expect("it was asked for");
        Self {
            path,
            process: Mutex::new(Some((process, leash))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// Ends the server, and waits until the directory is gone.
    pub(super) fn end(&self) {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((mut process, leash)) = process.take() {
            drop(leash);
            let _ = process.wait();
        }
    }
}

impl Drop for Caretaker {
    fn drop(&mut self) {
        self.end();
    }
}
