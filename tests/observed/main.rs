//! What the pool tells of itself: a span for each step, and an event for each connection that was closed. In a process of
//! its own: what a subscriber hears depends on those of other threads.

use std::sync::{Arc, Mutex};

use povery::prelude::*;
use povery::test::TestClient;
use povery::{CredentialFuture, CredentialSource, Credentials, Want};
use povery_tests::database::users_database;
use tracing::field::{Field, Visit};
use tracing::span::Attributes;
use tracing::{Event, Id, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The names of spans as they begin, with those around them, and the reasons of events.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    fn taken(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Told {
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let scope = context.span_scope(id).into_iter().flatten();
        let ours = scope.filter(|span| span.metadata().target().starts_with("povery"));
        let names: Vec<_> = ours.map(|span| span.name()).collect();
        if !names.is_empty() {
            let names: Vec<_> = names.into_iter().rev().collect();
            self.0.lock().unwrap().push(names.join(" > "));
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        struct Reason(Option<String>);
        impl Visit for Reason {
            fn record_str(&mut self, field: &Field, value: &str) {
                if field.name() == "reason" {
                    self.0 = Some(value.to_owned());
                }
            }

            fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
        }
        let mut reason = Reason(None);
        event.record(&mut reason);
        self.0.lock().unwrap().extend(reason.0);
    }
}

/// Keeps a login that is refused.
struct Rotated {
    old: Credentials,
    new: Credentials,
}

impl CredentialSource for Rotated {
    fn credentials(&self, want: Want) -> CredentialFuture<'_> {
        let login = match want {
            Want::Kept => &self.old,
            _ => &self.new,
        };
        Box::pin(std::future::ready(Ok(login.clone())))
    }
}

#[povery::route(GET, "/pid")]
async fn pid(pool: Pool) -> Result<Json<i32>, PoveryError> {
    let pid = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&pool);
    Ok(Json(pid.await?))
}

#[tokio::test]
async fn every_step_is_a_span_and_every_discard_has_its_reason() {
    let told = Told::default();
    let subscriber = tracing_subscriber::registry().with(told.clone());
    let _guard = tracing::subscriber::set_default(subscriber);
    let database = users_database().await;
    let old = Credentials::new("127.0.0.1", &*database.user, "old", &*database.database);
    let old = old.with_port(database.port);
    let new = database.into();
    let pool = Pool::new(Rotated { old, new }, 1);
    let beside = Pool::new(Credentials::from(users_database().await), 1);
    let client = TestClient::new(App::new().routes(povery::routes![pid]).pool(pool));
    told.taken();

    let first: i32 = client.get("/pid").send().await.json();
    let steps = [
        "request",
        "request > acquire",
        "request > acquire > connect",
        "request > acquire > connect > refresh",
    ];
    assert_eq!(told.taken(), steps);
    client.get("/pid").send().await;
    let steps = [
        "request",
        "request > acquire",
        "request > acquire > validate",
    ];
    assert_eq!(told.taken(), steps);

    let end = sqlx::query("SELECT pg_terminate_backend($1, 5000)").bind(first);
    end.execute(&beside).await.unwrap();
    told.taken();
    client.get("/pid").send().await;
    let steps = [
        "request",
        "request > acquire",
        "request > acquire > validate",
        "broken",
        "request > acquire > connect",
    ];
    let seen = told.taken();
    assert_eq!(
        seen.get(..5),
        Some(&steps.map(str::to_owned)[..]),
        "{seen:?}"
    );
}
