//! `cargo lambda watch`, with a database of the function's own making.

use povery_tests::binary::{Variant, users_binary};
use povery_tests::scenario::users_scenario;
use povery_tests::scratch::Scratch;
use povery_tests::watch::Watch;

use crate::local::is_left_alone;

#[tokio::test]
async fn the_scenario_under_cargo_lambda_watch_and_invoke() {
    let _ = users_binary(Variant::Default);
    let data = Scratch::new();
    let watch = Watch::users(&[("POVERY_DATA_DIR", data.path().to_str().unwrap())]).await;
    users_scenario(&watch.home()).await;
    users_scenario(&watch.invoke_home()).await;
    drop(watch);
    is_left_alone(&data).await;
}
