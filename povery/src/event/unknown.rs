//! Events that are no HTTP requests.

use std::fmt;

/// Why an event is no HTTP request. Its text says nothing of what the event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// It is not JSON, or no object.
    Unreadable,
    /// It is an HTTP event, but this field is missing, of another type, or there twice.
    Field(&'static str),
    WebSocket,
    Authorizer,
    LatticeV1,
    /// It has a `requestContext`, but not that of a gateway that is known.
    Gateway,
    /// A direct invocation, or an event of another service: it has no `requestContext`.
    Other,
}

impl Unknown {
    /// What the invocation's error is called.
    pub(crate) const ERROR_TYPE: &'static str = "Povery.UnknownEvent";
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("the event is no JSON object that can be read")?,
            Self::Field(field) => {
                return write!(
                    f,
                    "the event of a gateway has no `{field}` that can be read: it is missing, of another type, or there twice"
                );
            }
            Self::WebSocket => {
                f.write_str("the event is one of a WebSocket API, which is not HTTP")?
            }
            Self::Authorizer => {
                f.write_str("the event asks a Lambda authorizer for a permission")?
            }
            Self::LatticeV1 => {
                return f.write_str(
                    "the event is one of VPC Lattice in version 1.0: set the event structure of the target group to V2",
                );
            }
            Self::Gateway | Self::Other => {
                f.write_str("the event has no `requestContext` of an HTTP gateway")?
            }
        }
        f.write_str(
            "; understood are REST APIs, HTTP APIs (payload 2.0 and 1.0), Function URLs, Application Load Balancers and VPC Lattice (V2)",
        )
    }
}
