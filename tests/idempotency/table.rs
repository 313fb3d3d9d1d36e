//! The table of records: its migration, and what leaves it.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use povery::IdempotencyOptions;

use crate::shop::{Manner, Shop, error, same};

#[tokio::test]
async fn after_its_time_a_record_is_no_more() {
    let ttl = Duration::from_secs(1);
    let shop = Shop::with(Manner {
        options: IdempotencyOptions::new().ttl(ttl),
        ..Manner::default()
    })
    .await;
    let first = shop.order("k", "pen").await;
    same(&first, &shop.order("k", "pen").await);
    tokio::time::sleep(ttl + Duration::from_millis(100)).await;
    let other = shop.order("k", "ink").await;
    assert_eq!((other.status().as_u16(), other.json::<i64>()), (201, 2));
    same(&other, &shop.order("k", "ink").await);
    assert_eq!((shop.effects().await.len(), shop.records().await), (2, 1));
}

#[tokio::test]
async fn it_is_kept_for_a_day() {
    let shop = Shop::open().await;
    shop.order("k", "pen").await;
    let hours: f64 = sqlx::query_scalar(
        "SELECT (extract(epoch FROM expires_at - created_at) / 3600)::float8 FROM povery_idempotency \
         WHERE app = 'idempotency' AND route = 'POST /orders' AND status = 201",
    )
    .fetch_one(&shop.beside)
    .await
    .unwrap();
    assert!((hours - 24.0).abs() < 0.001, "{hours}");
}

#[tokio::test]
async fn each_request_takes_a_few_old_records_along() {
    let shop = Shop::open().await;
    for key in 0..25 {
        shop.order(&key.to_string(), "pen").await;
    }
    let old = "UPDATE povery_idempotency SET expires_at = now() - interval '2 hours'";
    sqlx::query(old).execute(&shop.beside).await.unwrap();
    for (key, left) in [("a", 16), ("b", 7), ("c", 3), ("d", 4)] {
        shop.order(key, "pen").await;
        assert_eq!(shop.records().await, left, "{key}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn without_the_table_the_log_says_what_to_do() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .finish();
    // With one subscriber alone `tracing` would believe a thread without any that nobody listens.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::new());
    let _guard = tracing::subscriber::set_default(subscriber);
    let shop = Shop::with(Manner {
        has_table: false,
        ..Manner::default()
    })
    .await;
    let answer = shop.order("k", "pen").await;
    assert_eq!(error(&answer), (500, "INTERNAL".to_owned()));
    assert!(!answer.text().contains("povery_idempotency"), "{answer:?}");
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let told = "the table `povery_idempotency` is missing: run a migration";
    assert!(log.contains(told) && log.contains("42P01"), "{log}");
    assert!(shop.effects().await.is_empty());
}
