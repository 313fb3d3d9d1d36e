//! `Record<T>`: what an event handler is called with, as the service sent it.

use std::any::type_name;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::missing;
use super::{FromRequest, Rejection};
use crate::error::PoveryError;
use crate::request::Request;

/// The record that a handler of events is called with, as the service sent it; for `eventbridge`, `schedule` and
/// `custom` the whole event. `T` is any type that can be read from it, such as those of
/// [`aws_lambda_events`](crate::aws_lambda_events).
///
/// One that does not fit `T` is a failure that names the place: `INTERNAL`, since the type is the developer's. In
/// a route or an action there is none: a logged 500, and `Option<Record<T>>` is `None`.
///
/// # Example
///
/// ```
/// use povery::Record;
/// use povery::aws_lambda_events::s3::S3EventRecord;
///
/// #[povery::event(s3)]
/// async fn on_upload(Record(upload): Record<S3EventRecord>) {
///     println!("{:?}", upload.s3.object.key);
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record<T = Value>(pub T);

impl<T: DeserializeOwned + Send> FromRequest for Record<T> {
    /// Whether this is no event.
    fn is_absent(request: &Request) -> bool {
        request.record().is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let record = request
            .record()
            .ok_or_else(|| missing("`Record`: this is no event; `Option<Record>` may be absent"))?;
        let mut json = serde_json::Deserializer::from_slice(record);
        let read = serde_path_to_error::deserialize(&mut json);
        // What serde says may repeat what was sent.
        let unfit = read.map_err(|error| {
            PoveryError::internal(format!(
                "the record does not fit `{}`, at `{}`",
                type_name::<T>(),
                error.path()
            ))
        });
        Ok(Self(unfit?))
    }
}
