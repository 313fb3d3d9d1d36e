//! Messages of a queue, uploads to a bucket, and an action, in one function with a route. See `README.md` for how to
//! send it events.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use povery::Record;
use povery::aws_lambda_events::s3::S3EventRecord;
use povery::prelude::*;
use serde::{Deserialize, Serialize};

/// What is in stock, by article. A real one is in a database, with the orders' ids, so that an order which is delivered
/// twice counts once.
#[derive(Default)]
struct Stock(Mutex<BTreeMap<String, u32>>);

impl Stock {
    fn change<T>(&self, change: impl FnOnce(&mut BTreeMap<String, u32>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[derive(Deserialize, Validate)]
struct Order {
    #[validate(length(min = 1, max = 50))]
    article: String,
    #[validate(range(min = 1, max = 100))]
    quantity: u32,
}

#[derive(Debug, thiserror::Error, povery::HttpError)]
enum StockError {
    #[error("Not enough of this article is in stock")]
    #[http(409, code = "OUT_OF_STOCK")]
    OutOfStock,
}

/// Takes what was ordered from the stock. A failure comes again, and goes to the queue's dead-letter queue in the end.
#[povery::event(sqs, queue = "orders", partial, concurrency = 4)]
async fn on_order(Json(order): Json<Order>, stock: State<Stock>) -> Result<(), StockError> {
    stock.change(|stock| {
        let left = stock.get_mut(&order.article);
        let left = left.filter(|left| **left >= order.quantity);
        *left.ok_or(StockError::OutOfStock)? -= order.quantity;
        Ok(())
    })
}

/// Says what was uploaded.
#[povery::event(s3, bucket = "deliveries")]
async fn on_upload(Record(upload): Record<S3EventRecord>) {
    let object = upload.s3.object;
    // The key is as in a URL; `url_decoded_key` is not.
    println!("{:?}, {:?} bytes", object.key, object.size);
}

/// Puts articles into the stock. Called directly: no gateway leads here.
#[povery::action]
async fn restock(Json(order): Json<Order>, stock: State<Stock>) -> Json<Left> {
    let left = stock.change(|stock| {
        let left = stock.entry(order.article).or_default();
        *left = left.saturating_add(order.quantity);
        *left
    });
    Json(Left { left })
}

/// How much of an article there is.
#[derive(Serialize)]
struct Left {
    left: u32,
}

/// How much of an article is in stock.
#[povery::route(GET, "/stock/<article>")]
async fn in_stock(article: String, stock: State<Stock>) -> Option<Json<Left>> {
    let left = stock.change(|stock| stock.get(&article).copied());
    left.map(|left| Json(Left { left }))
}

fn app() -> App {
    App::new()
        .routes(povery::routes![in_stock])
        .actions(povery::actions![restock])
        .events(povery::events![on_order, on_upload])
        .state(Stock::default())
}

fn main() -> povery::Exit {
    app().run()
}

#[cfg(test)]
mod tests {
    use povery::test::TestClient;
    use serde_json::{Value, json};

    use super::*;

    #[tokio::test]
    async fn what_is_not_in_stock_comes_again() {
        let client = TestClient::new(app());
        let order = |quantity: u32| json!({"article": "tea", "quantity": quantity});
        let left = client.action("restock", order(5)).await;
        assert_eq!(left.unwrap(), json!({"left": 5}));

        let answer = client
            .sqs("orders", [order(3), order(3), order(0), order(2)])
            .await;
        let failures = json!([{"itemIdentifier": "2"}, {"itemIdentifier": "3"}]);
        assert_eq!(answer.unwrap(), json!({"batchItemFailures": failures}));
        let response = client.get("/stock/tea").send().await;
        assert_eq!(response.json::<Value>(), json!({"left": 0}));
    }

    #[tokio::test]
    async fn an_upload_is_read() {
        let text = include_str!("../events/upload.json");
        let upload: Value = serde_json::from_str(text).unwrap();
        let client = TestClient::new(app());
        assert_eq!(client.invoke(&upload).await.unwrap(), Value::Null);
    }

    #[tokio::test]
    async fn an_order_is_read() {
        let text = include_str!("../events/orders.json");
        let orders: Value = serde_json::from_str(text).unwrap();
        let client = TestClient::new(app());
        // Nothing is in stock yet.
        let failures = json!([{"itemIdentifier": "059f36b4-87a3-44ab-83d2-661975830a7d"}]);
        let answer = client.invoke(&orders).await.unwrap();
        assert_eq!(answer, json!({"batchItemFailures": failures}));
    }
}
