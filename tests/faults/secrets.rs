//! Faults of credentials: rotations, and a Secrets Manager that does not do well.

use std::time::Duration;

use povery_tests::cluster::Cluster;
use povery_tests::fake_secrets::Manner;
use povery_tests::process::Signal;

use crate::bench::{BUDGET, Bench, SOON};
use crate::canary::PASSWORD;
use crate::database::Database;

/// The password after a rotation; the suite's own is in it.
fn rotated(number: usize) -> String {
    format!("{PASSWORD}{number}")
}

async fn bench() -> Bench {
    Bench::with_secret(Database::shared().await, |function| function).await
}

impl Bench {
    /// The secret's text with that password.
    fn login(&self, role: &str, password: &str) -> String {
        self.database.secret(self.proxy.port(), role, password)
    }

    /// The same for the role of the database.
    fn password(&self, password: &str) -> String {
        self.login(&self.database.role, password)
    }
}

#[tokio::test]
async fn password_rotated_28p01() {
    let bench = bench().await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        let password = rotated(round);
        bench.database.set_password(&password).await;
        bench.secrets().put(bench.password(&password));
        bench.database.terminate().await;
        bench.ok("/one", BUDGET).await;
    }
}

#[tokio::test]
async fn password_rotated_and_pending_still() {
    let bench = bench().await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        let password = rotated(round);
        bench.secrets().begin_rotation(bench.password(&password));
        bench.database.set_password(&password).await;
        bench.database.terminate().await;
        // The rotation is not finished: the current version is the old one.
        bench.ok("/one", BUDGET).await;
        assert_eq!(bench.secrets().asked_for("AWSPENDING"), round + 1);
        bench.database.terminate().await;
        bench.ok("/one", BUDGET).await;
        bench.secrets().finish_rotation();
        bench.database.terminate().await;
        bench.ok("/one", BUDGET).await;
    }
}

#[tokio::test]
async fn password_rotated_a_second_before_its_secret() {
    let bench = bench().await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        let password = rotated(round);
        bench.database.set_password(&password).await;
        bench.database.terminate().await;
        let (answer, ()) = tokio::join!(bench.get("/one"), async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            bench.secrets().put(bench.password(&password));
        });
        answer.is(200, BUDGET);
    }
}

#[tokio::test]
async fn user_rotated_28000() {
    let bench = bench().await;
    bench.ok("/one", SOON).await;
    let role = bench.database.role.clone();
    let other = format!("{role}_other");
    let password = rotated(1);
    bench.database.set_password_of(&other, &password).await;
    bench.secrets().put(bench.login(&other, &password));
    bench
        .database
        .execute(&format!("ALTER ROLE {role} NOLOGIN"))
        .await;
    bench.database.terminate().await;
    bench.ok("/one", BUDGET).await;
}

#[tokio::test]
async fn four_refused_at_once_share_a_refresh() {
    let database = Database::shared().await;
    let bench = Bench::with_secret(database, |function| {
        function.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")
    })
    .await;
    bench.ok("/one", SOON).await;
    let asked = bench.secrets().asked();
    bench.database.set_password(&rotated(1)).await;
    bench.secrets().put(bench.password(&rotated(1)));
    bench.database.terminate().await;
    let all = tokio::join!(
        bench.get("/sleep?seconds=0.2"),
        bench.get("/sleep?seconds=0.2"),
        bench.get("/sleep?seconds=0.2"),
        bench.get("/sleep?seconds=0.2")
    );
    for answer in [all.0, all.1, all.2, all.3] {
        answer.is(200, BUDGET);
    }
    assert!(
        bench.secrets().asked() <= asked + 2,
        "{}",
        bench.secrets().asked() - asked
    );
}

#[tokio::test]
async fn refused_for_good_28p01() {
    let bench = bench().await;
    bench.ok("/one", SOON).await;
    bench.database.set_password(&rotated(1)).await;
    bench.database.terminate().await;
    let asked = bench.secrets().asked();
    let answer = bench.get("/one").await;
    answer.is(503, BUDGET);
    assert!(
        answer.took > Duration::from_secs(2),
        "{answer:?}: the budget is used"
    );
    let asked = bench.secrets().asked() - asked;
    assert!((1..=8).contains(&asked), "asked {asked} times");
    bench.secrets().put(bench.password(&rotated(1)));
    bench.ok("/one", BUDGET).await;
}

#[tokio::test]
async fn secret_deleted_denied_malformed() {
    for (manner, text) in [
        (Manner::Deleted, None),
        (Manner::Denied, None),
        (Manner::Well, Some("")),
        (Manner::Well, Some("{\"password\": 1}")),
        (Manner::Well, Some("not JSON")),
    ] {
        // Warm: the pool that lives is kept, and so is the login for a new connection.
        let warm = bench().await;
        warm.ok("/one", SOON).await;
        let spoilt = |bench: &Bench| {
            bench.secrets().set(manner);
            if let Some(text) = text {
                bench.secrets().put(text);
            }
        };
        spoilt(&warm);
        warm.ok("/one", SOON).await;
        warm.database.terminate().await;
        warm.ok("/one", SOON).await;

        // Cold: a clear error, and served as soon as it is mended.
        let database = Database::shared().await;
        let cold = Bench::cold(database, |secrets| {
            secrets.set(manner);
            if let Some(text) = text {
                secrets.put(text);
            }
        })
        .await;
        cold.get("/one").await.is(503, BUDGET);
        assert!(cold.told().contains("faults/database"), "{}", cold.told());
        cold.secrets().set(Manner::Well);
        cold.secrets().put(cold.password(PASSWORD));
        tokio::time::sleep(Duration::from_secs(1)).await;
        cold.ok("/one", BUDGET).await;
    }
}

#[tokio::test]
async fn secrets_manager_5xx_throttled_hanging() {
    for manner in [
        Manner::Failing,
        Manner::Throttling,
        Manner::Hanging,
        Manner::Breaking,
    ] {
        let warm = bench().await;
        warm.ok("/one", SOON).await;
        warm.secrets().set(manner);
        for _ in 0..3 {
            warm.database.terminate().await;
            warm.ok("/one", SOON).await;
        }

        let cold = Bench::cold(Database::shared().await, |secrets| secrets.set(manner)).await;
        cold.get("/one").await.is(503, BUDGET);
        cold.secrets().set(Manner::Well);
        cold.ok("/one", BUDGET).await;
    }
}

/// The SDK's connection is as dead after a freeze as any other.
#[tokio::test]
async fn a_rotation_after_a_freeze() {
    let cluster = Cluster::start(&[]).await;
    let database = Database::on(&cluster).await;
    let bench = Bench::with_secret(database, |function| function).await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        bench.host().process().signal(Signal::STOP);
        bench.secrets().close_connections();
        let password = rotated(round);
        bench.database.set_password(&password).await;
        bench.secrets().put(bench.password(&password));
        cluster.restart().await;
        bench.host().process().signal(Signal::CONT);
        bench.ok("/one", BUDGET).await;
    }
}
