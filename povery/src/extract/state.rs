//! `State<T>`: a value that the application shares with its handlers.

use std::any::type_name;
use std::ops::Deref;
use std::sync::Arc;

use super::{FromRequest, Rejection, Stage};
use crate::error::PoveryError;
use crate::request::Request;

/// The value of type `T` that [`App::state`](crate::App::state) was given.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// struct Greeting(&'static str);
///
/// #[povery::route(GET, "/hello/<name>")]
/// async fn hello(name: String, greeting: State<Greeting>) -> String {
///     format!("{} {name}", greeting.0)
/// }
///
/// let app = App::new().routes(povery::routes![hello]).state(Greeting("Hello"));
/// ```
#[derive(Debug)]
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// A state of a test's own, to call a handler as the plain function that it is.
    pub fn new(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send + Sync + 'static> FromRequest for State<T> {
    const STAGE: Stage = Stage::Resource;

    /// Whether the application was given no such state.
    fn is_absent(request: &Request) -> bool {
        request.shared.get::<T>().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let value = request.shared.get::<T>();
        let missing =
            || PoveryError::internal(format!("no `App::state` of type `{}`", type_name::<T>()));
        Ok(Self(value.ok_or_else(missing)?))
    }
}
