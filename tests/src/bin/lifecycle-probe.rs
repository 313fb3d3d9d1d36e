//! A function for the tests of hooks and concurrency. `PROBE` has words that say what it has; the words
//! of hooks are `before`, `after` and `end`, each with what becomes of it, such as `end-fails`.

use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering};

use povery::prelude::*;
use povery::{Credentials, Deadline, Lifecycle};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Barrier;

/// Where as many invocations meet as are under way at once.
struct Place(Barrier);

/// Answers once four invocations are here.
#[povery::route(GET, "/meet/<panics>")]
async fn meet(panics: bool, place: State<Place>) -> &'static str {
    place.0.wait().await;
    assert!(!panics, "this one leaves the meeting");
    "met"
}

/// How many are here with it, and the thread of each.
#[povery::route(GET, "/alone")]
async fn alone(here: State<AtomicUsize>) -> String {
    let count = here.fetch_add(1, Ordering::SeqCst) + 1;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    here.fetch_sub(1, Ordering::SeqCst);
    format!("{count} {:?}", std::thread::current().id())
}

/// Answers once the function is told to end.
#[povery::route(GET, "/last")]
async fn last() -> Result<&'static str, PoveryError> {
    let mut told = signal(SignalKind::terminate()).map_err(PoveryError::internal)?;
    println!("begun");
    told.recv().await;
    Ok("in time")
}

#[povery::route(GET, "/never")]
async fn never() {
    println!("begun");
    pending().await
}

/// Whole seconds until its end.
#[povery::route(GET, "/left")]
async fn left(deadline: Deadline) -> String {
    let left = deadline.remaining().map(|left| left.as_secs_f64().round());
    format!("{left:?}")
}

/// The server process behind its connection.
#[povery::route(GET, "/backend")]
async fn backend(pool: Pool) -> Result<String, PoveryError> {
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&pool)
        .await?;
    Ok(pid.to_string())
}

fn hook(app: App, word: &str) -> App {
    let (moment, what) = word.split_once('-').unwrap_or((word, ""));
    let moment = match moment {
        "before" => Lifecycle::BeforeSnapshot,
        "after" => Lifecycle::AfterRestore,
        "end" => Lifecycle::Shutdown,
        _ => return app,
    };
    let (word, what) = (word.to_owned(), what.to_owned());
    app.on(moment, move || {
        println!("hook {word}");
        let what = what.clone();
        async move {
            match &*what {
                "fails" => return Err(std::io::Error::other("no route to the cache")),
                "panics" => panic!("the cache is not there"),
                "hangs" => pending().await,
                _ => {}
            }
            Ok(())
        }
    })
}

/// The pool that `PROBE_DATABASE` describes: port, user, password, database.
fn pool(description: &str) -> Pool {
    let parts: Vec<_> = description.split(' ').map(str::to_owned).collect();
    let [port, user, password, database] = <[String; 4]>::try_from(parts).expect("four parts");
    let login = Credentials::new("127.0.0.1", user, password, database);
    Pool::new(login.with_port(port.parse().expect("a port")), 2)
}

fn main() -> povery::Exit {
    let words = std::env::var("PROBE").unwrap_or_default();
    let mut app = App::new()
        .routes(povery::routes![meet, alone, last, never, left])
        .state(Place(Barrier::new(4)))
        .state(AtomicUsize::new(0));
    if words.contains("pool") {
        app = app.routes(povery::routes![backend]);
    }
    if let Ok(description) = std::env::var("PROBE_DATABASE") {
        let pool = pool(&description);
        for moment in [Lifecycle::BeforeSnapshot, Lifecycle::Shutdown] {
            let asked = pool.clone();
            app = app.on(moment, move || {
                let pool = asked.clone();
                async move {
                    let answer = sqlx::query("SELECT 1").execute(&pool).await;
                    println!("hook with the pool {}", answer.is_ok());
                }
            });
        }
        app = app.pool(pool);
    }
    words.split(' ').fold(app, hook).run()
}
