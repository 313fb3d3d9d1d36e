//! The function `orders`: what is sold.

use povery::ReadWrite;
use povery::prelude::*;
use uuid::Uuid;

use crate::Shop;
use crate::error::ShopError;
use crate::models::{NewOrder, Order};
use crate::services::{articles, orders};

/// Places an order, and takes what is ordered out of the stock: both, or neither.
#[povery::route(POST, "/orders", status = 201)]
async fn place_order(
    Json(new): Json<NewOrder>,
    mut tx: Tx<ReadWrite, Shop>,
) -> Result<(Location, Json<Order>), ShopError> {
    articles::take(&mut tx, new.article, new.quantity).await?;
    let order = orders::place(&mut tx, new).await?;
    Ok((Location::new(format!("/orders/{}", order.id)), Json(order)))
}

/// An order.
#[povery::route(GET, "/orders/<id>")]
async fn get_order(id: Uuid, pool: Pool<Shop>) -> Result<Json<Order>, ShopError> {
    orders::find(&pool, id).await.map(Json)
}

/// The application.
pub fn app() -> App {
    crate::app().routes(povery::routes![place_order, get_order])
}
