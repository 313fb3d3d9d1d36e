//! The program as it is deployed, driven through a Runtime API.

use povery_tests::binary::{Variant, users_binary};
use povery_tests::database::users_database;
use povery_tests::function::Function;
use povery_tests::lambda_home::LambdaHome;
use povery_tests::scenario::users_scenario;
use secrecy::ExposeSecret;

#[tokio::test]
async fn the_scenario_as_a_lambda_function() {
    let database = users_database().await;
    let function = Function::new(users_binary(Variant::Deployed))
        .env("DATABASE_URL", database.url().expose_secret());
    let home = LambdaHome::start(function).await;
    users_scenario(&home).await;
}
