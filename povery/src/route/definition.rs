//! What the macro writes of a route.

use std::fmt;

use super::{Caller, Handling, Keyed, Method, Segment, Site};
use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::middleware::Next;

/// A route as its function describes it: what `routes![…]` lists. The macro makes it.
#[derive(Clone, Copy)]
pub struct RouteDef {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) segments: &'static [Segment],
    pub(crate) query: &'static [&'static str],
    pub(crate) status: u16,
    pub(crate) roles: &'static [&'static str],
    pub(crate) scopes: &'static [&'static str],
    pub(crate) tag: Option<&'static str>,
    pub(crate) body_limit: Option<usize>,
    pub(crate) flags: Flags,
    pub(crate) doc: &'static str,
    pub(crate) site: Site,
    pub(crate) databases: &'static [&'static [&'static str]],
    pub(crate) callers: &'static [Caller],
    /// From the outermost to the innermost.
    pub(crate) layers: &'static [fn(Next) -> Next],
    pub(crate) keyed: Option<Keyed>,
    pub(crate) handler: fn(Inputs) -> Handling,
}

/// The keys of a route that are there or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flags {
    pub(crate) public: bool,
    pub(crate) deprecated: bool,
    pub(crate) hidden: bool,
    pub(crate) idempotent: bool,
}

/// What the macro writes: a route with nothing but what every route has, and then its keys.
#[doc(hidden)]
impl RouteDef {
    pub const fn new(
        method: Method,
        path: &'static str,
        segments: &'static [Segment],
        site: Site,
        handler: fn(Inputs) -> Handling,
    ) -> Self {
        Self {
            method,
            path,
            segments,
            query: &[],
            status: 200,
            roles: &[],
            scopes: &[],
            tag: None,
            body_limit: None,
            flags: Flags {
                public: false,
                deprecated: false,
                hidden: false,
                idempotent: false,
            },
            doc: "",
            site,
            databases: &[],
            callers: &[],
            layers: &[],
            keyed: None,
            handler,
        }
    }

    /// What stands in for a route whose attribute has been refused: the program does not compile,
    /// and this keeps `routes![…]` from saying so a second time.
    pub const BROKEN: Self = Self::new(
        Method::Get,
        "",
        &[],
        Site {
            name: "",
            module: "",
            file: "",
            line: 0,
        },
        |_| Box::pin(async { Err(PoveryError::internal("a route that did not compile")) }),
    );

    pub(crate) const fn is_broken(&self) -> bool {
        self.path.is_empty()
    }

    pub const fn with_query(mut self, names: &'static [&'static str]) -> Self {
        self.query = names;
        self
    }

    pub const fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    pub const fn with_roles(mut self, roles: &'static [&'static str]) -> Self {
        self.roles = roles;
        self
    }

    pub const fn with_scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    pub const fn with_tag(mut self, tag: &'static str) -> Self {
        self.tag = Some(tag);
        self
    }

    pub const fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    pub const fn as_public(mut self) -> Self {
        self.flags.public = true;
        self
    }

    pub const fn as_deprecated(mut self) -> Self {
        self.flags.deprecated = true;
        self
    }

    pub const fn as_hidden(mut self) -> Self {
        self.flags.hidden = true;
        self
    }

    pub const fn as_idempotent(mut self) -> Self {
        self.flags.idempotent = true;
        self
    }

    pub const fn with_idempotency_key(mut self, keyed: Keyed) -> Self {
        self.keyed = Some(keyed);
        self
    }

    pub const fn with_doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// The databases that each of its arguments needs.
    pub const fn with_databases(mut self, arguments: &'static [&'static [&'static str]]) -> Self {
        self.databases = arguments;
        self
    }

    /// Whether each of its arguments asks who calls.
    pub const fn with_callers(mut self, arguments: &'static [Caller]) -> Self {
        self.callers = arguments;
        self
    }

    /// Puts each of its layers around what comes after it, the first around all.
    pub const fn with_layers(mut self, layers: &'static [fn(Next) -> Next]) -> Self {
        self.layers = layers;
        self
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
