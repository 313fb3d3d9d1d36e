//! The front door: the bytes of an event become a request, and a response becomes bytes.
//!
//! An event is read in one pass. Nothing here fails on its shape and nothing panics: what is no HTTP
//! request of a gateway is an [`Unknown`], and what cannot be a request is an ordinary answer.

mod body;
mod context;
mod direct;
mod fields;
mod headers;
mod object;
mod origin;
mod outgoing;
mod pairs;
mod path;
mod query;
mod scalar;
mod unknown;

pub(crate) use body::Body;
pub(crate) use direct::Direct;
#[cfg(feature = "events")]
pub(crate) use direct::{Batch, Bridge, Item, Payload, Unread};
pub(crate) use origin::Origin;
pub(crate) use outgoing::{Outgoing, Prelude, is_coded};
pub(crate) use unknown::Unknown;

use bytes::Bytes;
use http::{Extensions, Method};

use crate::error::PoveryError;
use crate::request::{GatewayContext, Head, Headers, Host, Incoming};
use context::Context;
use fields::Fields;
use object::Object;
use path::Path;
use scalar::Scalar;

/// The longest event whose headers stay in it. Of a longer one they are copied, so that it can go while the handler runs, where
/// the body is not a part of it either.
const KEPT: usize = 64 * 1024;

/// An event that is an HTTP request, with the format of its answer.
pub(crate) struct Http {
    pub(crate) origin: Origin,
    /// Whether it is HEAD, whose answers have no body.
    pub(crate) head: bool,
    /// The request, or the answer to one that cannot be understood in one way.
    pub(crate) request: Result<Incoming<Body>, PoveryError>,
}

impl Http {
    /// Reads an event. What is not needed at once stays in it, and is not copied.
    ///
    /// # Errors
    ///
    /// It is no HTTP request. An event that is not JSON is an [`Unknown`] too, since what serde says of it may repeat
    /// what it holds.
    pub(crate) fn read(event: &Bytes) -> Result<Self, Unknown> {
        let fields = serde_json::from_slice(event).map_err(|_| Unknown::Unreadable)?;
        http(event, fields)
    }
}

fn http(event: &Bytes, mut fields: Fields<'_>) -> Result<Http, Unknown> {
    let raw = fields.context.ok_or_else(|| fields.without_context())?;
    if let Some(field) = fields.repeated {
        return Err(Unknown::Field(field));
    }
    let Object::<Context<'_>>(context) =
        serde_json::from_str(raw.get()).map_err(|_| Unknown::Field("requestContext"))?;
    let origin = Origin::of(&fields, &context)?;

    let body = Body::new(event, std::mem::take(&mut fields.body), &fields.is_base64)?;
    let method = match origin {
        Origin::Lattice => fields.method.text("method")?,
        Origin::HttpApi | Origin::FunctionUrl => context.method()?,
        Origin::Rest | Origin::HttpApiV1 | Origin::Alb { .. } => {
            fields.http_method.text("httpMethod")?
        }
    };
    let path = Path::of(origin, &fields, &context)?;
    let query = query::query(origin, &fields)?;
    let headers = headers::Undecoded::of(event, origin, &fields)?;

    let request = || {
        let head = Box::new(Head {
            method: Method::from_bytes(method.as_bytes())
                .map_err(|_| PoveryError::bad_request("The method is not valid"))?,
            uri: path::target(path, query)?,
            headers: Headers::deferred(headers),
            extensions: Extensions::new(),
            host: Host {
                client: context.client(origin),
                gateway: Some(GatewayContext::new(origin.gateway(), raw.to_owned())),
                ..Host::default()
            },
        });
        Ok(Incoming { head, body })
    };
    Ok(Http {
        origin,
        head: method == "HEAD",
        request: request(),
    })
}

#[cfg(test)]
mod tests;
