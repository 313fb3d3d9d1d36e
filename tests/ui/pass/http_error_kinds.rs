//! Structs, data, generics, and not one warning from generated code.
#![deny(
    warnings,
    nonstandard_style,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unused,
    unused_lifetimes,
    unused_qualifications,
    unused_results
)]

use std::fmt::{Debug, Display};

use povery::{HttpError, PoveryError};
use serde::Serialize;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("Not enough money")]
#[http(402, code = "NO_FUNDS")]
struct NoFunds;

#[derive(Debug, Serialize)]
struct Amount<T>(T);

#[derive(Debug, thiserror::Error, HttpError)]
#[error("{at} costs more")]
#[http(402)]
struct TooDear<T: Debug, const N: usize> {
    #[http(data)]
    amount: Amount<T>,
    at: String,
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("Failed to fetch")]
#[http(database)]
struct Fetch {
    source: sqlx::Error,
}

#[derive(Debug, thiserror::Error, HttpError)]
enum OrderError<E: Debug + Display> {
    #[error("Not enough in stock")]
    #[http(409, code = "SOLD_OUT")]
    SoldOut {
        #[http(data)]
        r#type: &'static str,
        #[http(data)]
        left: Option<u32>,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    #[http(transparent)]
    Funds(#[from] NoFunds),
    #[error(transparent)]
    #[http(transparent)]
    Fetch { inner: Fetch },
    #[error("Taken")]
    #[http(409, constraint = "orders_key")]
    Taken { source: sqlx::Error },
    #[error("Refused")]
    #[http(400, sqlstate = "P0001")]
    Refused { source: sqlx::Error },
    #[error("Too much")]
    #[http(403, constraint = "orders_limit", sqlstate = "54")]
    TooMuch,
    #[error("Failed")]
    #[http(database)]
    Database { source: sqlx::Error },
    #[error("{0}")]
    #[http(500)]
    Other(E),
}

#[derive(Debug, thiserror::Error, HttpError)]
enum Never {}

#[test]
fn holds() {
    let error = OrderError::<u8>::SoldOut {
        r#type: "chair",
        left: None,
        source: std::io::Error::other("closed"),
    };
    let data = error.into_povery_error().data().unwrap();
    assert_eq!(data.to_string(), r#"{"left":null,"type":"chair"}"#);
    let funds = OrderError::<u8>::from(NoFunds).into_povery_error();
    assert_eq!((funds.status().as_u16(), funds.code()), (402, "NO_FUNDS"));
    let dear = TooDear::<u8, 0> {
        amount: Amount(9),
        at: "Here".to_owned(),
    };
    let dear: PoveryError = dear.into_povery_error();
    assert_eq!(
        (dear.to_string().as_str(), dear.data().unwrap().as_u64()),
        ("Here costs more", Some(9))
    );
    let inner = Fetch::from(sqlx::Error::PoolTimedOut);
    assert_eq!(
        OrderError::<u8>::Fetch { inner }
            .into_povery_error()
            .status(),
        503
    );
    assert_eq!(
        OrderError::Other("no").into_povery_error().to_string(),
        "no"
    );
    let other = OrderError::<u8>::from(sqlx::Error::RowNotFound);
    assert!(!matches!(
        other,
        OrderError::Taken { .. } | OrderError::Other(_)
    ));
    let _ = |never: Never| never.into_povery_error();
}
