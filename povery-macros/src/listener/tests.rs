//! Snapshots of what actions and handlers of events expand to.

use quote::quote;

use super::{action, event};
use crate::route::tests::formatted;

#[test]
fn an_action() {
    let emitted = action(
        quote!("sum", roles("ADMIN")),
        quote! {
            /// Adds numbers.
            pub async fn add(Json(numbers): Json<Numbers>, pool: Pool) -> Result<Json<Sum>, SumError> {
                sum(numbers)
            }
        },
    );
    insta::assert_snapshot!(formatted(emitted));
}

#[test]
fn an_event() {
    let emitted = event(
        quote!(sqs, queue = "orders", partial, concurrency = 4, idempotent),
        quote! {
            async fn on_order(Json(order): Json<Order>) -> Result<(), OrderError> {
                store(order).await
            }
        },
    );
    insta::assert_snapshot!(formatted(emitted));
}

#[test]
fn a_broken_event() {
    let emitted = event(
        quote!(s4, partial),
        quote!(
            async fn on_upload() {}
        ),
    );
    insta::assert_snapshot!(formatted(emitted));
}

#[test]
fn every_mistake_is_reported() {
    let none = quote!(
        async fn f() {}
    );
    for (emitted, mistakes) in [
        (action(quote!(), none.clone()), 0),
        (
            action(quote!("a", roles("B"), crate = povery), none.clone()),
            0,
        ),
        (
            action(
                quote!(" a", roles(), rules("A"), idempotent = 1),
                none.clone(),
            ),
            4,
        ),
        (
            action(
                quote!(sum),
                quote!(
                    unsafe fn f(&self) {}
                ),
            ),
            4,
        ),
        (event(quote!(), none.clone()), 1),
        (
            event(quote!(s3, bucket = "b", concurrency = 4), none.clone()),
            0,
        ),
        (
            event(
                quote!(s3, partial, queue = "q", concurrency = 0),
                none.clone(),
            ),
            3,
        ),
        (
            event(quote!(kinesis, partial, concurrency = 2), none.clone()),
            1,
        ),
        (
            event(
                quote!(sqs, queue = "arn:aws:sqs:a:1:q", queue = "q"),
                none.clone(),
            ),
            2,
        ),
        (
            event(
                quote!(eventbridge, source = "a:b", detail_type = "c d"),
                none.clone(),
            ),
            0,
        ),
        (event(quote!(custom, partail), none), 1),
    ] {
        let emitted = emitted.to_string();
        assert_eq!(
            emitted.matches("compile_error").count(),
            mistakes,
            "{emitted}"
        );
    }
}
