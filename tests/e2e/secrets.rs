//! Credentials from Secrets Manager, through the real AWS SDK, with neither `DATABASE_URL` nor the
//! launcher in reach of the program.

use povery_tests::binary::{Variant, users_binary};
use povery_tests::database::{execute, users_database};
use povery_tests::function::Function;
use povery_tests::home::Home;
use povery_tests::lambda_home::LambdaHome;
use povery_tests::moto::{Moto, Secret};
use povery_tests::process::Guarded;
use povery_tests::scenario::users_scenario;
use povery_tests::workspace;
use secrecy::ExposeSecret;
use serde_json::json;

async fn function(moto: &Moto, secret: &serde_json::Value) -> Function {
    moto.create_secret("users/database", Secret::Text(&secret.to_string()))
        .await;
    let function =
        Function::new(users_binary(Variant::Deployed)).env("DB_SECRET_ID", "users/database");
    moto.environment()
        .into_iter()
        .fold(function, |function, (name, value)| {
            function.env(name, value)
        })
}

#[tokio::test]
async fn the_scenario_with_a_secret() {
    let (moto, database) = (Moto::start().await, users_database().await);
    let secret = json!({
        "host": database.host, "user": database.user, "password": database.password.expose_secret(),
        "database": database.database, "port": database.port, "ssl": false,
    });
    let home = LambdaHome::start(function(&moto, &secret).await).await;
    users_scenario(&home).await;
}

#[tokio::test]
async fn the_secret_that_rds_writes_completed_by_the_environment() {
    let (moto, database) = (Moto::start().await, users_database().await);
    let secret = json!({
        "username": database.user, "password": database.password.expose_secret(), "engine": "postgres",
        "port": database.port.to_string(),
    });
    let function = function(&moto, &secret).await;
    let function = function
        .env("DB_HOST", database.host.to_string())
        .env("DB_NAME", &database.database);
    let home = LambdaHome::start(function).await;
    let answer = home
        .send(
            http::Method::GET,
            "/users",
            http::HeaderMap::new(),
            bytes::Bytes::new(),
        )
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"users": [], "next": null}))
    );
}

#[tokio::test]
async fn a_rotated_password_is_fetched_again() {
    let (moto, database) = (Moto::start().await, users_database().await);
    let role = database.database.replace("test", "role");
    let create = |password: &str| {
        format!(
            "DROP ROLE IF EXISTS {role}; CREATE ROLE {role} SUPERUSER LOGIN PASSWORD '{password}'"
        )
    };
    let secret = |password: &str| {
        json!({
            "host": database.host, "user": role, "password": password, "database": database.database,
            "port": database.port,
        })
    };
    execute(&database, &create("first")).await;
    let home = LambdaHome::start(function(&moto, &secret("first")).await).await;
    let list = async || {
        home.send(
            http::Method::GET,
            "/users",
            http::HeaderMap::new(),
            bytes::Bytes::new(),
        )
        .await
        .status
    };
    assert_eq!(list().await, 200);

    // Longer than the pause between two fetches.
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    execute(&database, &format!("ALTER ROLE {role} PASSWORD 'second'")).await;
    moto.put_secret(
        "users/database",
        Secret::Text(&secret("second").to_string()),
    )
    .await;
    execute(
        &database,
        &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{role}'"),
    )
    .await;
    assert_eq!(list().await, 200, "{}", home.host().log());
    execute(&database, &format!("DROP ROLE {role}")).await;
}

/// What the probe prints of the secret `app/db`, a line for each of `wants`.
async fn probe(moto: &Moto, wants: &[&str]) -> Vec<String> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_credentials-probe"));
    workspace::forget_surroundings(&mut command);
    command.arg("app/db").args(wants).envs(moto.environment());
    let probe = Guarded::spawn("credentials-probe", command);
    let ended = probe.wait(std::time::Duration::from_secs(30));
    assert!(ended.is_ok_and(|ended| ended.success()), "{}", probe.log());
    let log = probe.log();
    assert!(!log.contains("s3cret"), "{log}");
    log.lines().map(str::to_owned).collect()
}

/// A secret's text, whose user tells its version.
fn login(user: &str) -> String {
    json!({"host": "db", "user": user, "password": "s3cret", "database": "d"}).to_string()
}

#[tokio::test]
async fn the_current_version_is_the_one_of_that_stage_wherever_it_moves() {
    let moto = Moto::start().await;
    moto.create_secret("app/db", Secret::Text(&login("one")))
        .await;
    let first = moto
        .done("DescribeSecret", &json!({"SecretId": "app/db"}))
        .await;
    let first = first["VersionIdsToStages"].as_object().unwrap();
    let first = first.keys().next().unwrap().clone();
    let second = uuid::Uuid::new_v4();
    let pending = json!({
        "SecretId": "app/db", "SecretString": login("two"), "VersionStages": ["AWSPENDING"],
        "ClientRequestToken": second,
    });
    moto.done("PutSecretValue", &pending).await;

    let lines = probe(
        &moto,
        &["kept", "pending", "pending", "wait", "pending", "current"],
    )
    .await;
    let users = ["one", "two", "two", "two", "one"];
    for (line, user) in lines.iter().zip(users) {
        assert!(line.contains(&format!("{user}@db:5432/d")), "{lines:#?}");
    }
    assert_eq!(lines.len(), users.len());

    // The last step of a rotation.
    let moved = json!({
        "SecretId": "app/db", "VersionStage": "AWSCURRENT", "MoveToVersionId": second,
        "RemoveFromVersionId": first,
    });
    moto.done("UpdateSecretVersionStage", &moved).await;
    let lines = probe(&moto, &["kept", "wait", "current"]).await;
    for line in &lines {
        assert!(line.contains("two@db:5432/d"), "{lines:#?}");
    }
}

#[tokio::test]
async fn a_secret_without_a_pending_version_gives_the_current_one() {
    let moto = Moto::start().await;
    moto.create_secret("app/db", Secret::Text(&login("one")))
        .await;
    let lines = probe(&moto, &["kept", "pending", "current"]).await;
    assert_eq!(lines.len(), 3, "{lines:#?}");
    for line in &lines {
        assert!(line.contains("one@db:5432/d"), "{lines:#?}");
    }
}
