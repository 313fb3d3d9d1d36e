#![no_implicit_prelude]
#![allow(dead_code, non_snake_case)]

struct Result;
struct Option;
struct String;
struct From;
struct Serialize;
struct HttpError;
mod core {}
mod std {}
mod serde {}
fn Ok() {}
fn Err() {}
fn Some() {}
fn None() {}
fn data() {}
fn answer() {}

#[derive(::std::fmt::Debug, ::thiserror::Error, ::povery::HttpError)]
enum OrderError<E: ::std::fmt::Debug> {
    #[error("sold out")]
    #[http(409, code = "SOLD_OUT")]
    SoldOut {
        #[http(data)]
        error: u32,
        #[http(data)]
        answer: E,
    },
    #[error("taken")]
    #[http(409, constraint = "orders_key")]
    None,
    #[error("failed")]
    #[http(database)]
    Err(#[source] ::sqlx::Error),
    #[error(transparent)]
    #[http(transparent)]
    Some(#[from] NoFunds),
}

#[derive(::std::fmt::Debug, ::thiserror::Error, ::povery::HttpError)]
#[error("no funds")]
#[http(402)]
struct NoFunds;

#[::core::prelude::v1::test]
fn holds() {
    use ::povery::HttpError as _;

    let error = OrderError::SoldOut {
        error: 1,
        answer: 2_u8,
    };
    ::std::assert_eq!(error.into_povery_error().status(), 409);
}
