//! The AWS Parameters and Secrets extension between a function and its secret: a cache that may be old, slow or gone.

use povery_tests::fake_secrets::{Caching, FakeExtension, Manner};

use crate::bench::{BUDGET, Bench, SOON};
use crate::database::Database;

/// A function that is told of an extension.
async fn bench(manner: Caching) -> (Bench, FakeExtension) {
    Bench::with_extension(Database::shared().await, manner).await
}

impl Bench {
    /// The password changes in the database and its secret; no connection stays.
    async fn change_password(&self, round: usize) {
        let password = format!("{}{round}", crate::canary::PASSWORD);
        let database = &self.database;
        database.set_password(&password).await;
        let text = database.secret(self.proxy.port(), &database.role, &password);
        self.secrets().put(text);
        database.terminate().await;
    }
}

#[tokio::test]
async fn password_rotated_and_the_extension_asks_anew() {
    let (bench, extension) = bench(Caching::Well).await;
    bench.ok("/one", SOON).await;
    assert_eq!((extension.answered(), bench.secrets().asked()), (1, 0));
    for round in 0..3 {
        bench.change_password(round).await;
        bench.ok("/one", BUDGET).await;
    }
    assert!(extension.answered() > 3, "it is asked anew");
    assert_eq!(bench.secrets().asked_for("AWSCURRENT"), 0);
}

#[tokio::test]
async fn password_rotated_and_the_extension_keeps_what_it_has() {
    let (bench, _extension) = bench(Caching::Stubborn).await;
    bench.ok("/one", SOON).await;
    for round in 0..3 {
        bench.change_password(round).await;
        bench.ok("/one", BUDGET).await;
    }
    assert!(bench.secrets().asked_for("AWSCURRENT") >= 3);
}

#[tokio::test]
async fn extension_not_ready_hanging_gone() {
    for manner in [Caching::NotReady, Caching::Hanging] {
        let (bench, extension) = bench(manner).await;
        bench.ok("/one", SOON).await;
        extension.end();
        bench.change_password(0).await;
        bench.ok("/one", BUDGET).await;
        assert_eq!(extension.answered(), 0, "{manner:?}");
    }
}

/// With neither it is a 503, and served as soon as one of the two is well.
#[tokio::test]
async fn extension_and_secrets_manager_fail() {
    let (bench, extension) = bench(Caching::Well).await;
    bench.ok("/one", SOON).await;
    extension.set(Caching::NotReady);
    bench.secrets().set(Manner::Failing);
    // What is connected goes on.
    bench.ok("/one", SOON).await;
    bench.change_password(0).await;
    bench.get("/one").await.is(503, BUDGET);
    extension.set(Caching::Well);
    bench.ok("/one", BUDGET).await;
}
