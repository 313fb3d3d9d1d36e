//! The Python-packaged tools that some tests drive, at pinned versions.
//!
//! A tool on `PATH` is used as it is. Otherwise all of them are installed, once, into a virtual
//! environment in the target directory.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::process::Guarded;
use crate::workspace;

/// What is installed when a tool is missing.
const PINS: [&str; 3] = [
    "cargo-lambda==1.9.2",
    "cfn-lint==1.51.0",
    "moto[server]==5.2.5",
];

const WAYS_OUT: &str =
    "install python3 with venv, or put cargo-lambda / cfn-lint / moto_server on PATH";

/// How long a tool may take to say that it works.
const PROOF_BOUND: Duration = Duration::from_mins(1);
/// How long an installation may take.
const INSTALL_BOUND: Duration = Duration::from_mins(10);

/// The program `cargo-lambda`; its first argument is `lambda`.
///
/// # Panics
/// If there is none and it cannot be installed; the message says what to do.
#[must_use]
pub fn cargo_lambda() -> PathBuf {
    static FOUND: Found = OnceLock::new();
    found(&FOUND, "cargo-lambda", &["lambda", "--version"])
}

/// The program `cfn-lint`, which reads templates as AWS SAM and CloudFormation do, without asking them.
///
/// # Panics
/// If there is none and it cannot be installed; the message says what to do.
#[must_use]
pub fn cfn_lint() -> PathBuf {
    static FOUND: Found = OnceLock::new();
    found(&FOUND, "cfn-lint", &["--version"])
}

/// The program `moto_server`.
///
/// # Panics
/// If there is none and it cannot be installed; the message says what to do.
#[must_use]
pub fn moto_server() -> PathBuf {
    static FOUND: Found = OnceLock::new();
    found(&FOUND, "moto_server", &["--help"])
}

/// What was found or, told again to every test that asks, why there is nothing.
type Found = OnceLock<Result<PathBuf, String>>;

fn found(cell: &Found, name: &str, proof: &[&str]) -> PathBuf {
    let result = cell.get_or_init(|| {
        let finder = Finder {
            path: env::var_os("PATH").unwrap_or_default(),
            cache: workspace::cache_dir(),
        };
        finder.find(name, proof)
    });
    result.clone().unwrap_or_else(|problem| panic!("{problem}"))
}

/// Where to look and where to install.
struct Finder {
    path: OsString,
    cache: PathBuf,
}

impl Finder {
    fn find(&self, name: &str, proof: &[&str]) -> Result<PathBuf, String> {
        if let Some(program) = self.on_path(name, proof) {
            return Ok(program);
        }
        let venv = self.cache.join(format!("venv-{}", fingerprint()));
        let tool = venv.join("bin").join(name);
        if is_complete(&venv) {
            return Ok(tool);
        }
        let because = |problem: String| format!("{name} is missing and {problem}\n{WAYS_OUT}");
        let python = self.on_path("python3", &["--version"]).ok_or_else(|| {
            because("there is no working python3 on PATH to install it with".into())
        })?;
        self.install(&python, &venv).map_err(because)?;
        Ok(tool)
    }

    /// The first program of that name on the path that works: a version manager's shim may be
    /// there without the program behind it.
    fn on_path(&self, name: &str, proof: &[&str]) -> Option<PathBuf> {
        env::split_paths(&self.path)
            .map(|dir| dir.join(name))
            .filter(|program| program.is_absolute() && program.is_file())
            .find(|program| self.run(program, proof, PROOF_BOUND).is_ok())
    }

    /// Installs under a lock. It is not built elsewhere and renamed, because scripts in a virtual
    /// environment name its directory; the marker written last tells a finished one.
    fn install(&self, python: &Path, venv: &Path) -> Result<(), String> {
        let told = |what: &str, error: std::io::Error| {
            format!("{} could not be {what}: {error}", venv.display())
        };
        fs::create_dir_all(&self.cache).map_err(|error| told("created", error))?;
        let lock =
            File::create(venv.with_extension("lock")).map_err(|error| told("locked", error))?;
        lock.lock().map_err(|error| told("locked", error))?;
        if is_complete(venv) {
            return Ok(());
        }
        self.fill(python, venv)?;
        File::create(marker(venv)).map_err(|error| told("marked", error))?;
        Ok(())
    }

    /// Makes the environment and installs into it.
    fn fill(&self, python: &Path, venv: &Path) -> Result<(), String> {
        let inside = venv.join("bin").join("python3");
        let mut pip: Vec<&OsStr> = vec!["-m".as_ref(), "pip".as_ref()];
        let runner = match self.make(python, venv, &["-m", "venv"]) {
            Ok(()) => &inside,
            Err(problem) => {
                // Debian may ship venv without ensurepip; there the system's pip can do it.
                self.make(python, venv, &["-m", "venv", "--without-pip"])
                    .map_err(|second| format!("{problem}\nand then {second}"))?;
                pip.extend(["--python".as_ref(), inside.as_os_str()]);
                python
            }
        };
        pip.push("install".as_ref());
        pip.extend(PINS.iter().map(OsStr::new));
        self.run(runner, &pip, INSTALL_BOUND)
    }

