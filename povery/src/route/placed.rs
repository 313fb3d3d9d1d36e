//! Routes as an application has them: under prefixes, and in groups.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::level::{Level, Name};
use super::{Flat, RouteDef, Site};
use crate::middleware::{Next, Wrap};

/// A route of an application: its definition, the path under which it is found, and what the [`Group`](crate::Group)s
/// around it add. A clone is cheap.
#[derive(Clone)]
pub struct Route(Arc<Details>);

#[derive(Clone)]
struct Details {
    flat: Flat,
    path: Arc<str>,
    roles: Vec<Vec<Name>>,
    scopes: Vec<Name>,
    /// Whether a group asks for roles or scopes.
    is_group_protected: bool,
    tag: Option<Name>,
    /// `None` where nothing stands around the route.
    layers: Option<Next>,
}

impl Route {
    /// The route in these groups, the outermost first.
    pub(crate) fn new(flat: Flat, groups: &[&Level]) -> Self {
        let def = flat.def;
        let names = |names: &[&'static str]| names.iter().copied().map(Name::Borrowed).collect();
        let own: Vec<Name> = names(def.roles);
        let roles = groups.iter().flat_map(|group| &group.roles).cloned();
        let scopes = groups.iter().flat_map(|group| &group.scopes).cloned();
        let tags = groups.iter().rev().filter_map(|group| group.tag.clone());
        let own_layers = def.layers.iter().rev();
        let layers = own_layers.fold(None, |next: Option<Next>, layer| {
            Some(layer(next.unwrap_or_else(Next::end)))
        });
        let mut route = Self(Arc::new(Details {
            flat,
            path: flat.path().into(),
            roles: roles.chain((!own.is_empty()).then_some(own)).collect(),
            scopes: scopes.chain(names(def.scopes)).collect(),
            is_group_protected: groups.iter().any(|group| group.is_protected),
            tag: def
                .tag
                .map(Name::Borrowed)
                .or_else(|| tags.into_iter().next()),
            layers,
        }));
        for layer in groups.iter().rev().flat_map(|group| &group.layers) {
            route.wrap(layer);
        }
        route
    }

    /// Puts a layer around it and its layers.
    pub(crate) fn wrap(&mut self, layer: &Wrap) {
        let details = Arc::make_mut(&mut self.0);
        let next = details.layers.take().unwrap_or_else(Next::end);
        details.layers = Some(layer(next));
    }

    pub(crate) fn flat(&self) -> Flat {
        self.0.flat
    }

    pub(crate) fn layers(&self) -> Option<&Next> {
        self.0.layers.as_ref()
    }

    /// The path with the prefixes of all tables, such as `/admin/users/<id>`.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The same, for who keeps it.
    pub(crate) fn shared_path(&self) -> Arc<str> {
        Arc::clone(&self.0.path)
    }

    /// The lists of roles, of each of which a caller must have one: those of the groups, the outermost first, and then
    /// the route's own. [`roles`](RouteDef::roles) has the latter alone.
    pub fn role_lists(&self) -> &[Vec<Name>] {
        &self.0.roles
    }

    /// The scopes of which a caller must have all: those of the groups, and then the route's own, which
    /// [`scopes`](RouteDef::scopes) has alone.
    pub fn all_scopes(&self) -> &[Name] {
        &self.0.scopes
    }

    /// Whether a caller must have roles or scopes, for the route or for a group around it.
    pub fn is_protected(&self) -> bool {
        self.0.is_group_protected || self.0.flat.def.is_protected()
    }

    /// Whether anybody may call, also without an identity: a route that says so, unless a group around it asks for
    /// roles or scopes. An application with such a one does not start.
    pub fn is_public(&self) -> bool {
        self.0.flat.def.is_public() && !self.0.is_group_protected
    }

    /// The tag that groups the route in documentation: its own, else that of the innermost group that has one.
    pub fn tag(&self) -> Option<&str> {
        self.0.tag.as_deref()
    }
}

impl Deref for Route {
    type Target = RouteDef;

    fn deref(&self) -> &RouteDef {
        self.0.flat.def
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site {
            name, file, line, ..
        } = self.site;
        write!(
            f,
            "`{} {}` ({name}, {file}:{line})",
            self.method,
            self.path()
        )
    }
}

/// The route that a request was found to be for: an argument of handlers, among the extensions of the request that layers
/// of routes are given, in [`Request::route`](crate::Request::route) and in
/// [`MatchedRequest::route`](crate::MatchedRequest::route). It is the [`Route`] of the application's table, and a clone is
/// cheap. For HEAD it is the `GET` route that answers. Actions and handlers of events have none: as an argument of theirs it is
/// a logged failure, `INTERNAL`, and `Option<MatchedRoute>` is `None`.
///
/// # Example
///
/// ```
/// use povery::MatchedRoute;
///
/// #[povery::route(GET, "/users/<id>")]
/// async fn user(id: u32, route: MatchedRoute) -> String {
///     // `/users/<id>`, whatever the id is.
///     format!("{id} of {}", route.path())
/// }
/// ```
///
/// In a layer:
///
/// ```
/// use povery::middleware::{self, Next};
/// use povery::prelude::*;
/// use povery::{Body, MatchedRoute, Response, http};
///
/// async fn named(request: http::Request<Body>, next: Next) -> Response {
///     let route = request.extensions().get::<MatchedRoute>().cloned();
///     let mut response = next.run(request).await;
///     // `/users/<id>`, whatever the id is.
///     if let Some(Ok(path)) = route.map(|route| route.path().parse()) {
///         response.headers_mut().insert("x-route", path);
///     }
///     response
/// }
///
/// let app = App::new().route_layer(middleware::from_fn(named));
/// ```
#[derive(Clone)]
pub struct MatchedRoute(pub(crate) Route);

impl Deref for MatchedRoute {
    type Target = Route;

    fn deref(&self) -> &Route {
        &self.0
    }
}

impl fmt::Debug for MatchedRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
