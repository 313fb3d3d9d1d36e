use std::future::{pending, ready};
use std::sync::Mutex;

use super::*;

/// What has happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn push(&self, what: &'static str) {
        self.0.lock().unwrap().push(what);
    }

    fn taken(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    fn hook(&self, what: &'static str) -> impl Fn() -> Running + Send + Sync + use<> {
        let log = self.clone();
        move || {
            log.push(what);
            Box::pin(ready(Ok(())))
        }
    }
}

#[tokio::test]
async fn foundations_go_last_and_come_back_first() {
    let log = Log::default();
    let app = [
        Lifecycle::BeforeSnapshot,
        Lifecycle::AfterRestore,
        Lifecycle::Shutdown,
    ]
    .into_iter()
    .fold(App::new(), |app, moment| {
        app.on(moment, log.hook("first"))
            .on(moment, log.hook("second"))
    });
    app.before_snapshot().await.unwrap();
    assert_eq!(log.taken(), ["second", "first"]);
    app.after_restore().await.unwrap();
    assert_eq!(log.taken(), ["first", "second"]);
    app.shut_down(Instant::now() + SHUTDOWN).await;
    assert_eq!(log.taken(), ["second", "first"]);
}

#[tokio::test]
async fn a_hook_may_be_a_function_and_may_fail_with_anything() {
    async fn nothing() {}
    async fn typed() -> Result<(), std::num::ParseIntError> {
        "x".parse::<u8>().map(drop)
    }
    let moment = Lifecycle::AfterRestore;
    let app = App::new()
        .on(moment, nothing)
        .on(moment, async || ())
        .on(moment, typed);
    let error = app.after_restore().await.unwrap_err().to_string();
    assert!(
        error.starts_with("the hook after the restore (")
            && error.contains("hooks")
            && error.ends_with(") failed: invalid digit found in string"),
        "{error}"
    );
}

#[tokio::test]
async fn the_first_failure_around_a_snapshot_is_the_last_thing() {
    let log = Log::default();
    let refuse = || ready(Err::<(), _>("no")).boxed();
    let app = App::new()
        .on(Lifecycle::BeforeSnapshot, log.hook("before"))
        .on(Lifecycle::BeforeSnapshot, refuse)
        .on(Lifecycle::AfterRestore, refuse)
        .on(Lifecycle::AfterRestore, log.hook("after"));
    for error in [app.before_snapshot().await, app.after_restore().await] {
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with(" failed: no"), "{error}");
    }
    assert!(log.taken().is_empty());
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let app = App::new()
        .on(Lifecycle::BeforeSnapshot, || -> Running {
            panic!("at its start")
        })
        .on(Lifecycle::AfterRestore, async || -> () {
            panic!("on its way")
        });
    let error = app.before_snapshot().await.unwrap_err().to_string();
    assert!(error.ends_with("panicked: at its start"), "{error}");
    let error = app.after_restore().await.unwrap_err().to_string();
    assert!(error.ends_with("panicked: on its way"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn the_end_is_bound_and_every_hook_is_begun() {
    let log = Log::default();
    let moment = Lifecycle::Shutdown;
    let app = App::new()
        .on(moment, log.hook("first"))
        .on(moment, || pending::<()>().boxed())
        .on(moment, async || -> () { panic!("{}", "this one too") })
        .on(moment, log.hook("last"));
    let start = Instant::now();
    app.shut_down(start + SHUTDOWN).await;
    assert_eq!(log.taken(), ["last", "first"]);
    let took = start.elapsed();
    assert!(took >= SHUTDOWN && took < SHUTDOWN * 2, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restore_is_bound() {
    let app = App::new().on(Lifecycle::AfterRestore, || pending::<()>().boxed());
    let start = Instant::now();
    let error = app.after_restore().await.unwrap_err().to_string();
    assert!(
        error.ends_with("had not ended when its time was up"),
        "{error}"
    );
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn only_an_application_with_something_to_do_has_an_end() {
    assert!(!App::new().has_shutdown());
    let restored = App::new().on(Lifecycle::AfterRestore, async || ());
    assert!(!restored.has_shutdown());
    assert!(
        App::new()
            .on(Lifecycle::Shutdown, async || ())
            .has_shutdown()
    );
}
