use super::*;

async fn setting(cluster: &Cluster, name: &str) -> String {
    let mut client = PgConnection::connect_with(&cluster.admin()).await.unwrap();
    sqlx::query_scalar("SELECT current_setting($1)")
        .bind(name)
        .fetch_one(&mut client)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_server_is_configured_restarted_and_leaves_nothing() {
    let cluster = Cluster::start(&["max_connections=7"]).await;
    assert_eq!(setting(&cluster, "max_connections").await, "7");
    cluster.execute("CREATE TABLE kept (id int)").await;
    cluster.stop().await;
    let refused = PgConnection::connect_with(&cluster.admin()).await;
    assert!(refused.is_err());
    cluster.resume().await;
    cluster.execute("INSERT INTO kept VALUES (1)").await;
    cluster.restart().await;

    let (path, data) = (cluster.place.path().to_owned(), cluster.place.data());
    assert!(!crate::scratch::processes_in(&data).is_empty());
    cluster.signal(Signal::STOP);
    drop(cluster);
    assert_eq!(crate::scratch::processes_in(&data), [] as [i32; 0]);
    assert!(!path.exists());
}
