//! Routes as constant data, which the `route` macro writes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::response::Response;

/// The method of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "they are HTTP's own")]
pub enum Method {
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
    Options,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One segment of a route's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text that must be there as it is, decoded.
    Literal(&'static str),
    /// `<name>`: any one segment.
    Parameter(&'static str),
}

/// Where a route stands in the source.
#[derive(Clone, Copy, Debug)]
#[doc(hidden)]
pub struct Site {
    pub name: &'static str,
    pub module: &'static str,
    pub file: &'static str,
    pub line: u32,
}

/// What a handler's glue returns.
#[doc(hidden)]
pub type Handling = Pin<Box<dyn Future<Output = Result<Response, PoveryError>> + Send>>;

/// A route: what `routes![…]` lists. The macro makes it; the fields are not a stable interface.
#[derive(Clone, Copy)]
pub struct RouteDef {
    #[doc(hidden)]
    pub method: Method,
    #[doc(hidden)]
    pub path: &'static str,
    #[doc(hidden)]
    pub segments: &'static [Segment],
    #[doc(hidden)]
    pub query: &'static [&'static str],
    #[doc(hidden)]
    pub status: u16,
    #[doc(hidden)]
    pub doc: &'static str,
    #[doc(hidden)]
    pub site: Site,
    #[doc(hidden)]
    pub database: bool,
    #[doc(hidden)]
    pub handler: fn(Inputs) -> Handling,
}

impl RouteDef {
    /// What stands in for a route whose attribute has been refused: the program does not compile,
    /// and this keeps `routes![…]` from saying so a second time.
    #[doc(hidden)]
    pub const BROKEN: Self = Self {
        method: Method::Get,
        path: "",
        segments: &[],
        query: &[],
        status: 500,
        doc: "",
        site: Site {
            name: "",
            module: "",
            file: "",
            line: 0,
        },
        database: false,
        handler: |_| Box::pin(async { Err(PoveryError::internal("a route that did not compile")) }),
    };

    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path as the macro was given it, such as `/users/<id>`.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The name of the function.
    pub const fn name(&self) -> &'static str {
        self.site.name
    }

    /// The first paragraph of the function's document comment, in one line.
    pub fn summary(&self) -> String {
        self.doc
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

impl fmt::Debug for RouteDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site {
            name,
            module,
            file,
            line,
        } = self.site;
        write!(
            f,
            "{} {} → {module}::{name} ({file}:{line})",
            self.method, self.path
        )
    }
}
