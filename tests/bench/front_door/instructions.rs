//! Instructions per invocation of the users application.

use crate::callgrind::instructions;
use crate::host::HostError;
use crate::jobs::{PEERS, beside};
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table};

pub(crate) fn measure(
    options: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let mut table = Table::new(&["case", "peer", "instructions"]);
    for case in options.cases() {
        let mut counts = Vec::new();
        for peer in PEERS {
            eprintln!(
                "counting the instructions of {}: {}",
                peer.name,
                case.name()
            );
            let name = peer.program(case.payload);
            let count = instructions(
                &programs.get(name)?.whole,
                &format!("{name}.{}", case.name()),
                &case.event(),
                &programs.profiles(),
                options.workers,
            )?;
            table.row([case.name(), peer.name.to_owned(), format!("{count:.0}")]);
            counts.push(count);
        }
        let ratios = beside(&counts, |peer, &ours, &theirs| Ratio {
            measure: "instructions",
            case: case.name(),
            pair: format!("povery / {peer}"),
            ours,
            theirs,
            value: ours / theirs,
            unit: "",
            limit: limits::instructions(peer, case.job),
        });
        for ratio in ratios {
            report.add(ratio);
        }
    }
    print!("{}", table.text("Instructions per invocation"));
    Ok(())
}
