//! A benchmark as a command: its options, what it measures, and how it ends.

use std::env;
use std::process::ExitCode;

use crate::host::HostError;
use crate::report::Report;

/// What a benchmark is asked for.
pub(crate) trait Asked: Sized {
    const HELP: &'static str;
    /// The options with which a run is no full one.
    const SHORTER: &'static str;

    /// Takes an option whose value, if it has one, is the next of `rest`. `false` where there is no such option.
    fn take(
        &mut self,
        option: &str,
        rest: &mut dyn Iterator<Item = String>,
    ) -> Result<bool, String>;

    /// Whether a missed ratio is a failure.
    fn enforced(&self) -> bool;

    /// A sentence for each part that was left out.
    fn left_out(&self) -> Vec<&'static str>;

    /// Reads the arguments; `None` where help is asked for.
    fn read(mut self, mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        while let Some(argument) = arguments.next() {
            match &*argument {
                "--help" | "-h" => return Ok(None),
                // Cargo adds it.
                "--bench" => {}
                _ if self.take(&argument, &mut arguments)? => {}
                _ => return Err(format!("unknown option {argument}")),
            }
        }
        Ok(Some(self))
    }
}

/// The value of an option.
pub(crate) fn value(
    option: &str,
    rest: &mut dyn Iterator<Item = String>,
) -> Result<String, String> {
    rest.next().ok_or(format!("{option} wants a value"))
}

/// The same, where it is how many there are of something.
pub(crate) fn number(
    option: &str,
    rest: &mut dyn Iterator<Item = String>,
) -> Result<usize, String> {
    let text = value(option, rest)?;
    let number = text.parse().ok().filter(|&number| number > 0);
    number.ok_or(format!("`{text}` is no number of them"))
}

/// Runs the command.
pub(crate) fn run<A: Asked>(
    defaults: A,
    measure: impl FnOnce(&A) -> Result<Report, HostError>,
) -> ExitCode {
    let asked = match defaults.read(env::args().skip(1)) {
        Ok(Some(asked)) => asked,
        Ok(None) => {
            print!("{}", A::HELP);
            return ExitCode::SUCCESS;
        }
        Err(mistake) => {
            eprintln!("{mistake}\n\n{}", A::HELP);
            return ExitCode::FAILURE;
        }
    };
    match measure(&asked) {
        Ok(report) => conclude(&asked, &report),
        Err(HostError(error)) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn conclude<A: Asked>(asked: &A, report: &Report) -> ExitCode {
    print!("{}", report.ratios());
    let missed = report.missed();
    for what in asked.left_out() {
        println!("{what}");
    }
    if !asked.enforced() {
        let shorter = A::SHORTER;
        println!(
            "This is no full run ({shorter}), so nothing is enforced; {missed} of the ratios are missed."
        );
        return ExitCode::SUCCESS;
    }
    if missed > 0 {
        println!("{missed} of the ratios are missed.");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
