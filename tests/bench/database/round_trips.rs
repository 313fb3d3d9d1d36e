//! The round trips of an invocation, counted on the way to the server.

use std::time::Duration;

use sqlx::{Connection as _, PgConnection};

use crate::host::HostError;
use crate::invocations::{WAYS, application, invoke};
use crate::limits;
use crate::relay::Relay;
use crate::report::{Ratio, Report, Table};
use crate::server::{Server, failed};
use crate::user::find;

/// Over how many invocations they are counted.
const INVOCATIONS: usize = 100;

/// What goes on after an answer, such as the ping with which sqlx's pool takes a connection back, has ended by then.
const SETTLED: Duration = Duration::from_millis(50);

pub(crate) async fn measure(server: &Server, report: &mut Report) -> Result<(), HostError> {
    eprintln!("counting round trips");
    let relay = Relay::start(server.address()).await?;
    let options = server.options(relay.port()).await?;
    let client = application(server.pool(relay.port()), &options);
    let connection = PgConnection::connect_with(&options).await;
    let mut connection = connection.map_err(failed)?;
    let mut table = Table::new(&["with", "queries", "round trips of an invocation"]);
    for queries in [1, 10] {
        find(&mut connection).await.map_err(failed)?;
        let before = relay.round_trips();
        for _ in 0..queries {
            find(&mut connection).await.map_err(failed)?;
        }
        let bare = (relay.round_trips() - before) as f64;
        let mut row = |name: &str, count: f64| {
            table.row([name.to_owned(), queries.to_string(), format!("{count:.2}")]);
        };
        row("sqlx's connection", bare);
        for (path, name) in WAYS {
            // The first connects and prepares.
            invoke(&client, path, queries).await?;
            tokio::time::sleep(SETTLED).await;
            let before = relay.round_trips();
            for _ in 0..INVOCATIONS {
                invoke(&client, path, queries).await?;
            }
            tokio::time::sleep(SETTLED).await;
            let count = (relay.round_trips() - before) as f64 / INVOCATIONS as f64;
            row(name, count);
            if path == "/povery" {
                report.add(Ratio {
                    measure: "round trips",
                    case: format!("an invocation of {queries}"),
                    pair: "povery / its queries and one".to_owned(),
                    ours: count,
                    theirs: bare + 1.0,
                    value: count / (bare + 1.0),
                    unit: "",
                    limit: Some(limits::ROUND_TRIPS),
                });
            }
        }
    }
    print!("{}", table.text("Round trips"));
    Ok(())
}
