//! What is in the shop, as the tables have it and as the wire shows it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::Validate;

/// An article.
#[derive(Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Article {
    /// The id.
    pub id: Uuid,
    /// The name, which no other article has.
    pub name: String,
    /// How many there are.
    pub in_stock: i32,
}

/// What an article is made from.
#[derive(Debug, Deserialize, Validate)]
pub struct NewArticle {
    /// 1 to 80 characters.
    #[validate(length(min = 1, max = 80))]
    pub name: String,
    /// How many there are.
    #[validate(range(min = 0, max = 1_000_000))]
    pub in_stock: i32,
}

/// An order.
#[derive(Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct Order {
    /// The id.
    pub id: Uuid,
    /// What was ordered.
    pub article: Uuid,
    /// How many of it.
    pub quantity: i32,
}

/// What is ordered.
#[derive(Debug, Deserialize, Validate)]
pub struct NewOrder {
    /// The article's id.
    pub article: Uuid,
    /// 1 to 100.
    #[validate(range(min = 1, max = 100))]
    pub quantity: i32,
}
