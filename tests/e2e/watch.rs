//! `cargo lambda watch`, with a database of the function's own making.

use povery_tests::binary::{Variant, users_binary};
use povery_tests::scenario::users_scenario;
use povery_tests::watch::Watch;

use crate::local::Data;

#[tokio::test]
async fn the_scenario_under_cargo_lambda_watch_and_invoke() {
    let _ = users_binary(Variant::Default);
    let data = Data::new();
    let watch = Watch::users(&[("POVERY_DATA_DIR", data.path())]).await;
    users_scenario(&watch.home()).await;
    users_scenario(&watch.invoke_home()).await;
    drop(watch);
    data.is_left_alone().await;
}
