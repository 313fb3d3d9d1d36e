//! What the command is asked for.

pub(crate) const HELP: &str = "\
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

impl Options {
    /// Reads the arguments; `None` where help is asked for.
    pub(crate) fn read(
        mut arguments: impl Iterator<Item = String>,
    ) -> Result<Option<Self>, String> {
        let mut options = Self {
            queries: 20_000,
            starts: 31,
            sections: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match &*argument {
                "--help" | "-h" => return Ok(None),
                // Cargo adds it.
                "--bench" => {}
                "--quick" => (options.queries, options.starts) = (1_000, 3),
                "--queries" => options.queries = number(&value()?)?,
                "--starts" => options.starts = number(&value()?)?,
                "--only" => {
                    for name in value()?.split(',') {
                        let section = Section::named(name);
                        let section = section.ok_or(format!("there is no section `{name}`"))?;
                        options.sections.push(section);
                    }
                }
                _ => return Err(format!("unknown option {argument}")),
            }
        }
        Ok(Some(options))
    }

    /// Whether a section is measured.
    pub(crate) fn wants(&self, section: Section) -> bool {
        self.sections.is_empty() || self.sections.contains(&section)
    }

    /// Whether something is left out.
    pub(crate) fn is_a_part(&self) -> bool {
        !self.sections.is_empty()
    }

    /// Whether a missed ratio is a failure.
    pub(crate) fn enforced(&self) -> bool {
        self.queries >= QUERIES && self.starts >= STARTS
    }
}

fn number(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or(format!("`{text}` is no number of them"))
}
