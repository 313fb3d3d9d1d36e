//! Tuples: up to six parts, and the answer that they belong to.

use super::{IntoResponse, Response, ResponsePart};
use crate::error::PoveryError;

macro_rules! tuple {
    ($($part:ident)+, $($later_first:ident)+) => {
        impl<$($part: ResponsePart,)+ R: IntoResponse> IntoResponse for ($($part,)+ R) {
            #[expect(non_snake_case, reason = "each value is named after its type")]
            fn into_response(self) -> Result<Response, PoveryError> {
                let ($($part,)+ rest) = self;
                let mut response = rest.into_response()?;
                $($later_first.apply(&mut response)?;)+
                Ok(response)
            }
        }
    };
}

tuple!(A, A);
tuple!(A B, B A);
tuple!(A B C, C B A);
tuple!(A B C D, D C B A);
tuple!(A B C D E, E D C B A);
tuple!(A B C D E F, F E D C B A);
