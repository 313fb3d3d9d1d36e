//! Gathers the arguments of one call: the glue that the macro writes talks to this.

use std::pin::Pin;
#[cfg(feature = "postgres")]
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::text::{self, TextError};
use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
#[cfg(feature = "postgres")]
use crate::idempotency::Attempt;
use crate::request::Request;
use crate::response::Response;
use crate::validate::rule::Violation;
use crate::validate::{Faults, In};

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An extractor's value, or what makes it once the input stage has found no fault.
#[doc(hidden)]
pub struct Pending<T> {
    made: Option<T>,
    make: for<'r> fn(&'r Request) -> Boxed<'r, Result<T, Rejection>>,
}

/// A path or query value, or nothing where a fault of it has been noted.
#[doc(hidden)]
pub struct Argument<T> {
    place: In,
    name: &'static str,
    value: Option<T>,
}

#[doc(hidden)]
impl<T> Argument<T> {
    /// The value, once [`Inputs::settle`] has found no fault.
    ///
    /// # Errors
    ///
    /// None, then.
    pub fn get(self) -> Result<T, PoveryError> {
        self.value
            .ok_or_else(|| PoveryError::internal("an argument is missing without a fault"))
    }
}

/// The arguments so far: what was wrong with them, all of it, and the request they come from.
#[doc(hidden)]
pub struct Inputs {
    request: Request,
    faults: Faults,
    refusal: Option<PoveryError>,
    /// Of a route with `idempotency_key`, where the request has a key.
    #[cfg(feature = "postgres")]
    attempt: Option<Arc<Attempt>>,
}

#[doc(hidden)]
impl Inputs {
    pub(crate) fn new(request: Request) -> Self {
        Self {
            request,
            faults: Faults::new(),
            refusal: None,
            #[cfg(feature = "postgres")]
            attempt: None,
        }
    }

    /// Those of a route with `idempotency_key`, and what is wrong with the key.
    #[cfg(feature = "postgres")]
    pub(crate) fn of_attempt(
        request: Request,
        attempt: Option<Arc<Attempt>>,
        faults: Faults,
    ) -> Self {
        Self {
            faults,
            attempt,
            ..Self::new(request)
        }
    }

    /// The path parameter at `index`.
    pub fn path<T: DeserializeOwned>(&mut self, name: &'static str, index: usize) -> Argument<T> {
        let value = self.request.parameter(index);
        let read = text::read::<T>(value.as_slice());
        self.noted(In::Path, name, read)
    }

    /// The segments of the path from the parameter at `index` on.
    pub fn tail<T: DeserializeOwned>(&mut self, name: &'static str, index: usize) -> Argument<T> {
        let value = self.request.parameter(index).unwrap_or_default();
        let read = text::read_tail::<T>(value);
        self.noted(In::Path, name, read)
    }

    /// The query value, or values, under `name`.
    pub fn query<T: DeserializeOwned>(&mut self, name: &'static str) -> Argument<T> {
        let read = match self.request.query_values(name) {
            Some(values) => {
                let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
                text::read::<T>(&values)
            }
            None => Err(TextError::Opaque),
        };
        self.noted(In::Query, name, read)
    }

    fn noted<T>(
        &mut self,
        place: In,
        name: &'static str,
        read: Result<T, TextError>,
    ) -> Argument<T> {
        let value = read.map_err(|error| {
            self.faults
                .push(place, name, error.constraint(), error.to_string())
        });
        Argument {
            place,
            name,
            value: value.ok(),
        }
    }

    /// Notes a violated rule of a value that could be read.
    pub fn check<T>(&mut self, argument: &Argument<T>, rule: impl FnOnce(&T) -> Violation) {
        if let Some(violation) = argument.value.as_ref().and_then(rule) {
            let mut errors = validator::ValidationErrors::new();
            errors.add(argument.name, violation);
            self.faults.extend(argument.place, &errors);
        }
    }

    /// An extractor; one of a later stage is only noted, and nothing runs. Boxed, and the one place
    /// that asks for `FromRequest`, so that a type that is no extractor is one compile error.
    pub fn input<T: FromRequest + 'static>(&mut self) -> Boxed<'_, Pending<T>> {
        Box::pin(async {
            let made = match T::STAGE {
                Stage::Input => match T::from_request(&self.request).await {
                    Ok(value) => Some(value),
                    Err(Rejection::Faults(faults)) if !faults.is_empty() => {
                        self.faults.append(faults);
                        None
                    }
                    // It names no fault, and is a rejection all the same.
                    Err(Rejection::Faults(none)) => {
                        self.refusal.get_or_insert(none.into());
                        None
                    }
                    Err(Rejection::Refused(error)) => {
                        self.refusal.get_or_insert(error);
                        None
                    }
                },
                Stage::Resource => None,
            };
            Pending {
                made,
                make: |request| Box::pin(T::from_request(request)),
            }
        })
    }

    /// Ends the input stage.
    ///
    /// # Errors
    ///
    /// Headers that cannot be, the first refusal, else all faults as one answer.
    pub fn settle(&mut self) -> Result<(), PoveryError> {
        self.request.head.headers.check()?;
        match self.refusal.take() {
            Some(refusal) => Err(refusal),
            None if self.faults.is_empty() => Ok(()),
            None => Err(std::mem::take(&mut self.faults).into()),
        }
    }

    /// The answer that a request with the same key was given before; `None` where the handler is to run.
    ///
    /// # Errors
    ///
    /// Another request has the key, now or before; or the database's.
    pub fn replayed(&mut self) -> Boxed<'_, Result<Option<Response>, PoveryError>> {
        Box::pin(async move {
            #[cfg(feature = "postgres")]
            if let Some(attempt) = &self.attempt {
                return attempt.begin(&self.request).await;
            }
            Ok(None)
        })
    }

    /// The value of an extractor, made now if it is of the resource stage.
    ///
    /// # Errors
    ///
    /// The extractor's rejection.
    pub fn resource<T: Send + 'static>(
        &mut self,
        pending: Pending<T>,
    ) -> Boxed<'_, Result<T, PoveryError>> {
        Box::pin(async move {
            if let Some(made) = pending.made {
                return Ok(made);
            }
            let made = (pending.make)(&self.request).await;
            // Whatever it made of headers that cannot be, these are what is wrong.
            self.request.head.headers.check()?;
            Ok(made?)
        })
    }
}
