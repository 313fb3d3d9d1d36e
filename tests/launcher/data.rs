//! The data, where it lies, and what may be wrong with it.

use super::*;

#[tokio::test]
async fn keeps_its_data_and_its_port_and_no_process() {
    let scratch = Scratch::new();
    let base = scratch.path().join("target/povery");
    let (postgres, first) = start(&base).await;
    assert_eq!(postgres.role(), Role::Owner);
    let before = postgres.connection();
    run(&before, FILL).await;
    let data = postgres.data_dir().to_path_buf();
    assert_eq!(
        data,
        base.join(format!("postgres-{}", postgres.version().major))
    );
    assert!(!processes_in(&data).is_empty());
    let since = Instant::now();
    postgres.stop().await.unwrap();
    let stop = since.elapsed();
    assert!(processes_in(&data).is_empty(), "stop waits for the end");

    let (postgres, second) = start(&base).await;
    println!("first start {first:?}, second {second:?}, stop {stop:?}");
    assert_eq!(postgres.connection().port, before.port);
    assert_eq!(count(&postgres.connection()).await, 3);
    drop(postgres);
    assert!(processes_in(&data).is_empty(), "a drop stops it as well");
    let log = fs::read_to_string(data.with_extension("log")).unwrap();
    assert_eq!(
        log.matches("database system is shut down").count(),
        2,
        "in order: {log}"
    );
}

#[tokio::test]
async fn sets_aside_what_is_no_cluster() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    let data = postgres.data_dir().to_path_buf();
    postgres.stop().await.unwrap();
    fs::remove_file(data.join("global/pg_control")).unwrap();
    let (postgres, _) = start(scratch.path()).await;
    run(&postgres.connection(), FILL).await;
    postgres.stop().await.unwrap();
    let names = fs::read_dir(scratch.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name().into_string().unwrap());
    assert_eq!(
        names.filter(|name| name.contains(".incomplete-")).count(),
        1
    );
}

#[tokio::test]
async fn sets_a_lost_password_anew() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    run(&postgres.connection(), FILL).await;
    let state = postgres.data_dir().with_extension("json");
    let before = postgres.connection().password.expose_secret().to_owned();
    postgres.stop().await.unwrap();
    fs::remove_file(&state).unwrap();
    let (postgres, took) = start(scratch.path()).await;
    println!("with a new password in {took:?}");
    assert_ne!(postgres.connection().password.expose_secret(), before);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn takes_another_port_if_its_own_is_taken() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    let port = postgres.connection().port;
    postgres.stop().await.unwrap();
    let taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let (postgres, _) = start(scratch.path()).await;
    assert_ne!(postgres.connection().port, port);
    drop(taken);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn keeps_data_elsewhere_if_its_user_cannot_get_there() {
    let scratch = Scratch::new();
    // For root the server's user is another; an ordinary user shuts itself out.
    let mode = if rustix::process::geteuid().is_root() {
        0o700
    } else {
        0o500
    };
    fs::set_permissions(scratch.path(), Permissions::from_mode(mode)).unwrap();
    let base = scratch.path().join("target/povery");
    let (postgres, _) = start(&base).await;
    run(&postgres.connection(), FILL).await;
    let private = postgres.data_dir().parent().unwrap().to_path_buf();
    assert!(private.starts_with("/var/tmp"), "{}", private.display());
    assert_eq!(fs::metadata(&private).unwrap().mode() & 0o7777, 0o700);
    postgres.stop().await.unwrap();
    let (postgres, _) = start(&base).await;
    assert_eq!(
        count(&postgres.connection()).await,
        3,
        "the same directory the next time"
    );
    postgres.stop().await.unwrap();
    fs::remove_dir_all(&private).unwrap();
    assert!(!base.exists());
}

/// What the probe says with that directory in its environment, which a test's own could not hold:
/// that is everybody's.
fn start_with_data_in(dir: &Path) -> String {
    let mut command = probe_command(None);
    let command = command.env("POVERY_DATA_DIR", dir).stdin(Stdio::null());
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

#[tokio::test]
async fn an_unusable_choice_of_data_is_an_error() {
    let scratch = Scratch::new();
    let (open, closed) = (scratch.path().join("open"), scratch.path().join("closed"));
    let text = start_with_data_in(&open);
    assert!(text.starts_with("ready "), "{text}");
    assert!(fs::read_dir(&open).unwrap().count() > 0);

    // For root the server's user is another; an ordinary user shuts itself out.
    let mode = if rustix::process::geteuid().is_root() {
        0o700
    } else {
        0o500
    };
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(mode)).unwrap();
    for dir in [
        Path::new("/etc/passwd/x"),
        Path::new("/proc/nope"),
        &closed.join("povery"),
        &closed,
    ] {
        let text = start_with_data_in(dir);
        let named = format!("POVERY_DATA_DIR names {dir:?}");
        assert!(text.contains(&named) && text.contains("cannot"), "{text}");
    }
}

#[tokio::test]
async fn copies_a_template() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    let template = postgres.create_database("the \"template\"").await.unwrap();
    run(&template, FILL).await;
    let since = Instant::now();
    let one = postgres
        .create_database_from("one", "the \"template\"")
        .await
        .unwrap();
    println!("a database from a template in {:?}", since.elapsed());
    let (two, three) = tokio::join!(
        postgres.create_database_from("two", "the \"template\""),
        postgres.create_database_from("three", "the \"template\"")
    );
    assert_eq!(
        (
            count(&one).await,
            count(&two.unwrap()).await,
            count(&three.unwrap()).await
        ),
        (3, 3, 3)
    );

    let error = postgres.create_database("one").await.unwrap_err();
    assert!(
        matches!(error, LaunchError::Query { .. }) && error.to_string().contains("\"one\""),
        "{error}"
    );
    let mut client = PgConnection::connect_with(&one.options()).await.unwrap();
    postgres.drop_database("one").await.unwrap();
    assert!(
        client.ping().await.is_err() || sqlx::query("SELECT 1").execute(&mut client).await.is_err()
    );
    postgres.drop_database("one").await.unwrap();
    postgres.stop().await.unwrap();
}
