//! What is done in the shop. A service takes whatever sqlx can run statements on: a `&Pool`, a `&mut Tx`, a connection
//! of a test.

pub mod articles {
    //! Articles and how many of them there are.

    use sqlx::PgExecutor;
    use uuid::Uuid;

    use crate::error::ShopError;
    use crate::models::{Article, NewArticle};

    /// All articles, by name.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn list(db: impl PgExecutor<'_>) -> Result<Vec<Article>, ShopError> {
        let articles = sqlx::query_as("SELECT id, name, in_stock FROM articles ORDER BY name");
        Ok(articles.fetch_all(db).await?)
    }

    /// Adds an article.
    ///
    /// # Errors
    ///
    /// [`ShopError::NameTaken`], and those of the database.
    pub async fn add(db: impl PgExecutor<'_>, new: NewArticle) -> Result<Article, ShopError> {
        let article = sqlx::query_as(
            "INSERT INTO articles (id, name, in_stock) VALUES (gen_random_uuid(), $1, $2) \
             RETURNING id, name, in_stock",
        );
        Ok(article
            .bind(new.name)
            .bind(new.in_stock)
            .fetch_one(db)
            .await?)
    }

    /// Takes so many out of the stock.
    ///
    /// # Errors
    ///
    /// [`ShopError::OutOfStock`], [`ShopError::NoArticle`], and those of the database.
    pub async fn take(
        db: impl PgExecutor<'_>,
        article: Uuid,
        quantity: i32,
    ) -> Result<(), ShopError> {
        let taken = sqlx::query("UPDATE articles SET in_stock = in_stock - $2 WHERE id = $1");
        let taken = taken.bind(article).bind(quantity).execute(db).await?;
        match taken.rows_affected() {
            0 => Err(ShopError::NoArticle),
            _ => Ok(()),
        }
    }
}

pub mod orders {
    //! Orders.

    use sqlx::PgExecutor;
    use uuid::Uuid;

    use crate::error::ShopError;
    use crate::models::{NewOrder, Order};

    /// Writes an order down.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub async fn place(db: impl PgExecutor<'_>, new: NewOrder) -> Result<Order, ShopError> {
        let order = sqlx::query_as(
            "INSERT INTO orders (id, article, quantity) VALUES (gen_random_uuid(), $1, $2) \
             RETURNING id, article, quantity",
        );
        Ok(order
            .bind(new.article)
            .bind(new.quantity)
            .fetch_one(db)
            .await?)
    }

    /// The order of that id.
    ///
    /// # Errors
    ///
    /// [`ShopError::NoOrder`], and those of the database.
    pub async fn find(db: impl PgExecutor<'_>, id: Uuid) -> Result<Order, ShopError> {
        let order = sqlx::query_as("SELECT id, article, quantity FROM orders WHERE id = $1");
        let order = order.bind(id).fetch_optional(db).await?;
        order.ok_or(ShopError::NoOrder)
    }
}