    /// Makes an empty environment in place of what is left of an interrupted one.
    fn make(&self, python: &Path, venv: &Path, command: &[&str]) -> Result<(), String> {
        if venv.exists() {
            fs::remove_dir_all(venv)
                .map_err(|error| format!("{} could not be removed: {error}", venv.display()))?;
        }
        let command: Vec<_> = command
            .iter()
            .map(OsStr::new)
            .chain([venv.as_os_str()])
            .collect();
        self.run(python, &command, INSTALL_BOUND)
    }

    fn run(
        &self,
        program: &Path,
        arguments: &[impl AsRef<OsStr>],
        bound: Duration,
    ) -> Result<(), String> {
        let mut command = Command::new(program);
        command.args(arguments).env("PATH", &self.path);
        let shown = format!("{command:?}");
        if let Err(error) = fs::metadata(program) {
            return Err(format!("{shown} cannot run: {error}"));
        }
        let process = Guarded::spawn(&program.to_string_lossy(), command);
        match process.wait(bound) {
            Ok(ended) if ended.success() => Ok(()),
            Ok(ended) => Err(format!("{shown} {ended}:\n{}", process.log())),
            Err(_) => Err(format!(
                "{shown} took more than {bound:?}:\n{}",
                process.log()
            )),
        }
    }
}

/// Names the environment after what is in it.
fn fingerprint() -> String {
    let digest = Sha256::digest(PINS.join("\n"));
    digest.iter().take(6).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn marker(venv: &Path) -> PathBuf {
    venv.join("complete")
}

/// Finished, and the Python it was made with is still there.
fn is_complete(venv: &Path) -> bool {
    marker(venv).is_file() && venv.join("bin").join("python3").is_file()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn finder(path: &Path) -> (Finder, tempfile::TempDir) {
        let cache = tempfile::tempdir().expect("a temporary directory");
        let finder = Finder {
            path: path.into(),
            cache: cache.path().join("cache"),
        };
        (finder, cache)
    }

    fn script(dir: &Path, name: &str, text: &str) {
        let path = dir.join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
    }

    #[test]
    fn without_python_one_message_says_what_to_do() {
        let (finder, _cache) = finder(Path::new(""));
        let message = finder.find("cargo-lambda", &["lambda", "--version"]);
        assert_eq!(
            message,
            Err(
                "cargo-lambda is missing and there is no working python3 on PATH to install it \
                 with\ninstall python3 with venv, or put cargo-lambda / cfn-lint / moto_server on PATH"
                    .into()
            )
        );
        assert!(!finder.cache.exists());
    }

    #[test]
    fn a_broken_python_shows_what_it_said() {
        let bin = tempfile::tempdir().expect("a temporary directory");
        script(
            bin.path(),
            "python3",
            "[ \"$1\" = --version ] || { echo no venv here; exit 1; }",
        );
        let (finder, _cache) = finder(bin.path());
        let message = finder
            .find("moto_server", &["--help"])
            .expect_err("no tool");
        assert!(message.contains("no venv here"), "{message}");
        assert!(message.ends_with(WAYS_OUT), "{message}");
    }

    #[test]
    fn a_tool_on_the_path_must_work() {
        let bin = tempfile::tempdir().expect("a temporary directory");
        script(bin.path(), "moto_server", "exit 127");
        let (finder, _cache) = finder(bin.path());
        assert_eq!(finder.on_path("moto_server", &["--help"]), None);
        script(bin.path(), "moto_server", "exit 0");
        let found = finder.on_path("moto_server", &["--help"]);
        assert_eq!(found, Some(bin.path().join("moto_server")));
    }

    #[test]
    fn an_interrupted_installation_is_redone() {
        let bin = tempfile::tempdir().expect("a temporary directory");
        // A python3 that makes an environment whose python3 installs nothing.
        let fake =
            "[ \"$2\" = venv ] && mkdir -p \"$3/bin\" && cp \"$0\" \"$3/bin/python3\"\nexit 0";
        let fake = format!("PATH=/usr/bin:/bin; {fake}");
        script(bin.path(), "python3", &fake);
        let (finder, _cache) = finder(bin.path());
        let venv = finder.cache.join(format!("venv-{}", fingerprint()));
        fs::create_dir_all(venv.join("half-done")).expect("created");
        let tool = finder.find("moto_server", &["--help"]).expect("installed");
        assert_eq!(tool, venv.join("bin/moto_server"));
        assert!(is_complete(&venv) && !venv.join("half-done").exists());
    }
}
