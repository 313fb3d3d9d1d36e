//! Tables of routes, nested: what `routes![…]` makes.

use std::fmt;
use std::sync::Arc;

use super::conflict::{self, Conflict};
use super::sentence::Message;
use super::{RouteDef, Segment, Site};

/// Routes, and tables of routes under a prefix, as [`routes!`](crate::routes!) lists them.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// mod admin {
///     #[povery::route(GET, "/stats")]
///     async fn stats() -> &'static str {
///         "fine"
///     }
///
///     pub const ROUTES: povery::RouteTable = povery::routes![stats];
/// }
///
/// let app = App::new().routes(povery::routes!["/admin" => admin::ROUTES]);
/// assert_eq!(app.route_table()[0].path(), "/admin/stats");
/// ```
#[derive(Clone, Copy)]
pub struct RouteTable {
    entries: &'static [Entry],
}

/// One entry of a table.
#[derive(Clone, Copy)]
#[doc(hidden)]
pub enum Entry {
    One(&'static RouteDef),
    Nest(&'static [Segment], RouteTable),
}

impl Entry {
    const fn count(&self) -> usize {
        match self {
            Self::One(_) => 1,
            Self::Nest(_, table) => table.count(),
        }
    }
}

/// How deep tables may nest.
const DEPTH: usize = 8;

/// A route with the prefixes of the tables around it.
#[derive(Clone, Copy)]
pub(crate) struct Flat {
    pub(crate) def: &'static RouteDef,
    prefixes: [&'static [Segment]; DEPTH],
}

impl Flat {
    const NONE: Self = Self::of(&RouteDef::BROKEN);

    pub(crate) const fn of(def: &'static RouteDef) -> Self {
        Self {
            def,
            prefixes: [&[]; DEPTH],
        }
    }

    /// The segments in parts: those of the prefixes, then the route's own.
    pub(super) const fn part(&self, index: usize) -> Option<&'static [Segment]> {
        if index < DEPTH {
            Some(self.prefixes[index])
        } else if index == DEPTH {
            Some(self.def.segments)
        } else {
            None
        }
    }

    /// All segments, the prefixes' first.
    pub(crate) fn segments(&self) -> impl Iterator<Item = Segment> {
        self.prefixes
            .into_iter()
            .chain([self.def.segments])
            .flatten()
            .copied()
    }

    /// The whole path, as in `/admin/users/<id>`.
    fn path(&self) -> String {
        let mut path = String::new();
        for segment in self.segments() {
            match segment {
                Segment::Literal(text) => path.extend(["/", text]),
                Segment::Parameter(name) => path.extend(["/<", name, ">"]),
                Segment::Tail(name) => path.extend(["/<", name, "..>"]),
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        path
    }
}

/// A route of an application: its definition, and the path under which it is found.
#[derive(Clone)]
pub struct Route {
    pub(crate) flat: Flat,
    pub(crate) path: Arc<str>,
}

impl Route {
    pub(crate) fn new(flat: Flat) -> Self {
        let path = flat.path().into();
        Self { flat, path }
    }

    /// The path with the prefixes of all tables, such as `/admin/users/<id>`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl std::ops::Deref for Route {
    type Target = RouteDef;

    fn deref(&self) -> &RouteDef {
        self.flat.def
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Site {
            name, file, line, ..
        } = self.site;
        write!(f, "`{} {}` ({name}, {file}:{line})", self.method, self.path)
    }
}

#[doc(hidden)]
impl RouteTable {
    pub const fn new(entries: &'static [Entry]) -> Self {
        Self { entries }
    }

    /// The number of routes, those of nested tables included.
    pub const fn count(&self) -> usize {
        let (mut count, mut at) = (0, 0);
        while at < self.entries.len() {
            count += self.entries[at].count();
            at += 1;
        }
        count
    }

    /// Refuses conflicts at compile time; `N` is [`count`](Self::count).
    ///
    /// # Panics
    ///
    /// Where routes conflict, naming them: this is called in constants alone.
    #[track_caller]
    pub const fn check<const N: usize>(&self) {
        let mut flats = [Flat::NONE; N];
        self.flatten([&[]; DEPTH], 0, &mut flats, 0);
        let mut space = [[conflict::Shape::NONE; N]; 2];
        let mut found = [Conflict::NONE; conflict::TOLD];
        let [shapes, spare] = &mut space;
        let count = conflict::find(&flats, &self.owners::<N>(), shapes, spare, &mut found);
        if count > 0 {
            let message = Message::of(&flats, &found, count);
            panic!("{}", message.as_str());
        }
    }

    /// The entry that each route is from.
    const fn owners<const N: usize>(&self) -> [usize; N] {
        let mut owners = [0; N];
        let (mut entry, mut at) = (0, 0);
        while entry < self.entries.len() {
            let end = at + self.entries[entry].count();
            while at < end {
                owners[at] = entry;
                at += 1;
            }
            entry += 1;
        }
        owners
    }

    /// Writes the routes into `flats` from `at` on; gives the place behind the last one.
    #[track_caller]
    const fn flatten(
        &self,
        prefixes: [&'static [Segment]; DEPTH],
        depth: usize,
        flats: &mut [Flat],
        mut at: usize,
    ) -> usize {
        let mut index = 0;
        while index < self.entries.len() {
            match &self.entries[index] {
                Entry::One(def) => {
                    flats[at] = Flat { def, prefixes };
                    at += 1;
                }
                Entry::Nest(prefix, table) => {
                    assert!(depth < DEPTH, "tables of routes nest at most 8 deep");
                    let mut inner = prefixes;
                    inner[depth] = prefix;
                    at = table.flatten(inner, depth + 1, flats, at);
                }
            }
            index += 1;
        }
        at
    }
}

impl RouteTable {
    pub(crate) fn flat(&self) -> Vec<Flat> {
        let mut flats = vec![Flat::NONE; self.count()];
        self.flatten([&[]; DEPTH], 0, &mut flats, 0);
        flats
    }
}

impl fmt::Debug for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let routes = self.flat().into_iter().map(Route::new);
        f.debug_list().entries(routes).finish()
    }
}
