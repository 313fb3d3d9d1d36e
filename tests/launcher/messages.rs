//! What is said, and what is not.

use super::*;

#[tokio::test]
async fn tells_the_password_to_nobody() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    let connection = postgres.connection();
    let secret = connection.password.expose_secret().to_owned();
    assert_eq!(secret.len(), 64);
    let data = postgres.data_dir();
    for pid in processes_in(data) {
        for file in ["cmdline", "environ"] {
            let text = fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&text).contains(&secret), "{file}");
        }
    }
    assert!(
        !fs::read_to_string(data.with_extension("log"))
            .unwrap()
            .contains(&secret)
    );
    assert!(!format!("{postgres:?}{connection:?}{:?}", postgres.watch()).contains(&secret));
    for file in ["json", "lock", "log"] {
        assert_eq!(
            fs::metadata(data.with_extension(file)).unwrap().mode() & 0o777,
            0o600,
            "{file}"
        );
    }
    assert!(!data.with_extension("password").exists());

    let options = connection.options().password("wrong");
    let refused = PgConnection::connect_with(&options).await.unwrap_err();
    assert_eq!(
        refused.as_database_error().unwrap().code().unwrap(),
        "28P01"
    );
    let mut client = PgConnection::connect_with(&connection.options())
        .await
        .unwrap();
    for (setting, value) in [
        ("listen_addresses", "127.0.0.1"),
        ("unix_socket_directories", ""),
    ] {
        let found: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&mut client)
            .await
            .unwrap();
        assert_eq!(found, value, "{setting}");
    }
    let open: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'",
    )
    .fetch_one(&mut client)
    .await
    .unwrap();
    assert_eq!(open, 0);
    client.close().await.unwrap();
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn an_unusable_choice_of_binaries_is_an_error() {
    let scratch = Scratch::new();
    let mut probe = probe_command(Some(scratch.path()));
    let output = probe
        .env("POVERY_PG_BIN", "/nonexistent/bin")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success()
            && text.contains("POVERY_PG_BIN")
            && text.contains("/nonexistent/bin"),
        "{text}"
    );

    let error = Launcher::new(scratch.path())
        .binaries("/usr/share")
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            LaunchError::UnusableBinaries {
                asked_by: "Launcher::binaries",
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn says_why_a_server_does_not_start() {
    let scratch = Scratch::new();
    let (postgres, _) = start(scratch.path()).await;
    let data = postgres.data_dir().to_path_buf();
    postgres.stop().await.unwrap();
    fs::write(
        data.join("postgresql.auto.conf"),
        "max_connections = 'many'\n",
    )
    .unwrap();
    let error = Launcher::new(scratch.path()).start().await.unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, LaunchError::Start { .. }) && text.contains("max_connections"),
        "{text}"
    );
    assert!(text.contains(".log"), "{text}");
}
