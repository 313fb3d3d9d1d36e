//! What can go wrong in the shop, and its answers: the same from both functions.

/// A failure of a service.
#[derive(Debug, thiserror::Error, povery::HttpError)]
pub enum ShopError {
    /// No article has the id.
    #[error("Article not found")]
    #[http(404, code = "ARTICLE_NOT_FOUND")]
    NoArticle,
    /// No order has the id.
    #[error("Order not found")]
    #[http(404, code = "ORDER_NOT_FOUND")]
    NoOrder,
    /// Another article has the name.
    #[error("There is an article of this name")]
    #[http(409, code = "NAME_TAKEN", constraint = "articles_name_key")]
    NameTaken,
    /// More is asked for than there is.
    #[error("Not enough of this article is in stock")]
    #[http(409, code = "OUT_OF_STOCK", constraint = "articles_in_stock")]
    OutOfStock,
    /// The database failed.
    #[error("The shop's database failed")]
    #[http(database)]
    Database(#[source] sqlx::Error),
}
