//! Cold starts: from the start of the program to its first answer from the database, with the secret from Secrets
//! Manager and over TLS.

use std::time::Instant;

use serde_json::Value;

use crate::event::Payload;
use crate::function::{Function, Start};
use crate::host::HostError;
use crate::limits;
use crate::options::Options;
use crate::programs::{Package, Programs};
use crate::report::{Ratio, Report, Table};
use crate::rounds::{Times, microseconds};
use crate::server::Server;
use crate::statistics::Sequence;
use crate::tls::Encrypted;
use crate::user::ID;

/// The programs; povery's is the first.
pub(crate) const PACKAGES: [Package; 2] = [
    Package {
        name: "database-povery",
        programs: &["database-povery"],
    },
    Package {
        name: "database-lambda-http",
        programs: &["database-lambda-http"],
    },
];

/// How they are called in tables.
const NAMES: [&str; 2] = ["povery", "lambda_http, aws-config, PgPool"];

/// What a default runtime makes on a function of up to 3008 MB.
const WORKERS: usize = 2;

pub(crate) async fn measure(
    options: &Options,
    server: &Server,
    programs: &Programs,
    report: &mut Report,
) -> Result<(), HostError> {
    eprintln!("starting each function {} times", options.starts);
    // The Secrets Manager is on the server's core too.
    let encrypted = server.beside(Encrypted::start()).await??;
    let mut times = vec![Times::default(); PACKAGES.len()];
    let mut sequence = Sequence::new(15);
    // The first turn reads the programs from the disk, and is not kept.
    for turn in 0..=options.starts {
        for index in sequence.order(PACKAGES.len()) {
            let (Some(package), Some(times)) = (PACKAGES.get(index), times.get_mut(index)) else {
                continue;
            };
            let (time, function) = start(package.name, programs, &encrypted)?;
            if turn > 0 {
                times.add(vec![time]);
            } else {
                is_encrypted(package.name, server, &encrypted).await?;
            }
            function.end()?;
        }
    }
    let mut table = Table::new(&["function", "median/ms", "p90/ms"]);
    for (name, times) in NAMES.iter().zip(&times) {
        let figures = [times.median(), times.percentile(90.0)];
        let [median, p90] = figures.map(|time| format!("{:.2}", time / 1_000.0));
        table.row([(*name).to_owned(), median, p90]);
    }
    print!("{}", table.text("Cold starts"));
    let [ours, theirs] = &*times else {
        return Err(HostError("nothing was measured".to_owned()));
    };
    report.add(Ratio {
        measure: "cold start",
        case: "a user".to_owned(),
        pair: format!("{} / {}", NAMES[0], NAMES[1]),
        ours: ours.median(),
        theirs: theirs.median(),
        value: ours.beside(theirs),
        unit: "µs",
        limit: Some(limits::COLD),
    });
    Ok(())
}

/// The microseconds of one start, and the function.
fn start(
    name: &str,
    programs: &Programs,
    encrypted: &Encrypted,
) -> Result<(f64, Function), HostError> {
    let program = &programs.get(name)?.stripped;
    let event = Payload::V2.event("GET", &format!("/users/{ID}"), None);
    let environment = encrypted.environment();
    let start = Start {
        program,
        concurrency: 1,
        workers: WORKERS,
        callgrind: None,
    };
    let begun = Instant::now();
    let mut function = Function::with_environment(start, &environment)?;
    let (_, answer) = function.invoke(&event).map_err(|error| error.of(name))?;
    let time = begun.elapsed();
    match user(&answer) {
        Some(id) if id == ID.to_string() => Ok((microseconds(time), function)),
        _ => {
            let answer = String::from_utf8_lossy(&answer);
            Err(HostError(format!("{name} answers wrongly: {answer}")))
        }
    }
}

/// The id in an answer.
pub(crate) fn user(answer: &[u8]) -> Option<String> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    if answer["statusCode"] != 200 {
        return None;
    }
    let user: Value = serde_json::from_str(answer["body"].as_str()?).ok()?;
    Some(user["id"].as_str()?.to_owned())
}

/// Whether the function that runs has a connection, over TLS, to a server on its core.
async fn is_encrypted(name: &str, server: &Server, encrypted: &Encrypted) -> Result<(), HostError> {
    let backends = encrypted.backends().await?;
    if backends.is_empty() {
        return Err(HostError(format!("{name} is connected without TLS")));
    }
    let mut backends = backends.into_iter();
    backends.try_for_each(|backend| server.is_on_its_core(backend))
}
