//! A query through the validated pool, beside one on sqlx's own connection.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Deadline, State};
use sqlx::{Connection as _, PgConnection};

use crate::host::HostError;
use crate::limits;
use crate::options::Options;
use crate::report::{Ratio, Report, Table, figure};
use crate::rounds::{Peer, measure as rounds, microseconds};
use crate::server::{Server, failed};
use crate::user::find;

/// The microseconds that the queries of an invocation took.
type Taken = Arc<Mutex<Vec<f64>>>;

/// The microseconds of each run of an expression.
macro_rules! timed {
    ($count:expr, $query:expr) => {{
        let mut times = Vec::with_capacity($count);
        for _ in 0..$count {
            let begun = Instant::now();
            $query?;
            times.push(microseconds(begun.elapsed()));
        }
        times
    }};
}

/// One invocation, whose first query finds the connection validated and is not counted.
#[povery::route(GET, "/queries?<count>")]
async fn queries(count: usize, pool: Pool, taken: State<Taken>) -> Result<NoContent, PoveryError> {
    find(&pool).await?;
    let times = timed!(count, find(&pool).await);
    *taken.lock().unwrap_or_else(PoisonError::into_inner) = times;
    Ok(NoContent)
}

enum Way {
    Pool { client: TestClient, taken: Taken },
    Connection(PgConnection),
}

impl Peer for Way {
    async fn turn(&mut self, count: usize) -> Result<Vec<f64>, HostError> {
        match self {
            Self::Pool { client, taken } => {
                // As on Lambda, where every invocation has one.
                let deadline = Deadline::after(Duration::from_secs(60));
                let request = client.get(&format!("/queries?count={count}"));
                let response = request.deadline(deadline).send().await;
                if response.status() != 204 {
                    return Err(HostError(format!("povery: {}", response.text())));
                }
                let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(std::mem::take(&mut *taken))
            }
            Self::Connection(connection) => {
                find(&mut *connection).await.map_err(failed)?;
                Ok(timed!(count, find(&mut *connection).await.map_err(failed)))
            }
        }
    }
}

pub(crate) async fn measure(
    options: &Options,
    server: &Server,
    report: &mut Report,
) -> Result<(), HostError> {
    eprintln!("measuring queries");
    let port = server.address().port();
    let taken = Taken::default();
    let app = App::new()
        .routes(povery::routes![queries])
        .pool(server.pool(port))
        .state(Arc::clone(&taken));
    let connection = PgConnection::connect_with(&server.options(port).await?).await;
    let mut ways = [
        Way::Pool {
            client: TestClient::new(app),
            taken,
        },
        Way::Connection(connection.map_err(failed)?),
    ];
    let times = rounds(&mut ways, options.queries).await?;
    let mut table = Table::new(&["one query", "median/µs", "p99/µs"]);
    for (name, times) in ["povery's pool", "sqlx's connection"].iter().zip(&times) {
        let figures = [times.median(), times.percentile(99.0)].map(figure);
        let [median, p99] = figures;
        table.row([(*name).to_owned(), median, p99]);
    }
    print!("{}", table.text("Queries"));
    let [ours, theirs] = &*times else {
        return Err(HostError("nothing was measured".to_owned()));
    };
    report.add(Ratio {
        measure: "median",
        case: "a query".to_owned(),
        pair: "povery's pool / sqlx's connection".to_owned(),
        ours: ours.median(),
        theirs: theirs.median(),
        value: ours.beside(theirs),
        unit: "µs",
        limit: Some(limits::QUERY),
    });
    Ok(())
}
