//! Both functions on one database, without a network between.

use povery::Credentials;
use povery::local::postgres::Launcher;
use povery::prelude::*;
use povery::test::TestClient;
use serde_json::{Value, json};
use shared::models::NewArticle;
use shared::services::articles;
use shared::{Shop, orders, stock};

/// A pool on a new database, with the schema.
async fn database(launcher: Launcher) -> (Pool<Shop>, impl Sized) {
    let postgres = launcher.start().await.expect("a PostgreSQL");
    postgres
        .drop_database("shop_test")
        .await
        .expect("no leftover");
    let connection = postgres.create_database("shop_test").await;
    let credentials = Credentials::from(connection.expect("a database"));
    let pool = Pool::new(credentials, 2).for_database::<Shop>();
    let mut connection = pool.acquire().await.expect("a connection");
    let migrated = shared::MIGRATIONS.run(&mut *connection).await;
    migrated.expect("the schema");
    drop(connection);
    (pool, postgres)
}

async fn left(stock: &TestClient) -> Value {
    let articles: Value = stock.get("/articles").send().await.json();
    articles[0]["in_stock"].clone()
}

#[tokio::test]
async fn what_one_function_stocks_the_other_sells() {
    let (pool, _postgres) = database(Launcher::from_env()).await;
    let stock = TestClient::new(stock::app().pool(pool.clone()));
    let orders = TestClient::new(orders::app().pool(pool.clone()));

    let tea = json!({"name": "tea", "in_stock": 5});
    let added = stock.post("/articles").json(&tea).send().await;
    assert_eq!(added.status(), StatusCode::CREATED);
    let article = added.json::<Value>()["id"].clone();
    let again = stock.post("/articles").json(&tea).send().await;
    assert_eq!(again.error().code, "NAME_TAKEN");

    let order = |quantity: i32| json!({"article": article, "quantity": quantity});
    let placed = orders.post("/orders").json(&order(3)).send().await;
    assert_eq!(placed.status(), StatusCode::CREATED);
    let place = placed.header("location").expect("a location");
    let found: Value = orders.get(place).send().await.json();
    assert_eq!(
        (&found["quantity"], &found["article"]),
        (&json!(3), &article)
    );
    assert_eq!(left(&stock).await, 2);

    // What cannot be done changes nothing.
    let refused = orders.post("/orders").json(&order(3)).send().await;
    assert_eq!(refused.error().code, "OUT_OF_STOCK");
    let unknown = json!({"article": uuid::Uuid::nil(), "quantity": 1});
    let refused = orders.post("/orders").json(&unknown).send().await;
    assert_eq!(refused.error().code, "ARTICLE_NOT_FOUND");
    let refused = orders.post("/orders").json(&order(0)).send().await;
    assert_eq!(refused.error().code, "VALIDATION_FAILED");
    assert_eq!(left(&stock).await, 2);

    // A service needs no HTTP.
    let cup = NewArticle {
        name: "cup".to_owned(),
        in_stock: 1,
    };
    let cup = articles::add(&pool, cup).await.expect("added");
    articles::take(&pool, cup.id, 1).await.expect("taken");
    let all = articles::list(&pool).await.expect("listed");
    let all: Vec<_> = all
        .iter()
        .map(|article| (&*article.name, article.in_stock))
        .collect();
    assert_eq!(all, [("cup", 0), ("tea", 2)]);
}
