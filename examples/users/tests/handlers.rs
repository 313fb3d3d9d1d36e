//! Handlers are plain functions: these tests call them, and once the whole application, on a
//! PostgreSQL that ends with the test.

use std::collections::BTreeMap;

use povery::Credentials;
use povery::local::postgres::{Launcher, LocalPostgres};
use povery::prelude::*;
use povery::test::TestClient;
use tokio::sync::OnceCell;
use users::error::{CreateError, FetchError};
use users::model::CreateUser;
use users::routes::{create_user, get_user, list_users};
use uuid::Uuid;

/// One server for all tests of this program; it ends with the program.
static POSTGRES: OnceCell<LocalPostgres> = OnceCell::const_new();

/// A pool on a new database of that name, with the schema.
async fn database(name: &str) -> Pool {
    let start = async || Launcher::from_env().start().await.expect("a PostgreSQL");
    let postgres = POSTGRES.get_or_init(start).await;
    postgres.drop_database(name).await.expect("no leftover");
    let connection = postgres.create_database(name).await.expect("a database");
    let pool = Pool::new(Credentials::from(connection), 2);
    let mut connection = pool.acquire().await.expect("a connection");
    users::MIGRATIONS
        .run(&mut *connection)
        .await
        .expect("the schema");
    pool
}

fn new(name: &str, email: &str) -> Json<CreateUser> {
    Json(CreateUser {
        name: name.to_owned(),
        email: email.to_owned(),
    })
}

#[tokio::test]
async fn a_user_is_created_once_and_found() {
    let pool = database("handlers_created").await;
    let tx = Tx::begin_on(&pool);
    let (_, Json(created)) = create_user(new("Ada", "ada@example.com"), tx.share())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let Json(found) = get_user(created.user.id(), pool.clone()).await.unwrap();
    assert_eq!(found.user.id(), created.user.id());
    let again = create_user(new("Bea", "ada@example.com"), Tx::begin_on(&pool))
        .await
        .map(|_| ());
    assert!(matches!(again, Err(CreateError::EmailTaken)), "{again:?}");
}

#[tokio::test]
async fn who_is_not_there_is_not_found() {
    let pool = database("handlers_absent").await;
    let found = get_user(Uuid::nil(), pool.clone()).await.map(|_| ());
    assert!(matches!(found, Err(FetchError::NotFound)), "{found:?}");
    let Json(page) = list_users(None, None, pool).await.unwrap();
    assert!(page.users.is_empty() && page.next.is_none());
}

#[tokio::test]
async fn the_whole_application_is_asked_without_a_network() {
    let pool = database("handlers_application").await;
    let client = TestClient::new(users::app().pool(pool));
    let ada = BTreeMap::from([("name", "Ada"), ("email", "ada@example.com")]);
    let created = client.post("/users").json(&ada).send().await;
    assert_eq!(created.status(), StatusCode::CREATED);
    let user = created.header("location").expect("a location");
    assert_eq!(client.get(user).send().await.status(), StatusCode::OK);
    let again = client.post("/users").json(&ada).send().await;
    assert_eq!(again.error().code, "EMAIL_TAKEN");
}
