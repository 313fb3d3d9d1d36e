//! The user that the server runs as, and where that user gets to.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use tokio::process::Command;

use super::error::LaunchError;

/// The user of the server's processes and data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether that is someone else than this process, which then is root.
    pub(super) switched: bool,
}

impl Account {
    /// This process's own user; for root, which PostgreSQL refuses, `postgres` or else `nobody`.
    pub(super) fn of_server() -> Result<Self, LaunchError> {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            let gid = rustix::process::getegid().as_raw();
            return Ok(Self {
                uid: uid.as_raw(),
                gid,
                switched: false,
            });
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"]
            .iter()
            .find_map(|name| Self::listed(&passwd, name))
            .ok_or(LaunchError::NoAccount)
    }

    fn listed(passwd: &str, name: &str) -> Option<Self> {
        let mut fields = passwd
            .lines()
            .map(|line| line.split(':'))
            .find_map(|mut fields| {
                let matches = fields.next() == Some(name);
                matches.then_some(fields)
            })?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        (uid != 0).then_some(Self {
            uid,
            gid,
            switched: true,
        })
    }

    /// For root: whoever owns the data that is there already keeps it, should `postgres` have been added since.
    pub(super) fn keeping(self, data: &Path) -> Self {
        match fs::symlink_metadata(data) {
            Ok(found) if self.switched && found.is_dir() && found.uid() != 0 => Self {
                uid: found.uid(),
                gid: found.gid(),
                ..self
            },
            _ => self,
        }
    }

    /// Makes `command` run as this user. std then clears the supplementary groups as well.
    pub(super) fn apply(&self, command: &mut Command) {
        if self.switched {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Gives `path` to this user.
    pub(super) fn own(&self, path: &Path) -> Result<(), LaunchError> {
        if self.switched {
            std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
                .map_err(LaunchError::file("change the owner of", path))?;
        }
        Ok(())
    }

    /// Whether this user may enter `dir` from the root down. `dir` is canonical. For another user, groups beside the first
    /// do not count, as the server is given none.
    pub(super) fn reaches(&self, dir: &Path) -> bool {
        if !self.switched {
            return dir.is_dir() && rustix::fs::access(dir, rustix::fs::Access::EXEC_OK).is_ok();
        }
        dir.ancestors().all(|ancestor| {
            fs::metadata(ancestor).is_ok_and(|found| found.is_dir() && self.may_enter(&found))
        })
    }

    fn may_enter(&self, found: &fs::Metadata) -> bool {
        let shift = match () {
            () if found.uid() == self.uid => 6,
            () if found.gid() == self.gid => 3,
            () => 0,
        };
        (found.mode() >> shift) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::Account;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65533:nobody:/nonexistent:/usr/sbin/nologin\n";

    #[test]
    fn reads_the_user_list() {
        assert_eq!(
            Account::listed(PASSWD, "nobody"),
            Some(Account {
                uid: 65534,
                gid: 65533,
                switched: true
            })
        );
        assert_eq!(Account::listed(PASSWD, "postgres"), None);
        assert_eq!(Account::listed(PASSWD, "root"), None, "never as root");
    }

    #[test]
    fn a_directory_closed_above_is_out_of_reach() {
        let other = Account {
            uid: 61_234,
            gid: 61_234,
            switched: true,
        };
        assert!(other.reaches("/usr/bin".as_ref()));
        assert!(!other.reaches("/proc/1/fd".as_ref()), "0500 root");
    }
}
