//! Rotations under load: both kinds, and not one request that fails.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::RwLock;
use tokio::time::sleep;
use uuid::Uuid;

use crate::bench::{BUDGET, Bench, SOON};
use crate::canary::PASSWORD;
use crate::database::Database;

const ROTATIONS: usize = 20;
const REQUESTS: usize = 1_000;
/// How long the database is ahead of the secret.
const WINDOW: Duration = Duration::from_millis(200);
/// The same where no pending version tells what the password will be.
const LONGEST_WINDOW: Duration = Duration::from_millis(900);

/// How a password is changed.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// One user: its password changes in the database, and then in the secret, where it was pending before.
    SingleUser,
    /// The same by hand, without a pending version.
    ByHand,
    /// The user that is not in use gets a new password, and becomes the one in use.
    AlternatingUsers,
}

#[tokio::test]
async fn rotations_under_load_fail_no_request() {
    let bench = Bench::with_secret(Database::shared().await, |function| {
        function.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")
    })
    .await;
    bench.ok("/one", SOON).await;
    let (idle, over) = (RwLock::new(()), AtomicBool::new(false));
    let sent = AtomicUsize::new(0);
    let caller = async |number: usize| {
        while !over.load(Ordering::SeqCst) || sent.load(Ordering::SeqCst) < REQUESTS {
            let under_way = idle.read().await;
            let answer = match sent.fetch_add(1, Ordering::SeqCst) % 3 {
                0 => bench.post(&format!("/tx/writes/{}", Uuid::new_v4())).await,
                1 => bench.post(&format!("/writes/{}", Uuid::new_v4())).await,
                _ => bench.get("/one").await,
            };
            drop(under_way);
            assert!(
                [200, 201].contains(&answer.status) && answer.took < BUDGET,
                "{answer:?}\n{}",
                bench.told()
            );
            sleep(Duration::from_millis(20 + number as u64)).await;
        }
    };
    let rotations = async {
        let mut login = (bench.database.role.clone(), PASSWORD.to_owned());
        for number in 0..ROTATIONS {
            let kind = match number % 4 {
                0 => Kind::SingleUser,
                2 => Kind::ByHand,
                _ => Kind::AlternatingUsers,
            };
            login = bench.rotate(kind, number, login, &idle).await;
        }
        over.store(true, Ordering::SeqCst);
    };
    tokio::join!(rotations, join_all((0..4).map(caller)));
    assert!(sent.load(Ordering::SeqCst) >= REQUESTS);
}

impl Bench {
    /// Changes the password of that login, or the login, and returns the new one.
    async fn rotate(
        &self,
        kind: Kind,
        number: usize,
        (role, _): (String, String),
        idle: &RwLock<()>,
    ) -> (String, String) {
        let database = &self.database;
        let password = format!("{PASSWORD}{number}");
        let role = match kind {
            Kind::AlternatingUsers if role.ends_with("_b") => database.role.clone(),
            Kind::AlternatingUsers => format!("{}_b", database.role),
            _ => role,
        };
        let text = database.secret(self.proxy.port(), &role, &password);
        if let Kind::SingleUser = kind {
            self.secrets().begin_rotation(&*text);
        }
        database.set_password_of(&role, &password).await;
        let window = match kind {
            Kind::ByHand => LONGEST_WINDOW,
            _ => WINDOW,
        };
        for _ in 0..2 {
            self.reconnects(idle).await;
            sleep(window / 2).await;
        }
        match kind {
            Kind::SingleUser => self.secrets().finish_rotation(),
            _ => self.secrets().put(text),
        }
        self.reconnects(idle).await;
        (role, password)
    }

    /// Ends all connections while none is in use, so that the next request logs in.
    async fn reconnects(&self, idle: &RwLock<()>) {
        let nothing_is_under_way = idle.write().await;
        self.database.terminate().await;
        drop(nothing_is_under_way);
    }
}
