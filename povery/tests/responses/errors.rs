//! Errors of the derive.

use povery::RouteTable;
use povery::prelude::*;

use crate::get;

const ROUTES: RouteTable = povery::routes![order];

#[derive(Debug, thiserror::Error, HttpError)]
enum OrderError {
    #[error("Not enough in stock")]
    #[http(409, code = "SOLD_OUT")]
    SoldOut {
        #[http(data)]
        wanted: u32,
        #[http(data)]
        left: Option<u32>,
    },
    #[error("Not a number: {0}")]
    #[http(422)]
    Odd(#[http(data)] &'static str, u8),
    #[error("The warehouse does not answer")]
    #[http(502)]
    Warehouse(#[source] std::io::Error),
    #[error(transparent)]
    #[http(transparent)]
    Funds(#[from] NoFunds<u8>),
    #[error(transparent)]
    #[http(transparent)]
    Other { inner: PoveryError },
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("Not enough money")]
#[http(402, code = "NO_FUNDS")]
struct NoFunds<T: std::fmt::Debug>(#[http(data)] T);

#[derive(Debug, thiserror::Error, HttpError)]
#[error(transparent)]
#[http(transparent)]
struct Wrapper<E>(E);

#[povery::route(GET, "/orders/<kind>", status = 203)]
async fn order(kind: u8) -> Result<(), Wrapper<OrderError>> {
    let error = match kind {
        0 => OrderError::SoldOut {
            wanted: 3,
            left: None,
        },
        1 => OrderError::Odd("x", 1),
        2 => OrderError::Warehouse(std::io::Error::other("a secret")),
        3 => NoFunds(7).into(),
        _ => OrderError::Other {
            inner: PoveryError::unavailable("Later"),
        },
    };
    Err(Wrapper(error))
}

#[tokio::test]
async fn a_derived_error_is_answered_as_it_says() {
    let cases = [
        (
            409,
            r#"{"errorMessage":"Not enough in stock","errorCode":"SOLD_OUT","errorData":{"wanted":3,"left":null},"requestId":"r-1"}"#,
        ),
        (
            422,
            r#"{"errorMessage":"Not a number: x","errorCode":"UNPROCESSABLE","errorData":"x","requestId":"r-1"}"#,
        ),
        (
            502,
            r#"{"errorMessage":"The warehouse does not answer","errorCode":"BAD_GATEWAY","requestId":"r-1"}"#,
        ),
        (
            402,
            r#"{"errorMessage":"Not enough money","errorCode":"NO_FUNDS","errorData":7,"requestId":"r-1"}"#,
        ),
        (
            503,
            r#"{"errorMessage":"Later","errorCode":"SERVICE_UNAVAILABLE","requestId":"r-1"}"#,
        ),
    ];
    for (kind, (status, body)) in cases.into_iter().enumerate() {
        let (found, headers, text) = get(ROUTES, &format!("/orders/{kind}")).await;
        assert_eq!((found, text.as_str()), (status, body));
        assert_eq!(headers.contains_key("retry-after"), status == 503);
    }
}
