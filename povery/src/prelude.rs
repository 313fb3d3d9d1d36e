//! What most files of an application import: `use povery::prelude::*;`.

pub use validator::Validate;

#[cfg(feature = "postgres")]
pub use crate::Pool;
pub use crate::{
    App, Form, FromRequest, Header, Html, HttpError, IntoResponse, Json, Location, NoContent,
    PoveryError, Query, Redirect, State, StatusCode,
};
