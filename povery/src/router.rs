//! From method and canonical path to a route.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use http::StatusCode;

use crate::middleware::Wrap;
use crate::redact;
use crate::route::{Flat, Level, Method, Route, RouteTable, Segment, conflict};

/// The routes of an application, found by path.
///
/// The path alone decides first: segment by segment a literal goes before a parameter, and that
/// before a tail. Each path then has its methods.
#[derive(Clone, Default)]
pub(crate) struct Router {
    routes: Vec<Route>,
    matcher: matchit::Router<usize>,
    patterns: HashMap<String, usize>,
    /// Per pattern, the indices of its routes.
    entries: Vec<Vec<usize>>,
    /// What stands around every route, from the innermost to the outermost.
    layers: Vec<Wrap>,
    /// The templates that capture something under the name of a secret.
    secret_templates: OnceLock<Vec<Arc<str>>>,
}

/// What a request was found to be.
#[derive(Debug)]
pub(crate) enum Found<'r> {
    /// This route, with the places of its parameters in the path.
    Route {
        route: &'r Route,
        parameters: Vec<Range<usize>>,
    },
    /// OPTIONS of a path without a route for it, which is answered from the table: the methods.
    Options(String),
    /// The path exists under other methods: these.
    OtherMethod(String),
    /// No route has the path.
    Nothing,
}

impl Router {
    /// Adds the routes of a table. Those that conflict are kept for [`conflicts`](Self::conflicts)
    /// to find, and the first of them is served.
    pub(crate) fn add(&mut self, table: RouteTable) {
        self.add_to(&[], table);
    }

    /// The same, of a table in these groups, the outermost first.
    pub(crate) fn add_to(&mut self, groups: &[&Level], table: RouteTable) {
        self.secret_templates = OnceLock::new();
        for flat in table.flat() {
            self.add_route(flat, groups);
        }
    }

    /// The path without what a route may have captured in it under the name of a secret; `None` where that is all of it.
    pub(crate) fn without_secrets(&self, path: &str) -> Option<String> {
        let names = redact::names();
        let templates = self.secret_templates.get_or_init(|| {
            let all = self.routes.iter().map(Route::shared_path);
            all.filter(|template| redact::captures_secret(template, names))
                .collect()
        });
        let mut masked = templates.iter();
        masked.find_map(|template| redact::path_begun(path, template, names))
    }

    /// Puts a layer around every route, those that come later too.
    pub(crate) fn layer(&mut self, layer: Wrap) {
        for route in &mut self.routes {
            route.wrap(&layer);
        }
        self.layers.push(layer);
    }

    fn add_route(&mut self, flat: Flat, groups: &[&Level]) {
        let index = self.routes.len();
        let mut route = Route::new(flat, groups);
        for layer in &self.layers {
            route.wrap(layer);
        }
        self.routes.push(route);
        let pattern = pattern(flat.segments());
        // Parameters are named by position, so routes that differ in names alone share a pattern.
        match self.patterns.get(&pattern) {
            Some(entry) => self.entries[*entry].push(index),
            None => {
                let entry = self.entries.len();
                if self.matcher.insert(pattern.clone(), entry).is_ok() {
                    self.entries.push(vec![index]);
                    self.patterns.insert(pattern, entry);
                }
            }
        }
    }

    /// A sentence for each route that others keep from being served.
    pub(crate) fn conflicts(&self) -> Vec<String> {
        let flats: Vec<Flat> = self.routes.iter().map(Route::flat).collect();
        conflict::sentences(&flats)
    }

    /// All routes, in the order of their listing.
    pub(crate) fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// Finds the route for a canonical path.
    pub(crate) fn find(&self, method: &http::Method, path: &str) -> Found<'_> {
        // A path with a slash behind it is another path, also where a tail would take it.
        let slash = path.len() > 1 && path.ends_with('/');
        let Some(matched) = self.matcher.at(path).ok().filter(|_| !slash) else {
            return Found::Nothing;
        };
        let routes = || {
            self.entries[*matched.value]
                .iter()
                .map(|index| &self.routes[*index])
        };
        let by = |name: &str| routes().find(|route| route.method().as_str() == name);
        // HEAD is GET without the body, which the dispatch leaves out; `ANY` is asked last.
        let stand_in = || by("GET").filter(|_| method == http::Method::HEAD);
        let found = by(method.as_str()).or_else(stand_in).or_else(|| by("ANY"));
        let Some(route) = found else {
            return match *method {
                http::Method::OPTIONS => Found::Options(allow(routes())),
                _ => Found::OtherMethod(allow(routes())),
            };
        };
        let start = path.as_ptr() as usize;
        let parameters = matched.params.iter().map(|(_, value)| {
            let from = value.as_ptr() as usize - start;
            from..from + value.len()
        });
        Found::Route {
            route,
            parameters: parameters.collect(),
        }
    }
}

/// The pattern in the matcher's language, in which `{` and `}` are doubled.
fn pattern(segments: impl Iterator<Item = Segment>) -> String {
    let mut pattern = String::new();
    for (position, segment) in segments.enumerate() {
        pattern.push('/');
        match segment {
            Segment::Literal(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Parameter(_) => pattern.push_str(&format!("{{p{position}}}")),
            Segment::Tail(_) => pattern.push_str(&format!("{{*p{position}}}")),
        }
    }
    if pattern.is_empty() {
        "/".to_owned()
    } else {
        pattern
    }
}

/// The value of `Allow`: the methods, HEAD where there is GET, and OPTIONS.
fn allow<'r>(routes: impl Iterator<Item = &'r Route>) -> String {
    let mut methods: Vec<Method> = routes.map(|route| route.method()).collect();
    if methods.contains(&Method::Get) {
        methods.push(Method::Head);
    }
    methods.push(Method::Options);
    methods.sort_unstable();
    methods.dedup();
    methods
        .into_iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ")
}

impl Found<'_> {
    /// The status that answers what is no route.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Route { .. } => StatusCode::OK,
            Self::Options(_) => StatusCode::NO_CONTENT,
            Self::OtherMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::Nothing => StatusCode::NOT_FOUND,
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
