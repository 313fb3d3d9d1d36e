//! The size of the programs without their symbols.

use std::fs;

use crate::event::Payload;
use crate::host::HostError;
use crate::jobs::{PEERS, beside};
use crate::limits;
use crate::options::Options;
use crate::programs::Programs;
use crate::report::{Ratio, Report, Table};

pub(crate) fn measure(
    _: &Options,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    let mut table = Table::new(&["program", "KiB"]);
    let mut size = |name: &str| -> Result<f64, HostError> {
        let bytes = fs::metadata(&programs.get(name)?.stripped)?.len();
        let kib = bytes as f64 / 1024.0;
        table.row([name.to_owned(), format!("{kib:.0}")]);
        Ok(kib)
    };
    let (ours, theirs) = (size("hello-povery")?, size("hello-lambda-http")?);
    let users = PEERS.map(|peer| size(peer.program(Payload::V2)));
    let users = users.into_iter().collect::<Result<Vec<_>, _>>()?;
    print!("{}", table.text("Stripped programs"));
    let ratio = |case: &str, peer: &str, ours: f64, theirs: f64, limit| Ratio {
        measure: "stripped size",
        case: case.to_owned(),
        pair: format!("povery / {peer}"),
        ours,
        theirs,
        value: ours / theirs,
        unit: "KiB",
        limit,
    };
    report.add(ratio(
        "hello",
        "lambda_http",
        ours,
        theirs,
        Some(limits::HELLO),
    ));
    for users in beside(&users, |peer, &ours, &theirs| {
        ratio("users", peer, ours, theirs, None)
    }) {
        report.add(users);
    }
    Ok(())
}
