//! The programs that are measured: built one by one, and copied without their symbols.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use povery_tests::workspace;

use crate::host::HostError;

/// A package and its programs. It is built alone: with others it would have their features.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) programs: &'static [&'static str],
}

/// A program as it was built, and as it is deployed.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// With its symbols.
    pub(crate) whole: PathBuf,
    /// Without.
    pub(crate) stripped: PathBuf,
}

/// The programs by name.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    programs: BTreeMap<&'static str, Program>,
    place: PathBuf,
}

/// The workspace of the peers.
pub(crate) fn peers() -> PathBuf {
    workspace::root().join("tests/bench/peers")
}

impl Programs {
    /// Builds these packages; cargo shows how far it is.
    pub(crate) fn build(packages: impl IntoIterator<Item = Package>) -> Result<Self, HostError> {
        let place = workspace::target_dir().join("front-door");
        let stripped = place.join("stripped");
        fs::create_dir_all(&stripped)?;
        let mut programs = BTreeMap::new();
        for package in packages {
            eprintln!("building {}", package.name);
            cargo(package.name, &place)?;
            for &name in package.programs {
                let program = Program {
                    whole: place.join("release").join(name),
                    stripped: stripped.join(name),
                };
                strip(&program)?;
                programs.insert(name, program);
            }
        }
        Ok(Self { programs, place })
    }

    /// The program of that name.
    pub(crate) fn get(&self, name: &str) -> Result<&Program, HostError> {
        let program = self.programs.get(name);
        program.ok_or_else(|| HostError(format!("{name} was not built")))
    }

    /// Where profiles are kept.
    pub(crate) fn profiles(&self) -> PathBuf {
        self.place.join("profiles")
    }
}

fn cargo(package: &str, target: &Path) -> Result<(), HostError> {
    let mut cargo = workspace::cargo();
    cargo
        .args(["build", "--release", "--locked", "--package", package])
        .current_dir(peers())
        .env("CARGO_TARGET_DIR", target);
    let status = cargo
        .status()
        .map_err(|error| HostError(format!("{cargo:?} cannot be run: {error}")))?;
    if !status.success() {
        return Err(HostError(format!("{package} cannot be built")));
    }
    Ok(())
}

fn strip(program: &Program) -> Result<(), HostError> {
    let mut strip = Command::new("strip");
    strip.arg("-o").arg(&program.stripped).arg(&program.whole);
    let status = strip.status().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => HostError("strip not found: install binutils".to_owned()),
        _ => error.into(),
    })?;
    if !status.success() {
        return Err(HostError(format!("{strip:?} failed")));
    }
    Ok(())
}
