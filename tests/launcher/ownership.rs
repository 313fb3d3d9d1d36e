//! Who runs the server, and who takes it over.

use super::*;

#[tokio::test]
async fn attaches_and_takes_over_from_a_killed_owner() {
    let scratch = Scratch::new();
    let mut owner = Probe::start(scratch.path());
    let (port, role) = owner.ready();
    assert_eq!(role, "Owner");
    let (postgres, attach) = start(scratch.path()).await;
    assert_eq!(
        (postgres.role(), postgres.connection().port),
        (Role::Attached, port)
    );
    let secret = postgres.connection().password.expose_secret().to_owned();
    run(&postgres.connection(), FILL).await;
    owner.kill();
    let takeover = until("takeover", Duration::from_secs(10), || {
        postgres.role() == Role::Owner
    })
    .await;
    println!("attach {attach:?}, takeover {takeover:?}");
    assert_eq!(postgres.connection().port, port);
    assert_eq!(postgres.connection().password.expose_secret(), secret);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_takes_over_from_a_stopped_owner() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    run(&postgres.connection(), FILL).await;
    let (one, other) = (Probe::start(scratch.path()), Probe::start(scratch.path()));
    assert_eq!(
        (one.ready().1, other.ready().1),
        ("Attached".to_owned(), "Attached".to_owned())
    );
    postgres.stop().await.unwrap();
    let mut roles = [one.ready().1, other.ready().1];
    roles.sort();
    assert_eq!(roles, ["Attached", "Owner"]);
    let (postgres, _) = start(scratch.path()).await;
    assert_eq!(postgres.role(), Role::Attached);
    assert_eq!(count(&postgres.connection()).await, 3);
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn each_process_may_name_its_own_database() {
    let scratch = Scratch::new();
    let (owner, _) = start(scratch.path()).await;
    let orders = || Launcher::new(scratch.path()).database("orders").start();
    let (one, other) = tokio::join!(orders(), orders());
    for attached in [one.unwrap(), other.unwrap()] {
        assert_eq!(attached.role(), Role::Attached);
        assert_eq!(attached.connection().database, "orders");
        attached.stop().await.unwrap();
    }
    owner.stop().await.unwrap();
}

#[tokio::test]
async fn another_users_lock_or_state_is_an_error() {
    if !rustix::process::geteuid().is_root() {
        println!("only root can be two users");
        return;
    }
    let scratch = Scratch::new();
    // The files are what another user would plant: they lead to a server that answers.
    let (postgres, _) = start(scratch.path()).await;
    let data = postgres.data_dir().to_path_buf();
    for file in ["lock", "json"] {
        let planted = data.with_extension(file);
        std::os::unix::fs::chown(&planted, Some(61_234), Some(61_234)).unwrap();
        let error = Launcher::new(scratch.path()).start().await.unwrap_err();
        assert!(
            matches!(&error, LaunchError::OtherUser { path } if *path == planted),
            "{error}"
        );
        std::os::unix::fs::chown(&planted, Some(0), Some(0)).unwrap();
    }
    let (attached, _) = start(scratch.path()).await;
    assert_eq!(attached.role(), Role::Attached);
    attached.stop().await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn another_users_cluster_is_an_error() {
    if !rustix::process::geteuid().is_root() {
        println!("only root can be two users");
        return;
    }
    let scratch = Scratch::new();
    fs::set_permissions(scratch.path(), Permissions::from_mode(0o777)).unwrap();
    let (postgres, _) = start(scratch.path()).await;
    // `nobody` can run the probe only where it can reach it.
    let probe = scratch.path().join("launcher-probe");
    fs::copy(probe_command(Some(scratch.path())).get_program(), &probe).unwrap();
    let mut command = Command::new(probe);
    let output = command
        .arg(scratch.path())
        .uid(65534)
        .gid(65534)
        .current_dir("/")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && text.contains("another user"),
        "{text}"
    );
    postgres.stop().await.unwrap();
}
