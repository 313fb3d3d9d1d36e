//! Invocations of one query and of ten, what keeps the connection sound included.

use std::time::{Duration, Instant};

use povery::prelude::*;
use povery::test::TestClient;
use povery::{Deadline, State};
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use users::model::User;

use crate::host::HostError;
use crate::limits;
use crate::options::Options;
use crate::report::{Ratio, Report, Table, figure};
use crate::rounds::{Peer, measure as rounds, microseconds};
use crate::server::Server;
use crate::user::find;

#[povery::route(GET, "/povery?<queries>")]
async fn on_povery(queries: usize, pool: Pool) -> Result<Json<User>, PoveryError> {
    for _ in 1..queries {
        find(&pool).await?;
    }
    Ok(Json(find(&pool).await?))
}

#[povery::route(GET, "/sqlx?<queries>")]
async fn on_sqlx(queries: usize, pool: State<PgPool>) -> Result<Json<User>, PoveryError> {
    for _ in 1..queries {
        find(&*pool).await?;
    }
    Ok(Json(find(&*pool).await?))
}

/// The pool of the original's example.
#[derive(Clone)]
struct Original(PgPool);

impl Original {
    async fn find(&self) -> Result<User, sqlx::Error> {
        sqlx::query("SELECT 1").execute(&self.0).await?;
        find(&self.0).await
    }
}

#[povery::route(GET, "/original?<queries>")]
async fn on_the_original(queries: usize, pool: State<Original>) -> Result<Json<User>, PoveryError> {
    for _ in 1..queries {
        pool.find().await?;
    }
    Ok(Json(pool.find().await?))
}

/// The paths, povery's first, and how their pools are called.
pub(crate) const WAYS: [(&str, &str); 3] = [
    ("/povery", "povery"),
    ("/sqlx", "PgPool, one connection"),
    ("/original", "SELECT 1 before each"),
];

/// The application with a route for each pool.
pub(crate) fn application(pool: Pool, options: &PgConnectOptions) -> TestClient {
    let sqlx = PgPoolOptions::new()
        .max_connections(1)
        .connect_lazy_with(options.clone());
    // Its own statement is all that validates there, so sqlx's ping is off.
    let original = PgPoolOptions::new()
        .max_connections(10)
        .idle_timeout(Duration::from_secs(30))
        .acquire_timeout(Duration::from_secs(2))
        .test_before_acquire(false)
        .connect_lazy_with(options.clone());
    let app = App::new()
        .routes(povery::routes![on_povery, on_sqlx, on_the_original])
        .pool(pool)
        .state(sqlx)
        .state(Original(original));
    TestClient::new(app)
}

/// One invocation of so many queries.
pub(crate) async fn invoke(
    client: &TestClient,
    path: &str,
    queries: usize,
) -> Result<Duration, HostError> {
    // As on Lambda, where every invocation has one.
    let deadline = Deadline::after(Duration::from_secs(30));
    let request = client.get(&format!("{path}?queries={queries}"));
    let request = request.deadline(deadline);
    let begun = Instant::now();
    let response = request.send().await;
    let time = begun.elapsed();
    if response.status() != 200 {
        return Err(HostError(format!("{path}: {}", response.text())));
    }
    Ok(time)
}

struct Way<'a> {
    client: &'a TestClient,
    path: &'static str,
    queries: usize,
}

impl Peer for Way<'_> {
    async fn turn(&mut self, count: usize) -> Result<Vec<f64>, HostError> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count {
            let time = invoke(self.client, self.path, self.queries).await?;
            times.push(microseconds(time));
        }
        Ok(times)
    }
}

pub(crate) async fn measure(
    options: &Options,
    server: &Server,
    report: &mut Report,
) -> Result<(), HostError> {
    let port = server.address().port();
    let client = &application(server.pool(port), &server.options(port).await?);
    let mut table = Table::new(&["queries", "with", "median/µs", "p99/µs"]);
    for (queries, limit) in [(1, None), (10, Some(limits::TEN_QUERIES))] {
        eprintln!("measuring invocations of {queries}");
        let mut ways = WAYS.map(|(path, _)| Way {
            client,
            path,
            queries,
        });
        let times = rounds(&mut ways, options.queries.div_ceil(queries)).await?;
        for ((_, name), times) in WAYS.iter().zip(&times) {
            let figures = [times.median(), times.percentile(99.0)].map(figure);
            let [median, p99] = figures;
            table.row([queries.to_string(), (*name).to_owned(), median, p99]);
        }
        let Some((ours, others)) = times.split_first() else {
            continue;
        };
        for ((_, name), theirs) in WAYS.iter().skip(1).zip(others) {
            report.add(Ratio {
                measure: "median",
                case: format!("an invocation of {queries}"),
                pair: format!("povery / {name}"),
                ours: ours.median(),
                theirs: theirs.median(),
                value: ours.beside(theirs),
                unit: "µs",
                limit,
            });
        }
    }
    print!("{}", table.text("Invocations"));
    Ok(())
}
