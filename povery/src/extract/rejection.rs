//! Why an extractor gave no value.

use std::fmt;

use http::StatusCode;

use crate::error::{HttpError, PoveryError};
use crate::validate::Faults;

/// Why an extractor gave no value.
///
/// A handler that takes `Result<E, Rejection>` decides itself what becomes of it; `?` answers as povery
/// would have done, were nothing else wrong with the request.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::{Rejection, Text};
///
/// #[povery::route(POST, "/notes")]
/// async fn note(text: Result<Text, Rejection>) -> Result<String, PoveryError> {
///     match text {
///         Ok(Text(text)) => Ok(text),
///         Err(Rejection::Faults(_)) => Ok("no text at all".to_owned()),
///         Err(refused) => Err(refused.into()),
///     }
/// }
/// ```
pub enum Rejection {
    /// The request is faulty in places that can be named; other arguments are still looked at.
    Faults(Faults),
    /// The request is refused as a whole, with this answer.
    Refused(PoveryError),
}

impl Rejection {
    /// The status of the answer that it is: 400 for faults.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Faults(_) => StatusCode::BAD_REQUEST,
            Self::Refused(error) => error.status(),
        }
    }
}

impl From<Faults> for Rejection {
    fn from(faults: Faults) -> Self {
        Self::Faults(faults)
    }
}

impl From<PoveryError> for Rejection {
    fn from(error: PoveryError) -> Self {
        Self::Refused(error)
    }
}

/// The answer that the rejection is, if nothing else is wrong with the request.
impl From<Rejection> for PoveryError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Faults(faults) => faults.into(),
            Rejection::Refused(error) => error,
        }
    }
}

impl HttpError for Rejection {
    fn into_povery_error(self) -> PoveryError {
        self.into()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(_) => f.write_str("Validation failed"),
            Self::Refused(error) => error.fmt(f),
        }
    }
}

/// Status and code, places and constraints: no names or values, which may be the caller's.
impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Faults(faults) => {
                let mut list = f.debug_list();
                for fault in faults.clone().into_vec() {
                    list.entry(&(fault.place, fault.constraints.into_keys()));
                }
                list.finish()
            }
            Self::Refused(error) => f
                .debug_tuple("Refused")
                .field(&error.status().as_u16())
                .field(&error.code())
                .finish(),
        }
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Faults(_) => None,
            Self::Refused(error) => error.source(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate::In;

    #[test]
    fn debug_tells_no_names_and_no_values() {
        let mut faults = Faults::new();
        faults.push(In::Body, "a secret", "unknown", "is not known");
        let refused = PoveryError::internal("a secret").with_data("a secret");
        for (rejection, text) in [
            (Rejection::from(faults), r#"[(Body, ["unknown"])]"#),
            (Rejection::from(refused), r#"Refused(500, "INTERNAL")"#),
        ] {
            assert_eq!(format!("{rejection:?}"), text);
        }
    }

    #[test]
    fn it_is_the_answer_that_would_have_been_given() {
        let faults = || Rejection::from(Faults::new());
        let refused = || Rejection::from(PoveryError::conflict("Taken"));
        for (rejection, status, message) in [
            (faults as fn() -> Rejection, 400, "Validation failed"),
            (refused, 409, "Taken"),
        ] {
            assert_eq!(rejection().status(), status);
            assert_eq!(rejection().to_string(), message);
            let answer = rejection().into_povery_error();
            assert_eq!(
                (answer.status().as_u16(), answer.to_string().as_str()),
                (status, message)
            );
        }
    }
}
