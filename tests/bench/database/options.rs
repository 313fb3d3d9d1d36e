//! What the command is asked for.

use crate::command::{Asked, number, value};

const HELP: &str = "\
Measures povery's pool beside sqlx's connection and pool on this machine, and fails where a ratio is missed.

    cargo bench -p povery-tests --bench database [-- OPTIONS]

    --only NAMES           only these, separated by commas: round-trips, queries, invocations, cold
    --queries N            queries of each case and peer (20000)
    --starts N             cold starts of each function (31)
    --quick                1000 queries and 3 starts: prints, and enforces nothing
    --help                 prints this
";

/// The fewest queries and starts whose ratios count.
const QUERIES: usize = 10_000;
const STARTS: usize = 15;

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    RoundTrips,
    Queries,
    Invocations,
    Cold,
}

impl Section {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "round-trips" => Self::RoundTrips,
            "queries" => Self::Queries,
            "invocations" => Self::Invocations,
            "cold" => Self::Cold,
            _ => return None,
        })
    }
}

/// The options of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Queries of each case and peer.
    pub(crate) queries: usize,
    /// Cold starts of each function.
    pub(crate) starts: usize,
    sections: Vec<Section>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queries: 20_000,
            starts: 31,
            sections: Vec::new(),
        }
    }
}

impl Asked for Options {
    const HELP: &'static str = HELP;
    const SHORTER: &'static str = "--quick, --queries, --starts";

    fn take(
        &mut self,
        option: &str,
        rest: &mut dyn Iterator<Item = String>,
    ) -> Result<bool, String> {
        match option {
            "--quick" => (self.queries, self.starts) = (1_000, 3),
            "--queries" => self.queries = number(option, rest)?,
            "--starts" => self.starts = number(option, rest)?,
            "--only" => {
                for name in value(option, rest)?.split(',') {
                    let section = Section::named(name);
                    let section = section.ok_or(format!("there is no section `{name}`"))?;
                    self.sections.push(section);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn enforced(&self) -> bool {
        self.queries >= QUERIES && self.starts >= STARTS
    }

    fn left_out(&self) -> Vec<&'static str> {
        let only = "Only a part was measured (--only).";
        (!self.sections.is_empty())
            .then_some(only)
            .into_iter()
            .collect()
    }
}

impl Options {
    /// Whether a section is measured.
    pub(crate) fn wants(&self, section: Section) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }
}
