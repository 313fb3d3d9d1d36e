//! Everything that actions and handlers of events may have.
#![no_implicit_prelude]

mod math {
    use ::povery::prelude::*;
    use ::std::result::Result::{self, Ok};

    #[::povery::action("total", idempotent)]
    pub(crate) async fn sum(
        Json(numbers): Json<::std::vec::Vec<Number>>,
        pool: Pool,
    ) -> Json<usize> {
        let _ = pool;
        Json(numbers.len())
    }

    #[derive(::serde::Deserialize, ::validator::Validate)]
    pub(crate) struct Number {}

    #[::povery::action]
    pub(super) async fn nothing() -> Result<(), PoveryError> {
        Ok(())
    }
}

mod listeners {
    use ::povery::aws_lambda_events::sqs::SqsMessage;
    use ::povery::prelude::*;
    use ::povery::{Deadline, Record};
    use ::std::result::Result;

    #[::povery::event(sqs, queue = "orders", partial, concurrency = 4, crate = ::povery)]
    pub async fn on_order(
        Record(message): Record<SqsMessage>,
        _: Deadline,
    ) -> Result<(), PoveryError> {
        let _ = message;
        Result::Ok(())
    }

    #[::povery::event(eventbridge, source = "shop", detail_type = "Order sold")]
    pub async fn on_sale(mut tx: Tx) {
        let _ = &mut tx;
    }

    #[::povery::event(custom)]
    pub async fn on_rest(rest: Record) -> Json<Record0> {
        let _ = rest;
        Json(3)
    }

    type Record0 = u8;

    #[cfg(any())]
    #[::povery::event(s4)]
    async fn left_out() {}
}

#[::core::prelude::v1::test]
fn holds() {
    let app = ::povery::App::new()
        .actions(::povery::actions![math::sum, math::nothing])
        .events(::povery::events![
            listeners::on_order,
            listeners::on_sale,
            #[cfg(any())]
            listeners::left_out,
            listeners::on_rest,
        ]);
    ::std::assert!(app.check().is_ok());
    // Still a function.
    ::std::mem::drop(math::nothing());
}
