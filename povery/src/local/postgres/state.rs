//! What the owner tells those who attach: a small file that only the same user may read.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::LaunchError;
use super::owned;
use super::version::Version;

/// The port and the password of a cluster, kept between starts.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) port: u16,
    pub(super) password: SecretString,
    pub(super) version: Version,
    /// The process id of the server while it answers. Nobody sends the password to the port otherwise: without our
    /// server behind it, anything may listen there.
    pub(super) server: Option<u32>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    port: u16,
    password: String,
    version: Version,
    server: Option<u32>,
}

impl State {
    /// A state with a new password and no port yet.
    pub(super) fn new(version: Version) -> Self {
        let password = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        Self {
            port: 0,
            password: password.into(),
            version,
            server: None,
        }
    }

    /// Reads the file; `None` if it is not there or is damaged. One that another user wrote is an error: it could lead to
    /// that user's server.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, LaunchError> {
        let mut text = String::new();
        let read = owned::open(OpenOptions::new().read(true), path)
            .and_then(|mut file| file.read_to_string(&mut text));
        match read {
            Ok(_) => {}
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::InvalidData
                ) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(LaunchError::shared_file("read", path)(error)),
        }
        let state = serde_json::from_str::<Stored>(&text)
            .ok()
            .map(|stored| Self {
                port: stored.port,
                password: stored.password.into(),
                version: stored.version,
                server: stored.server,
            });
        // The password goes into SQL and URLs unquoted.
        Ok(state.filter(|state| {
            let password = state.password.expose_secret();
            !password.is_empty() && password.bytes().all(|byte| byte.is_ascii_alphanumeric())
        }))
    }

    /// Replaces the file, so that a reader sees the old or the new one.
    pub(super) fn write(&self, path: &Path) -> Result<(), LaunchError> {
        let stored = Stored {
            port: self.port,
            password: self.password.expose_secret().to_owned(),
            version: self.version,
            server: self.server,
        };
        let mut next = path.to_path_buf().into_os_string();
        next.push(".next");
        let next = Path::new(&next);
        let text = serde_json::to_vec(&stored)
            .map_err(|error| LaunchError::file("write", path)(error.into()))?;
        write_secret(next, &text)?;
        fs::rename(next, path).map_err(LaunchError::shared_file("replace", path))
    }
}

/// Writes a new file with mode 0600, in place of one that a killed process may have left.
pub(super) fn write_secret(path: &Path, content: &[u8]) -> Result<(), LaunchError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(LaunchError::shared_file("replace", path)(error));
        }
        _ => {}
    }
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .map_err(LaunchError::shared_file("write", path))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn is_kept_closed_and_survives_damage() {
        let path =
            std::env::temp_dir().join(format!("povery-test-{}.json", Uuid::new_v4().simple()));
        assert!(State::read(&path).unwrap().is_none());
        let state = State {
            port: 4711,
            ..State::new(Version {
                major: 15,
                minor: 1,
            })
        };
        state.write(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let read = State::read(&path).unwrap().unwrap();
        assert_eq!((read.port, read.server), (4711, None));
        assert_eq!(
            read.password.expose_secret(),
            state.password.expose_secret()
        );
        assert_eq!(state.password.expose_secret().len(), 64);
        assert!(!format!("{state:?}").contains(state.password.expose_secret()));
        fs::write(&path, "{\"port\":").unwrap();
        assert!(State::read(&path).unwrap().is_none());
        fs::remove_file(&path).unwrap();
    }
}
