#[derive(Debug, thiserror::Error, povery::HttpError)]
enum UserError {
    #[error("not found")]
    #[http(44)]
    NotFound,
    #[error("failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}

#[povery::route(GET, "/users/<id>")]
async fn get_user(id: u32, pool: povery::Pool) -> Result<(), UserError> {
    sqlx::query("SELECT $1")
        .bind(i64::from(id))
        .execute(&pool)
        .await?;
    Err(UserError::NotFound)
}

fn main() {
    let _ = povery::routes![get_user];
}
