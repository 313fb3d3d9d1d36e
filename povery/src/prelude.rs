//! What most files of an application import: `use povery::prelude::*;`.

pub use validator::Validate;

pub use crate::{
    App, Form, FromRequest, Header, Html, HttpError, IntoResponse, Json, Location, NoContent,
    PoveryError, Query, Redirect, State, StatusCode, User,
};
#[cfg(feature = "postgres")]
pub use crate::{Pool, Tx};
