//! However a process or a server ends, nothing is left behind and nothing is lost.

use super::*;

#[tokio::test]
async fn a_killed_process_leaves_no_server() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(scratch.path());
    owner.ready();
    let data = fs::read_dir(scratch.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.is_dir())
        .unwrap();
    assert!(!processes_in(&data).is_empty());
    owner.kill();
    let gone = until("the server is gone", Duration::from_secs(5), || {
        processes_in(&data).is_empty()
    })
    .await;
    println!("gone after {gone:?}");
}

#[tokio::test]
async fn a_killed_process_leaves_no_initdb() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(scratch.path());
    let unfinished = || {
        let entries = fs::read_dir(scratch.path())
            .unwrap()
            .flatten()
            .map(|entry| entry.path());
        entries
            .filter(|path| path.to_string_lossy().ends_with(".unfinished"))
            .find(|path| path.join("base").exists())
    };
    until("initdb is at work", Duration::from_secs(10), || {
        unfinished().is_some()
    })
    .await;
    let data = unfinished().unwrap();
    owner.kill();
    until("initdb is gone", Duration::from_secs(5), || {
        processes_in(&data).is_empty()
    })
    .await;
    assert!(data.exists(), "this test was to interrupt it");

    let (postgres, _) = start(scratch.path()).await;
    run(&postgres.connection(), FILL).await;
    assert!(!data.exists());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn starts_a_crashed_server_again() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    run(&postgres.connection(), FILL).await;
    let mut watch = postgres.watch();
    signal(
        postmaster(postgres.data_dir()),
        rustix::process::Signal::KILL,
    );
    let since = Instant::now();
    assert!(
        tokio::time::timeout(Duration::from_secs(20), watch.changed())
            .await
            .unwrap()
    );
    println!("again after {:?}", since.elapsed());
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
    assert!(!watch.changed().await);
}

#[tokio::test]
async fn outlives_the_runtime_that_started_it() {
    let scratch = Scratch::new();
    let base = scratch.path().to_owned();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async { start(&base).await.0 })
    });
    let postgres = thread.join().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    run(&postgres.connection(), FILL).await;
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn ends_an_orphan_even_with_a_stopped_backend() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(scratch.path());
    owner.ready();
    let (attached, _) = start(scratch.path()).await;
    run(&attached.connection(), FILL).await;
    let mut client = PgConnection::connect_with(&attached.connection().options())
        .await
        .unwrap();
    let backend: i32 = sqlx::query_scalar("SELECT pg_backend_pid()")
        .fetch_one(&mut client)
        .await
        .unwrap();
    let data = attached.data_dir().to_path_buf();
    attached.stop().await.unwrap();
    signal(backend, rustix::process::Signal::STOP);
    owner.kill();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(
        processes_in(&data).contains(&backend),
        "fast shutdown waits for it"
    );
    let (postgres, took) = start(scratch.path()).await;
    println!("orphan ended and server started in {took:?}");
    assert!(!processes_in(&data).contains(&backend));
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn a_cancelled_start_leaves_nothing_running() {
    let scratch = Scratch::new();
    let starting = Launcher::new(scratch.path()).start();
    assert!(
        tokio::time::timeout(Duration::from_millis(200), starting)
            .await
            .is_err()
    );
    let busy = || processes_in(scratch.path()).is_empty();
    until("nothing runs", Duration::from_secs(2), busy).await;
    let (postgres, _) = start(scratch.path()).await;
    assert_eq!(postgres.role(), Role::Owner);
    postgres.stop().await.unwrap();
}
