//! The function `stock`: what there is.

use povery::ReadWrite;
use povery::prelude::*;

use crate::Shop;
use crate::error::ShopError;
use crate::models::{Article, NewArticle};
use crate::services::articles;

/// All articles, by name.
#[povery::route(GET, "/articles")]
async fn list_articles(pool: Pool<Shop>) -> Result<Json<Vec<Article>>, ShopError> {
    articles::list(&pool).await.map(Json)
}

/// Adds an article.
#[povery::route(POST, "/articles", status = 201)]
async fn add_article(
    Json(new): Json<NewArticle>,
    mut tx: Tx<ReadWrite, Shop>,
) -> Result<Json<Article>, ShopError> {
    articles::add(&mut tx, new).await.map(Json)
}

/// The application.
pub fn app() -> App {
    crate::app().routes(povery::routes![list_articles, add_article])
}
