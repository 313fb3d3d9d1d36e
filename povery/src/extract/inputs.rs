//! Gathers the arguments of one call: the glue that the macro writes talks to this.

use std::pin::Pin;

use serde::de::DeserializeOwned;

use super::text::{self, TextError};
use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
use crate::request::Request;
use crate::validate::rule::Violation;
use crate::validate::{Faults, In};

/// The arguments so far: what was wrong with them, all of it, and the request they come from.
#[doc(hidden)]
pub struct Inputs {
    request: Request,
    faults: Faults,
    refusal: Option<PoveryError>,
}

#[doc(hidden)]
impl Inputs {
    pub(crate) fn new(request: Request) -> Self {
        Self {
            request,
            faults: Faults::new(),
            refusal: None,
        }
    }

    /// The path parameter at `index`.
    pub fn path<T: DeserializeOwned>(&mut self, name: &'static str, index: usize) -> Option<T> {
        let value = self.request.parameter(index);
        let read = text::read::<T>(value.as_slice());
        self.noted(In::Path, name, read)
    }

    /// The query value, or values, under `name`.
    pub fn query<T: DeserializeOwned>(&mut self, name: &'static str) -> Option<T> {
        let values = self.request.query_values(name);
        let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        let read = text::read::<T>(&values);
        self.noted(In::Query, name, read)
    }

    fn noted<T>(&mut self, place: In, name: &'static str, read: Result<T, TextError>) -> Option<T> {
        read.map_err(|error| {
            self.faults
                .push(place, name, error.constraint(), error.to_string())
        })
        .ok()
    }

    /// Notes a violated rule of a value that could be read.
    pub fn check<T>(
        &mut self,
        place: In,
        name: &'static str,
        value: &Option<T>,
        rule: impl FnOnce(&T) -> Violation,
    ) {
        if let Some(violation) = value.as_ref().and_then(rule) {
            let mut errors = validator::ValidationErrors::new();
            errors.add(name, violation);
            self.faults.extend(place, &errors);
        }
    }

    /// An extractor of the input stage; for one of a later stage `None`, and nothing runs. The boxed
    /// future keeps a type that is no extractor to one compile error.
    pub fn input<T: FromRequest>(
        &mut self,
    ) -> Pin<Box<dyn Future<Output = Option<T>> + Send + '_>> {
        Box::pin(async {
            if T::STAGE != Stage::Input {
                return None;
            }
            match T::from_request(&self.request).await {
                Ok(value) => Some(value),
                Err(Rejection::Faults(faults)) => {
                    self.faults.append(faults);
                    None
                }
                Err(Rejection::Refused(error)) => {
                    self.refusal.get_or_insert(error);
                    None
                }
            }
        })
    }

    /// Ends the input stage.
    ///
    /// # Errors
    ///
    /// The first refusal, else all faults as one answer.
    pub fn settle(&mut self) -> Result<(), PoveryError> {
        match self.refusal.take() {
            Some(refusal) => Err(refusal),
            None if self.faults.is_empty() => Ok(()),
            None => Err(std::mem::take(&mut self.faults).into()),
        }
    }

    /// An extractor of the resource stage, unless the input stage has made the value.
    ///
    /// # Errors
    ///
    /// The extractor's rejection.
    pub async fn resource<T: FromRequest>(&mut self, made: Option<T>) -> Result<T, PoveryError> {
        if let Some(made) = made {
            return Ok(made);
        }
        T::from_request(&self.request)
            .await
            .map_err(|rejection| match rejection {
                Rejection::Faults(faults) => faults.into(),
                Rejection::Refused(error) => error,
            })
    }
}

/// A value whose faults, had it any, `settle` has answered.
#[doc(hidden)]
pub fn present<T>(value: Option<T>) -> Result<T, PoveryError> {
    value.ok_or_else(|| {
        PoveryError::internal("an argument is missing though no fault of it was noted")
    })
}
