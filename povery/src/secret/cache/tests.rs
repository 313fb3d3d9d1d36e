use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use secrecy::ExposeSecret;

use super::super::SecretFuture;
use super::*;

/// What a fetch gives.
#[derive(Clone, Copy)]
enum Gives {
    Text(&'static str),
    Nothing,
    Error(&'static str),
    Never,
}

/// Answers in an order that is given; the last answer goes on. A fetch takes 100 ms.
#[derive(Clone)]
struct Scripted {
    current: Arc<Mutex<VecDeque<Gives>>>,
    pending: Arc<Mutex<VecDeque<Gives>>>,
    fetches: Arc<AtomicUsize>,
    pending_fetches: Arc<AtomicUsize>,
}

impl Scripted {
    fn new(current: &[Gives], pending: &[Gives]) -> Self {
        Self {
            current: Arc::new(Mutex::new(current.iter().copied().collect())),
            pending: Arc::new(Mutex::new(pending.iter().copied().collect())),
            fetches: Arc::default(),
            pending_fetches: Arc::default(),
        }
    }

    /// How many fetches there were of the current and of the pending version.
    fn counts(&self) -> (usize, usize) {
        (
            self.fetches.load(Ordering::Relaxed),
            self.pending_fetches.load(Ordering::Relaxed),
        )
    }
}

impl SecretSource for Scripted {
    fn name(&self) -> &str {
        "app/db"
    }

    fn fetch(&self, want: Want) -> SecretFuture<'_> {
        let (answers, count) = match want {
            Want::Pending => (&self.pending, &self.pending_fetches),
            _ => (&self.current, &self.fetches),
        };
        count.fetch_add(1, Ordering::Relaxed);
        let mut answers = answers.lock().unwrap();
        let gives = match answers.len() {
            0 | 1 => answers.front().copied().expect("an answer"),
            _ => answers.pop_front().unwrap(),
        };
        Box::pin(async move {
            sleep(Duration::from_millis(100)).await;
            match gives {
                Gives::Text(text) => Ok(Some(text.to_owned().into())),
                Gives::Nothing => Ok(None),
                Gives::Error(text) => Err(text.into()),
                Gives::Never => std::future::pending().await,
            }
        })
    }
}

fn cache(current: &[Gives], pending: &[Gives]) -> (SecretCache<String>, Scripted) {
    let source = Scripted::new(current, pending);
    (SecretCache::new(source.clone()), source)
}

async fn get(cache: &SecretCache<String>, want: Want) -> Result<String, String> {
    let read = |text: &SecretString| match text.expose_secret() {
        "malformed" => Err("it is malformed".to_owned()),
        text => Ok(text.to_owned()),
    };
    let secret = cache.get(want, read).await;
    secret.map_err(|error| error.to_string())
}

fn ok(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

async fn pass(seconds: f32) {
    sleep(Duration::from_secs_f32(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_used_for_five_minutes_or_so() {
    let (cache, source) = cache(&[Gives::Text("one"), Gives::Text("two")], &[]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    pass(269.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(source.counts(), (1, 0));
    pass(62.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("two"));
    assert_eq!(source.counts(), (2, 0));
}

#[test]
fn sandboxes_do_not_go_on_asking_together() {
    let drawn = (0..1_000).map(|_| fresh()).collect::<Vec<_>>();
    let (least, most) = (Duration::from_secs(270), Duration::from_secs(330));
    assert!(drawn.iter().all(|fresh| (least..=most).contains(fresh)));
    let spread = *drawn.iter().max().unwrap() - *drawn.iter().min().unwrap();
    assert!(spread > Duration::from_secs(50), "{spread:?}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_at_the_same_time_shares_a_fetch_and_its_error() {
    let (cache, source) = cache(
        &[Gives::Error("no"), Gives::Text("one"), Gives::Text("two")],
        &[],
    );
    let all = join_all((0..8).map(|_| get(&cache, Want::Kept))).await;
    let error = Err("secret `app/db`: no".to_owned());
    assert!(all.iter().all(|answer| *answer == error), "{all:?}");
    assert_eq!(source.counts(), (1, 0));
    pass(1.0).await;
    let all = join_all((0..8).map(|_| get(&cache, Want::Kept))).await;
    assert!(all.iter().all(|answer| *answer == ok("one")), "{all:?}");
    assert_eq!(source.counts(), (2, 0));
    pass(1.0).await;
    let all = join_all((0..8).map(|_| get(&cache, Want::Current))).await;
    assert!(all.iter().all(|answer| *answer == ok("two")), "{all:?}");
    assert_eq!(source.counts(), (3, 0));
}

#[tokio::test(start_paused = true)]
async fn the_pause_after_a_failure_is_waited_for_and_answers_nobody() {
    let (cache, source) = cache(&[Gives::Error("no"), Gives::Text("one")], &[]);
    assert!(get(&cache, Want::Kept).await.is_err());
    let start = Instant::now();
    let all = join_all((0..8).map(|_| get(&cache, Want::Kept))).await;
    assert!(all.iter().all(|answer| *answer == ok("one")), "{all:?}");
    assert_eq!(source.counts(), (2, 0));
    assert_eq!(start.elapsed().as_millis(), 1_100);
}

#[tokio::test(start_paused = true)]
async fn in_the_pause_after_a_fetch_a_refused_login_gets_what_was_fetched() {
    let (cache, source) = cache(&[Gives::Text("one"), Gives::Text("two")], &[]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    for _ in 0..9 {
        assert_eq!(get(&cache, Want::Current).await, ok("one"));
        pass(0.1).await;
    }
    assert_eq!(source.counts(), (1, 0));
    pass(0.1).await;
    assert_eq!(get(&cache, Want::Current).await, ok("two"));
    assert_eq!(source.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn the_pending_version_is_fetched_at_once_and_by_one() {
    let (cache, source) = cache(
        &[Gives::Text("one")],
        &[Gives::Text("two"), Gives::Text("three")],
    );
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    let all = join_all((0..8).map(|_| get(&cache, Want::Pending))).await;
    assert!(all.iter().all(|answer| *answer == ok("two")), "{all:?}");
    // Who comes later needs no fetch: the one that was kept is refused by now.
    assert_eq!(get(&cache, Want::Current).await, ok("two"));
    assert_eq!(get(&cache, Want::Kept).await, ok("two"));
    assert_eq!(source.counts(), (1, 1));
    // Whoever was refused with that one too waits for what is pending now.
    let start = Instant::now();
    assert_eq!(get(&cache, Want::Pending).await, ok("three"));
    assert_eq!(start.elapsed().as_millis(), 1_100);
    assert_eq!(source.counts(), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn the_pending_version_is_not_kept_for_long() {
    let (cache, source) = cache(&[Gives::Text("one")], &[Gives::Text("two")]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(get(&cache, Want::Pending).await, ok("two"));
    pass(9.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("two"));
    // The rotation has failed, or someone has ended it.
    pass(2.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(source.counts(), (2, 1));
}

#[tokio::test(start_paused = true)]
async fn without_a_pending_version_the_current_one_is_given_again() {
    for gives in [
        Gives::Nothing,
        Gives::Error("no"),
        Gives::Never,
        Gives::Text("malformed"),
    ] {
        let (cache, source) = cache(&[Gives::Text("one")], &[gives]);
        assert_eq!(get(&cache, Want::Kept).await, ok("one"));
        let all = join_all((0..8).map(|_| get(&cache, Want::Pending))).await;
        assert!(all.iter().all(|answer| *answer == ok("one")), "{all:?}");
        assert_eq!(source.counts(), (1, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_malformed_version_does_not_displace_a_sound_one() {
    let texts = ["one", "malformed", "malformed", "two"].map(Gives::Text);
    let (warm, _) = cache(&texts, &[]);
    assert_eq!(get(&warm, Want::Kept).await, ok("one"));
    pass(331.0).await;
    assert_eq!(get(&warm, Want::Kept).await, ok("one"));
    pass(1.0).await;
    assert_eq!(get(&warm, Want::Current).await, ok("one"));
    pass(11.0).await;
    assert_eq!(get(&warm, Want::Kept).await, ok("two"));

    let (cold, _) = cache(&texts[1..], &[]);
    let error = Err("secret `app/db`: it is malformed".to_owned());
    assert_eq!(get(&cold, Want::Kept).await, error);
}

#[tokio::test(start_paused = true)]
async fn an_old_secret_is_used_while_no_new_one_is_to_be_had() {
    let failing = [
        Gives::Text("one"),
        Gives::Error("no"),
        Gives::Never,
        Gives::Text("two"),
    ];
    let (cache, source) = cache(&failing, &[]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    pass(331.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(source.counts(), (2, 0));
    // Not everyone pays for the next try, and that one not for long.
    pass(9.0).await;
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(source.counts(), (2, 0));
    pass(2.0).await;
    let start = Instant::now();
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    assert_eq!(start.elapsed(), REFRESH);
    assert_eq!(source.counts(), (3, 0));
    // A refused login asks at once.
    pass(1.0).await;
    assert_eq!(get(&cache, Want::Current).await, ok("two"));
    assert_eq!(source.counts(), (4, 0));
}

#[tokio::test(start_paused = true)]
async fn an_old_secret_is_used_while_a_new_one_is_fetched() {
    let (cache, source) = cache(&[Gives::Text("one"), Gives::Text("two")], &[]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    pass(331.0).await;
    let both = tokio::join!(get(&cache, Want::Kept), get(&cache, Want::Kept));
    assert_eq!(both, (ok("two"), ok("one")));
    assert_eq!(source.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_never_answers_is_an_error_in_time() {
    let (cache, _) = cache(&[Gives::Never], &[]);
    let start = Instant::now();
    let error = get(&cache, Want::Kept).await.unwrap_err();
    assert_eq!(start.elapsed(), FETCH);
    assert_eq!(
        error,
        "secret `app/db`: its store did not answer within 2.5 s; is there a route to it?"
    );
}

/// The pause is part of the time after which it is told what is wrong.
#[tokio::test(start_paused = true)]
async fn who_waits_for_the_pause_is_told_in_time_too() {
    let (cache, source) = cache(&[Gives::Never], &[]);
    for fetches in 1..4 {
        let start = Instant::now();
        let error = get(&cache, Want::Kept).await.unwrap_err();
        assert_eq!(start.elapsed(), FETCH);
        assert!(error.contains("its store did not answer within"), "{error}");
        assert_eq!(source.counts(), (fetches, 0));
    }
}

#[tokio::test(start_paused = true)]
async fn a_fetch_that_is_dropped_is_made_by_the_next() {
    let (cache, source) = cache(&[Gives::Never, Gives::Text("one")], &[]);
    let dropped = timeout(Duration::from_millis(500), get(&cache, Want::Kept));
    let (dropped, next) = tokio::join!(dropped, get(&cache, Want::Kept));
    assert!(dropped.is_err());
    assert_eq!(next, ok("one"));
    assert_eq!(source.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_fetched_anew() {
    let (cache, source) = cache(&[Gives::Text("one"), Gives::Text("two")], &[]);
    assert_eq!(get(&cache, Want::Kept).await, ok("one"));
    cache.forget().await;
    assert_eq!(get(&cache, Want::Kept).await, ok("two"));
    assert_eq!(source.counts(), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn an_error_is_one_line_and_absence_is_one() {
    let (cache, _) = cache(&[Gives::Error("a\r\nb"), Gives::Nothing], &[]);
    let error = get(&cache, Want::Kept).await;
    assert_eq!(error, Err("secret `app/db`: a  b".to_owned()));
    let error = get(&cache, Want::Kept).await;
    assert_eq!(
        error,
        Err("secret `app/db`: there is no such secret".to_owned())
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_known_of_it_is_told_without_a_fetch() {
    let text = |text: &SecretString| Ok(text.expose_secret().to_owned());
    let (cache, source) = cache(
        &[Gives::Text("one"), Gives::Error("away"), Gives::Text("two")],
        &[Gives::Nothing],
    );
    assert_eq!(cache.known(), SecretState::Absent);
    cache.get(Want::Kept, text).await.unwrap();
    let age = Duration::from_secs(100);
    tokio::time::advance(age).await;
    assert_eq!(cache.known(), SecretState::Fresh { age });
    tokio::time::advance(Duration::from_secs(300)).await;
    let age = Duration::from_secs(400);
    assert_eq!(cache.known(), SecretState::Stale { age });
    assert_eq!(source.counts(), (1, 0));
    cache.get(Want::Kept, text).await.unwrap();
    assert!(
        matches!(cache.known(), SecretState::Stale { .. }),
        "it could not be had"
    );
    tokio::time::advance(Duration::from_secs(11)).await;
    cache.get(Want::Kept, text).await.unwrap();
    let age = Duration::ZERO;
    assert_eq!(
        (cache.known(), source.counts()),
        (SecretState::Fresh { age }, (3, 0))
    );
    cache.forget().await;
    assert_eq!(cache.known(), SecretState::Absent);
}
