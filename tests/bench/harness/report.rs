//! The figures as they come, and the ratios in one table at the end.

use std::fmt::Write as _;

/// Two figures of one kind.
#[derive(Clone, Debug)]
pub(crate) struct Ratio {
    /// What was measured, such as `median`.
    pub(crate) measure: &'static str,
    /// Of what, such as `get-v2`.
    pub(crate) case: String,
    /// The two, such as `povery / floor`.
    pub(crate) pair: String,
    /// The first of the two.
    pub(crate) ours: f64,
    /// The second.
    pub(crate) theirs: f64,
    /// The one beside the other.
    pub(crate) value: f64,
    /// What they are counted in.
    pub(crate) unit: &'static str,
    /// The most that the ratio may be, if there is such.
    pub(crate) limit: Option<f64>,
}

impl Ratio {
    /// Whether it exceeds its limit; what is no number exceeds any.
    fn is_missed(&self) -> bool {
        self.limit
            .is_some_and(|limit| self.value.is_nan() || self.value > limit)
    }
}

/// All ratios of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    ratios: Vec<Ratio>,
}

impl Report {
    pub(crate) fn add(&mut self, ratio: Ratio) {
        self.ratios.push(ratio);
    }

    /// How many exceed their limit.
    pub(crate) fn missed(&self) -> usize {
        self.ratios.iter().filter(|ratio| ratio.is_missed()).count()
    }

    /// The table.
    pub(crate) fn ratios(&self) -> String {
        let mut table = Table::new(&["measure", "case", "ratio of", "", "", "ratio", "limit", ""]);
        for ratio in &self.ratios {
            let limit = ratio.limit.map(|limit| format!("{limit:.2}"));
            let verdict = match (ratio.limit, ratio.is_missed()) {
                (None, _) => "",
                (Some(_), false) => "pass",
                (Some(_), true) => "MISS",
            };
            table.row([
                ratio.measure.to_owned(),
                ratio.case.clone(),
                ratio.pair.clone(),
                format!("{} {}", figure(ratio.ours), ratio.unit),
                format!("{} {}", figure(ratio.theirs), ratio.unit),
                format!("{:.3}", ratio.value),
                limit.unwrap_or_default(),
                verdict.to_owned(),
            ]);
        }
        table.text("Ratios")
    }
}

/// A number with as many digits as say something.
pub(crate) fn figure(value: f64) -> String {
    if value < 1_000.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

/// A table in Markdown.
#[derive(Clone, Debug)]
pub(crate) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(crate) fn new(head: &[&str; N]) -> Self {
        Self {
            rows: vec![head.map(str::to_owned)],
        }
    }

    pub(crate) fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    /// The table under a heading, its columns aligned.
    pub(crate) fn text(&self, heading: &str) -> String {
        let mut widths = [1; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut text = format!("\n## {heading}\n\n");
        for (index, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(widths);
            let cells: Vec<String> = cells
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| {} |", cells.join(" | "));
            if index == 0 {
                let rules = widths.map(|width| "-".repeat(width));
                let _ = writeln!(text, "| {} |", rules.join(" | "));
            }
        }
        text
    }
}
