//! The program as it is deployed, driven through a Runtime API.

use povery_tests::binary::{Variant, users_binary};
use povery_tests::database::users_database;
use povery_tests::function::Function;
use povery_tests::lambda_home::LambdaHome;
use povery_tests::scenario::users_scenario;
use secrecy::ExposeSecret;

async fn function() -> Function {
    let database = users_database().await;
    Function::new(users_binary(Variant::Deployed))
        .env("DATABASE_URL", database.url().expose_secret())
}

fn threads(home: &LambdaHome) -> usize {
    let pid = home.host().process().pid();
    std::fs::read_dir(format!("/proc/{pid}/task"))
        .expect("the function runs")
        .count()
}

#[tokio::test]
async fn the_scenario_as_a_lambda_function() {
    let home = LambdaHome::start(function().await).await;
    users_scenario(&home).await;
    assert_eq!(threads(&home), 1, "plain Lambda has one request at a time");
}

#[tokio::test]
async fn the_scenario_with_concurrent_invocations() {
    let home = LambdaHome::start(function().await.env("AWS_LAMBDA_MAX_CONCURRENCY", "4")).await;
    users_scenario(&home).await;
    assert!(threads(&home) > 1);
}
