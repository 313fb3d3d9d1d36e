//! Groups of routes, and what their routes have in common.

use std::fmt;
use std::panic::Location;

use tower::Layer;

use super::App;
use crate::middleware::{LayerService, Next, wrap};
use crate::route::{Level, Name, RouteTable};
use crate::router::Router;

/// Routes with something in common: roles, scopes, a tag, layers. Their prefix is that of the table, so that the
/// compiler finds what conflicts.
///
/// What a group asks of callers it asks beside what its routes, and the groups around it, ask. It is checked with the
/// route, before any layer of it runs. See [the guide](crate::docs::middleware#groups).
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::{Authorizer, Group};
///
/// mod admin {
///     #[povery::route(GET, "/stats")]
///     async fn stats() -> &'static str {
///         "fine"
///     }
///
///     #[povery::route(POST, "/restart", scopes("operate"))]
///     async fn restart() {}
///
///     pub const ROUTES: povery::RouteTable = povery::routes![stats, restart];
/// }
///
/// let admin = Group::new(povery::routes!["/admin" => admin::ROUTES])
///     .roles(["ADMIN", "ROOT"])
///     .tag("administration");
/// let app = App::new().authorizer(Authorizer::gateway()).group(admin);
/// assert!(app.check().is_ok());
///
/// let restart = &app.route_table()[1];
/// assert_eq!((restart.path(), restart.tag()), ("/admin/restart", Some("administration")));
/// assert_eq!(restart.role_lists(), [["ADMIN", "ROOT"]]);
/// assert_eq!(restart.all_scopes(), ["operate"]);
/// ```
#[derive(Clone)]
pub struct Group {
    table: RouteTable,
    groups: Vec<Group>,
    level: Level,
    mistakes: Vec<&'static str>,
    site: &'static Location<'static>,
}

impl Group {
    /// A group of these routes, which so far have nothing in common.
    #[track_caller]
    pub fn new(table: RouteTable) -> Self {
        Self {
            table,
            groups: Vec::new(),
            level: Level::default(),
            mistakes: Vec::new(),
            site: Location::caller(),
        }
    }

    /// Adds a group within this one: its routes have what is common to either.
    #[must_use]
    pub fn group(mut self, group: Self) -> Self {
        self.groups.push(group);
        self
    }

    /// Lets only callers in who have one of these roles. Where it is said again, and by the routes or by a group around
    /// this one, a caller must have one of each list.
    #[must_use]
    pub fn roles(mut self, roles: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        let roles = self.names(roles);
        self.level.roles.push(roles);
        self
    }

    /// Lets only callers in who have all of these scopes, and those of the routes and of the groups around.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Name>>) -> Self {
        let scopes = self.names(scopes);
        if scopes.is_empty() {
            // Nobody has one of no roles.
            self.level.roles.push(Vec::new());
        }
        self.level.scopes.extend(scopes);
        self
    }

    /// The tag of routes that have none of their own and are in no group within this one that has one.
    #[must_use]
    pub fn tag(mut self, tag: impl Into<Name>) -> Self {
        let tag = tag.into();
        if tag.trim().is_empty() {
            self.mistakes.push("a tag is a name");
        }
        self.level.tag = Some(tag);
        self
    }

    /// Puts a layer around each of its routes, as [`App::route_layer`] does around every route. One that is added
    /// later stands around those before.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Next> + Send + Sync + 'static,
        L::Service: LayerService,
    {
        self.level.layers.push(wrap(layer));
        self
    }

    fn names(&mut self, names: impl IntoIterator<Item = impl Into<Name>>) -> Vec<Name> {
        let names: Vec<Name> = names.into_iter().map(Into::into).collect();
        self.level.is_protected = true;
        if names.is_empty() {
            let text = "it names no role or scope, where it says that callers must have one";
            self.mistakes.push(text);
        }
        let is_none = |name: &Name| name.trim().is_empty() || name.trim().len() != name.len();
        if names.iter().any(is_none) {
            let text = "the name of a role or scope is neither empty nor has space around it";
            self.mistakes.push(text);
        }
        names
    }

    /// Adds its routes; gives a sentence for each mistake.
    fn add_to(&self, router: &mut Router, around: &[&Level]) -> Vec<String> {
        let levels = [around, &[&self.level]].concat();
        router.add_to(&levels, self.table);
        let (file, line) = (self.site.file(), self.site.line());
        let own = self.mistakes.iter();
        let mut mistakes: Vec<_> = own
            .map(|mistake| format!("the group at {file}:{line}: {mistake}"))
            .collect();
        for group in &self.groups {
            mistakes.extend(group.add_to(router, &levels));
        }
        mistakes
    }
}

impl App {
    /// Adds the routes of a [`Group`]. Routes that conflict with others are reported, all at once, when the application
    /// starts.
    #[must_use]
    pub fn group(mut self, group: Group) -> Self {
        let inner = self.inner_mut();
        let mistakes = group.add_to(&mut inner.router, &[]);
        inner.mistakes.extend(mistakes);
        #[cfg(feature = "postgres")]
        self.take_databases();
        self
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Group")
            .field("routes", &self.table)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}
