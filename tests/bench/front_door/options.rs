//! What the command is asked for.

use crate::case::Case;
use crate::command::{Asked, number, value};

const HELP: &str = "\
Measures povery beside others on this machine, and fails where a ratio is missed.

    cargo bench -p povery-tests --bench front_door [-- OPTIONS]

    --only NAMES           only these, separated by commas: a case (get-v1, post-v1, list-v1, get-v2, post-v2,
                           list-v2) or a section (jobs, instructions, cold, size, routes, bodies,
                           concurrent, overhead). A case alone is measured in time and in instructions.
    --invocations N        warm invocations of each case and peer (20000)
    --starts N             cold starts of each peer (51)
    --workers N            worker threads of a default runtime (2: a function of up to 3008 MB sees two
                           processors, whatever share of them it has)
    --quick                1000 invocations and 5 starts: prints, and enforces nothing
    --without-callgrind    does not count instructions
    --help                 prints this
";

/// The fewest invocations and starts whose ratios count.
const INVOCATIONS: usize = 20_000;
const STARTS: usize = 15;
/// What a function of up to 3008 MB sees: two processors.
const WORKERS: usize = 2;

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Jobs,
    Instructions,
    Cold,
    Size,
    Routes,
    Bodies,
    Concurrent,
    Overhead,
}

impl Section {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "jobs" => Self::Jobs,
            "instructions" => Self::Instructions,
            "cold" => Self::Cold,
            "size" => Self::Size,
            "routes" => Self::Routes,
            "bodies" => Self::Bodies,
            "concurrent" => Self::Concurrent,
            "overhead" => Self::Overhead,
            _ => return None,
        })
    }
}

/// The options of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Warm invocations of each case and peer.
    pub(crate) invocations: usize,
    /// Cold starts of each peer.
    pub(crate) starts: usize,
    /// Worker threads of a runtime that is told nothing else.
    pub(crate) workers: usize,
    sections: Vec<Section>,
    cases: Vec<String>,
    callgrind: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            invocations: INVOCATIONS,
            starts: 51,
            workers: WORKERS,
            sections: Vec::new(),
            cases: Vec::new(),
            callgrind: true,
        }
    }
}

impl Asked for Options {
    const HELP: &'static str = HELP;
    const SHORTER: &'static str = "--quick, --invocations, --starts, --workers";

    fn take(
        &mut self,
        option: &str,
        rest: &mut dyn Iterator<Item = String>,
    ) -> Result<bool, String> {
        match option {
            "--without-callgrind" => self.callgrind = false,
            "--quick" => (self.invocations, self.starts) = (1_000, 5),
            "--invocations" => self.invocations = number(option, rest)?,
            "--starts" => self.starts = number(option, rest)?,
            "--workers" => self.workers = number(option, rest)?,
            "--only" => self.choose(&value(option, rest)?)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn enforced(&self) -> bool {
        self.invocations >= INVOCATIONS && self.starts >= STARTS && self.workers == WORKERS
    }

    fn left_out(&self) -> Vec<&'static str> {
        let mut sentences = Vec::new();
        if !self.sections.is_empty() || !self.cases.is_empty() {
            sentences.push("Only a part was measured (--only).");
        }
        if !self.callgrind {
            sentences.push("Instructions were not counted (--without-callgrind).");
        }
        sentences
    }
}

impl Options {
    fn choose(&mut self, names: &str) -> Result<(), String> {
        for name in names.split(',') {
            if let Some(section) = Section::named(name) {
                self.sections.push(section);
            } else if Case::all().any(|case| case.name() == name) {
                self.cases.push(name.to_owned());
            } else {
                return Err(format!("there is no case and no section `{name}`"));
            }
        }
        Ok(())
    }

    /// Whether a section is measured.
    pub(crate) fn wants(&self, section: Section) -> bool {
        let of_cases = matches!(section, Section::Jobs | Section::Instructions);
        let chosen = if self.sections.is_empty() {
            self.cases.is_empty() || of_cases
        } else {
            self.sections.contains(&section)
        };
        chosen && (self.callgrind || section != Section::Instructions)
    }

    /// Whether callgrind may be used.
    pub(crate) fn counts_instructions(&self) -> bool {
        self.callgrind
    }

    /// The cases that are measured.
    pub(crate) fn cases(&self) -> impl Iterator<Item = Case> {
        Case::all().filter(|case| self.cases.is_empty() || self.cases.contains(&case.name()))
    }
}
