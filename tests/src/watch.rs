//! `cargo lambda watch`, as a developer runs it.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Method};

use crate::client::exchange;
use crate::http_home::HttpHome;
use crate::invoke_home::InvokeHome;
use crate::process::Guarded;
use crate::{tool, workspace};

/// The first request waits for the build.
const BUILD_BOUND: Duration = Duration::from_mins(10);

/// Lines that tell that the function will not come.
const FAILURES: [&str; 3] = ["could not compile", "command exited", "command killed"];

/// What is to be watched.
#[derive(Clone, Debug)]
pub struct Watched {
    /// The directory to run in.
    pub directory: PathBuf,
    /// The package with the function.
    pub package: String,
    /// Cargo's target directory.
    pub target_dir: PathBuf,
    /// Variables for the function.
    pub environment: Vec<(String, String)>,
}

/// A running `cargo lambda watch` that has built its function. It ends when dropped.
///
/// It runs the function in a session of its own and kills it, with SIGKILL, when it gets SIGTERM.
/// So stop it, or drop it; [`Guarded::kill`] would leave the function behind.
#[derive(Debug)]
pub struct Watch {
    process: Guarded,
    address: SocketAddr,
}

impl Watch {
    /// Watches the users application of this workspace, with these variables and none of the
    /// caller's AWS, database or proxy settings. It builds into the same target directory as these
    /// tests, so after [`users_binary`](crate::binary::users_binary) there is nothing to build.
    ///
    /// # Panics
    /// As [`start`](Self::start).
    pub async fn users(environment: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::start(Watched {
            directory: workspace::root(),
            package: "users".into(),
            target_dir: workspace::target_dir(),
            environment: environment.iter().map(owned).collect(),
        })
        .await
    }

    /// Starts watching, and waits until the function is built and answers.
    ///
    /// # Panics
    /// If it does not within ten minutes; the message has what was printed.
    pub async fn start(watched: Watched) -> Self {
        let address = free_address();
        let mut command = Command::new(tool::cargo_lambda());
        workspace::forget_outer_cargo(&mut command);
        workspace::forget_surroundings(&mut command);
        command
            .args(["lambda", "watch", "--ignore-changes", "--color", "never"])
            .args([
                "-p",
                &watched.package,
                "-A",
                "127.0.0.1",
                "-P",
                &address.port().to_string(),
            ])
            .current_dir(&watched.directory)
            .env("CARGO_TARGET_DIR", &watched.target_dir)
            .envs(watched.environment);
        let process = Guarded::spawn("cargo lambda watch", command);
        let watch = Self { process, address };
        watch.wait_until_ready().await;
        watch
    }

    async fn wait_until_ready(&self) {
        let start = Instant::now();
        loop {
            let request = exchange(
                self.address,
                Method::GET,
                "/",
                HeaderMap::new(),
                Bytes::new(),
                BUILD_BOUND,
            );
            tokio::select! {
                answer = request => if answer.is_ok() { return },
                () = self.trouble() => {}
            }
            let ended = self.process.ended();
            assert!(
                start.elapsed() < BUILD_BOUND && ended.is_none() && !self.failed(),
                "cargo lambda watch does not serve the function ({ended:?}); it said:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn failed(&self) -> bool {
        let lines = self.process.lines();
        lines
            .iter()
            .any(|line| FAILURES.iter().any(|failure| line.contains(failure)))
    }

    /// Resolves when the function will not come.
    async fn trouble(&self) {
        while self.process.ended().is_none() && !self.failed() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The function, reached over HTTP.
    #[must_use]
    pub fn home(&self) -> HttpHome {
        HttpHome::new(self.address)
    }

    /// The function, reached by `cargo lambda invoke`.
    #[must_use]
    pub fn invoke_home(&self) -> InvokeHome {
        InvokeHome::new(self.address)
    }

    /// What it and the function printed so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Its process.
    #[must_use]
    pub fn process(&self) -> &Guarded {
        &self.process
    }
}

/// An address that was free a moment ago: cargo lambda cannot choose a port by itself.
fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("127.0.0.1 has a free port")
}
