//! What the specimen is sent.

use std::collections::BTreeMap;

use povery::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use validator::ValidationError;

/// One of a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "they mean nothing")]
pub enum Kind {
    Small,
    VeryLarge,
}

/// A body with most of what serde and validator know.
#[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "they mean nothing")]
pub struct Order {
    pub order_id: Option<Uuid>,
    #[validate(length(min = 2, max = 50))]
    pub customer_name: String,
    #[validate(email)]
    pub email: String,
    pub kind: Kind,
    #[validate(nested, length(min = 1, max = 20))]
    pub lines: Vec<Line>,
    #[serde(default)]
    #[validate(length(max = 5))]
    pub labels: BTreeMap<String, String>,
    pub payment: Option<Payment>,
    #[serde(flatten)]
    pub dimensions: Option<Dimensions>,
}

/// A part of an order.
#[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "they mean nothing")]
pub struct Line {
    #[validate(length(equal = 3))]
    pub sku: String,
    #[validate(range(min = 1, max = 1_000))]
    pub count: u16,
    #[validate(custom(function = "sensible"))]
    pub price: Option<f32>,
}

fn sensible(price: f32) -> Result<(), ValidationError> {
    if price.is_finite() && price >= 0.0 {
        return Ok(());
    }
    Err(ValidationError::new("sensible"))
}

/// With a tag, so that serde buffers it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "lowercase")]
#[expect(missing_docs, reason = "they mean nothing")]
pub enum Payment {
    Card { last4: String, year: u16 },
    Invoice { days: i8 },
    Cash,
}

/// Flattened into an order.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they mean nothing")]
pub struct Dimensions {
    pub width: u32,
    pub height: u32,
}

/// A query with lists and numbers.
#[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
#[expect(missing_docs, reason = "they mean nothing")]
pub struct Search {
    #[validate(length(min = 1, max = 20))]
    pub q: String,
    #[validate(range(max = 1_000))]
    pub page: Option<u32>,
    #[serde(default)]
    pub tag: Vec<String>,
    pub exact: Option<bool>,
    pub kind: Option<Kind>,
}

/// A form.
#[derive(Debug, PartialEq, Serialize, Deserialize, Validate)]
#[expect(missing_docs, reason = "they mean nothing")]
pub struct Contact {
    #[validate(length(min = 1, max = 20))]
    pub name: String,
    #[validate(email)]
    pub email: Option<String>,
    pub age: u8,
}
