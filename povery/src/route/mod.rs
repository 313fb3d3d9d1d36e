//! Routes as constant data, which the `route` macro writes.

mod caller;
pub(crate) mod conflict;
mod level;
mod method;
mod placed;
mod sentence;
mod table;
mod transaction;

pub use caller::Caller;
pub(crate) use level::{Level, Name};
pub use method::Method;
pub use placed::{MatchedRoute, Route};
pub(crate) use table::Flat;
pub use table::{Entry, RouteTable};
pub use transaction::{IdempotencyKey, Keyed, Taken, Transaction};

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use crate::error::PoveryError;
use crate::extract::Inputs;
use crate::middleware::Next;
use crate::response::Response;

/// One segment of a route's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Text that must be there as it is, decoded.
    Literal(&'static str),
    /// `<name>`: any one segment.
    Parameter(&'static str),
    /// `<name..>`, the last: one or more segments.
    Tail(&'static str),
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

impl RouteDef {
    /// The method.
    pub const fn method(&self) -> Method {
        self.method
    }

    /// The path as the macro was given it, such as `/users/<id>`.
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// The names of the query values that the route reads.
    pub const fn query(&self) -> &'static [&'static str] {
        self.query
    }

    /// The status of a success to which the function gives none of its own.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The roles of which a caller must have one; empty where there is no need for any. Groups have further ones: see
    /// [`Route::role_lists`].
    pub const fn roles(&self) -> &'static [&'static str] {
        self.roles
    }

    /// The scopes of which a caller must have all. Groups have further ones: see [`Route::all_scopes`].
    pub const fn scopes(&self) -> &'static [&'static str] {
        self.scopes
    }

    /// Whether a caller must have roles or scopes.
    pub const fn is_protected(&self) -> bool {
        !self.roles.is_empty() || !self.scopes.is_empty()
    }

    /// Whether anybody may call, also without an identity; see [`docs::authorization`](crate::docs::authorization).
    pub const fn is_public(&self) -> bool {
        self.flags.public
    }

    /// What its arguments ask of the caller's identity, the most of all.
    pub const fn caller(&self) -> Caller {
        let (mut caller, mut at) = (Caller::Unasked, 0);
        while at < self.callers.len() {
            caller = caller.or(self.callers[at]);
            at += 1;
        }
        caller
    }

    /// The tag that groups the route in documentation.
    pub const fn tag(&self) -> Option<&'static str> {
        self.tag
    }

    /// The largest body that the route takes, in bytes; `None` where it is the application's
    /// [`body_limit`](crate::App::body_limit).
    pub const fn body_limit(&self) -> Option<usize> {
        self.body_limit
    }

    /// Whether callers should no longer use it.
    pub const fn is_deprecated(&self) -> bool {
        self.flags.deprecated
    }

    /// Whether documentation leaves it out.
    pub const fn is_hidden(&self) -> bool {
        self.flags.hidden
    }

    /// Whether a statement of it may be run a second time after its connection has failed. Not to be taken for
    /// [`idempotency_key`](Self::idempotency_key).
    pub const fn is_idempotent(&self) -> bool {
        self.flags.idempotent
    }

    /// Whether it takes the header `Idempotency-Key`, and runs once for each of its values: see
    /// [`docs::idempotency`](crate::docs::idempotency).
    pub const fn idempotency_key(&self) -> Option<IdempotencyKey> {
        match self.keyed {
            Some(keyed) => Some(keyed.key),
            None => None,
        }
    }

    /// Whether any argument needs a database.
    pub const fn uses_database(&self) -> bool {
        let mut at = 0;
        while at < self.databases.len() {
            if !self.databases[at].is_empty() {
                return true;
            }
            at += 1;
        }
        false
    }

    /// The [names](crate::FromRequest::DATABASES) of the databases that its arguments need; a name may come twice.
    pub fn databases(&self) -> impl Iterator<Item = &'static str> {
        self.databases.iter().copied().flatten().copied()
    }

    /// The name of the crate that it stands in.
    #[cfg(feature = "postgres")]
    pub(crate) fn crate_name(&self) -> &'static str {
        let module = self.site.module;
        module.split_once("::").map_or(module, |(name, _)| name)
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

    /// What follows the summary in the document comment.
    pub fn description(&self) -> &'static str {
        self.doc
            .split_once("\n\n")
            .map_or("", |(_, rest)| rest.trim())
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
