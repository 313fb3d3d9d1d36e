//! The machine, and one core of it for everything that is measured.

use std::fs;
use std::process::Command;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::host::HostError;
use crate::options::Options;
use crate::programs::peers;

/// Binds this process, and those that it starts from now on, to the last core that it may use.
pub(crate) fn pin() -> Result<usize, HostError> {
    let error = |error| HostError(format!("no core to be had: {error}"));
    let allowed = sched_getaffinity(None).map_err(error)?;
    let last = (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&core| allowed.is_set(core));
    let last = last.ok_or_else(|| HostError("no core to be had".to_owned()))?;
    let mut one = CpuSet::new();
    one.set(last);
    sched_setaffinity(None, &one).map_err(error)?;
    Ok(last)
}

/// Prints what the figures depend on.
pub(crate) fn describe(core: usize, options: &Options) {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or_else(|_| Vec::new(), |output| output.stdout);
    let now = DateTime::<Utc>::from(SystemTime::now());
    println!("{}", now.format("%Y-%m-%d %H:%M UTC"));
    println!("CPU     {}, all on core {core}", cpu_model(&cpuinfo));
    println!("Linux   {}", read("/proc/sys/kernel/osrelease").trim());
    println!("Rust    {}", String::from_utf8_lossy(&rustc).trim());
    let lock = fs::read_to_string(peers().join("Cargo.lock")).unwrap_or_default();
    let names = [
        "lambda_http",
        "lambda_runtime",
        "axum",
        "lambda-lw-http-router",
        "hyper",
        "tokio",
        "serde_json",
        "validator",
    ];
    let versions: Vec<String> = names
        .iter()
        .filter_map(|name| Some(format!("{name} {}", version(&lock, name)?)))
        .collect();
    println!("Peers   {}", versions.join(", "));
    println!(
        "Run     {} invocations, {} starts, {} worker threads in a default runtime",
        options.invocations, options.starts, options.workers
    );
}

/// The first processor's name in `/proc/cpuinfo`.
pub(crate) fn cpu_model(cpuinfo: &str) -> &str {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or("unknown", |(_, name)| name.trim())
}

/// The version of a crate in a lock file.
pub(crate) fn version<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, entry) = lock.split_once(&format!("name = \"{name}\"\n"))?;
    let version = entry.lines().next()?.strip_prefix("version = \"")?;
    version.strip_suffix('"')
}
