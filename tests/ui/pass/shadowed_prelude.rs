#![no_implicit_prelude]
#![allow(dead_code, non_snake_case)]

struct Result;
struct Option;
struct String;
struct Vec;
struct Box;
struct From;
struct Future;
struct Send;
mod core {}
mod std {}
fn Ok() {}
fn Err() {}
fn Some() {}
fn None() {}

#[derive(::std::fmt::Debug, ::thiserror::Error, ::povery::HttpError)]
enum UserError {
    #[error("none")]
    #[http(404, code = "NONE")]
    None,
    #[error("taken")]
    #[http(409, constraint = "users_email_key")]
    Taken,
    #[error("failed")]
    #[http(database)]
    Database(#[source] ::sqlx::Error),
}

#[::povery::route(GET, "/users/<value>?<inputs>")]
async fn a0(
    #[validate(range(min = 1, code = "low"))] value: u32,
    inputs: ::std::option::Option<u8>,
    state: ::povery::State<u8>,
) -> ::std::result::Result<(), UserError> {
    let _ = (value, inputs, state);
    ::std::result::Result::Err(UserError::None)
}

#[::core::prelude::v1::test]
fn holds() {
    let _ = ::povery::routes![a0];
}
