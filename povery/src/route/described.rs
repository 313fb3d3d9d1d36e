//! What a route's definition says of it.

use super::{Caller, IdempotencyKey, Method, RouteDef};

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
    /// [`Route::role_lists`](crate::Route::role_lists).
    pub const fn roles(&self) -> &'static [&'static str] {
        self.roles
    }

    /// The scopes of which a caller must have all. Groups have further ones: see [`Route::all_scopes`](crate::Route::all_scopes).
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
