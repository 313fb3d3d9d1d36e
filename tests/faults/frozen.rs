//! The function is frozen, and its connection cut meanwhile.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use povery_tests::fault_proxy::Cut;
use povery_tests::process::Signal;
use tokio::time::sleep;
use uuid::Uuid;

use crate::bench::{Bench, SOON};
use crate::database::Database;
use crate::stopped::Stopped;

/// How often: the variable, or as many as take some 40 s.
fn rounds(usual: usize) -> usize {
    let asked = std::env::var("POVERY_FAULT_FREEZES").ok();
    asked.map_or(usual, |number| {
        number.parse().expect("POVERY_FAULT_FREEZES is a number")
    })
}

/// What happens to the connection while the function is frozen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Meanwhile {
    Reset,
    Finished,
    Terminated,
    /// Half open: the server is there, and says nothing.
    Stopped,
    Nothing,
}

impl Bench {
    /// Freezes the function for a moment; what is returned keeps a backend stopped.
    pub(crate) async fn freeze(&self, meanwhile: Meanwhile, moment: Duration) -> Vec<Stopped> {
        let process = self.host().process();
        process.signal(Signal::STOP);
        let stat = format!("/proc/{}/stat", process.pid());
        while !fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") T ")) {
            sleep(Duration::from_millis(1)).await;
        }
        let mut stopped = Vec::new();
        match meanwhile {
            Meanwhile::Reset => self.proxy.cut(Cut::Reset),
            Meanwhile::Finished => self.proxy.cut(Cut::Finish),
            Meanwhile::Terminated => self.database.terminate().await,
            Meanwhile::Stopped => {
                let backends = self.database.backends().await;
                stopped.extend(backends.into_iter().map(Stopped::process));
            }
            Meanwhile::Nothing => {}
        }
        sleep(moment).await;
        process.signal(Signal::CONT);
        stopped
    }
}

#[tokio::test]
async fn function_frozen_between_invocations() {
    let bench = Bench::start().await;
    let moment = Duration::from_millis(2);
    for round in 0..rounds(150) {
        let meanwhile = match round % 10 {
            0 => Meanwhile::Stopped,
            1 => Meanwhile::Nothing,
            2 | 5 | 8 => Meanwhile::Reset,
            3 | 6 => Meanwhile::Terminated,
            _ => Meanwhile::Finished,
        };
        let stopped = bench.freeze(meanwhile, moment).await;
        // Of each kind, whatever was done before the freeze.
        if round % 3 == 0 {
            let id = Uuid::new_v4();
            let answer = bench.post(&format!("/tx/writes/{id}")).await;
            assert_eq!(
                answer.status, 201,
                "round {round}, {meanwhile:?}: {answer:?}"
            );
        } else {
            let answer = bench.get("/one").await;
            assert_eq!(
                answer.status, 200,
                "round {round}, {meanwhile:?}: {answer:?}"
            );
        }
        drop(stopped);
    }
    // No slot was lost.
    bench.ok("/nested?count=2", SOON).await;
    bench.database.settles().await;
}

#[tokio::test]
async fn function_frozen_in_flight() {
    let bench = Bench::with(Database::shared().await, |function| {
        function.timeout(Duration::from_secs(3))
    })
    .await;
    bench.ok("/one", SOON).await;
    let mut random = fastrand::Rng::with_seed(7);
    let mut sent: HashMap<Uuid, u16> = HashMap::new();
    for round in 0..rounds(120) {
        let id = Uuid::new_v4();
        let path = match round % 3 {
            0 => format!("/writes/{id}?seconds=0.02"),
            1 => format!("/tx/writes/{id}?pause=20"),
            _ => {
                let (from, to) = (random.i32(1..=8), random.i32(1..=8));
                format!("/tx/transfers/{id}?from={from}&to={to}&amount=1")
            }
        };
        let meanwhile = match random.u8(0..20) {
            0 => Meanwhile::Stopped,
            1..4 => Meanwhile::Nothing,
            4..9 => Meanwhile::Terminated,
            9..14 => Meanwhile::Finished,
            _ => Meanwhile::Reset,
        };
        let before = Duration::from_micros(random.u64(0..40_000));
        let moment = Duration::from_micros(random.u64(0..20_000));
        let (answer, stopped) = tokio::join!(bench.post(&path), async {
            sleep(before).await;
            bench.freeze(meanwhile, moment).await
        });
        let status = answer.status;
        assert!(
            [201, 503, 504].contains(&status),
            "round {round}, {meanwhile:?}: {answer:?}"
        );
        sent.insert(id, status);
        let next = bench.get("/one").await;
        assert_eq!(next.status, 200, "round {round}, {meanwhile:?}: {next:?}");
        drop(stopped);
    }
    bench.ok("/nested?count=2", SOON).await;
    bench.database.settles().await;
    bench.database.agrees_with(&sent).await;
    let sum = "SELECT sum(balance) FROM accounts";
    assert_eq!(bench.database.number(sum).await, 8_000);
}
