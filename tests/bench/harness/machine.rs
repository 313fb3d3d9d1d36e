//! The machine, and its cores for what is measured.

use std::fs;
use std::process::Command;
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rustix::io::Errno;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

use crate::host::HostError;
use crate::programs::peers;

/// The cores that this process may use, the last one first.
pub(crate) fn cores() -> Result<Vec<usize>, HostError> {
    let allowed = sched_getaffinity(None).map_err(unbound)?;
    let cores = (0..CpuSet::MAX_CPU).rev();
    Ok(cores.filter(|&core| allowed.is_set(core)).collect())
}

/// Binds this thread, and the processes that it starts from now on, to a core.
pub(crate) fn bind(core: usize) -> Result<(), HostError> {
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one).map_err(unbound)
}

fn unbound(error: Errno) -> HostError {
    HostError(format!("no core to be had: {error}"))
}

/// Prints what the figures depend on: where what runs, the versions of those crates of the peers, and how much is measured.
pub(crate) fn describe(place: &str, crates: &[&str], run: &str) {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let cpuinfo = read("/proc/cpuinfo");
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map_or_else(|_| Vec::new(), |output| output.stdout);
    let now = DateTime::<Utc>::from(SystemTime::now());
    println!("{}", now.format("%Y-%m-%d %H:%M UTC"));
    println!("CPU     {}, {place}", cpu_model(&cpuinfo));
    println!("Linux   {}", read("/proc/sys/kernel/osrelease").trim());
    println!("Rust    {}", String::from_utf8_lossy(&rustc).trim());
    let lock = fs::read_to_string(peers().join("Cargo.lock")).unwrap_or_default();
    let versions: Vec<String> = crates
        .iter()
        .filter_map(|name| Some(format!("{name} {}", version(&lock, name)?)))
        .collect();
    println!("Peers   {}", versions.join(", "));
    println!("Run     {run}");
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
