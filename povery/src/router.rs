//! From method and canonical path to a route.

use std::fmt;
use std::ops::Range;

use http::StatusCode;

use crate::route::{Method, RouteDef, Segment};

/// The routes of an application, found by path.
///
/// Parameters are renamed by position, so that `GET /users/<id>` and `DELETE /users/<user>` share
/// one entry of the matcher, and each entry holds the methods of its path.
#[derive(Clone, Default)]
pub(crate) struct Router {
    routes: Vec<RouteDef>,
    matcher: matchit::Router<usize>,
    /// Per path of the matcher, the indices of its routes.
    entries: Vec<Vec<usize>>,
    conflicts: Vec<Conflict>,
}

/// Two routes that answer the same requests.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    first: RouteDef,
    second: RouteDef,
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} conflicts with {:?}", self.second, self.first)
    }
}

/// What a request was found to be.
#[derive(Debug)]
pub(crate) enum Found<'r> {
    /// This route, with the places of its parameters in the path.
    Route {
        route: &'r RouteDef,
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
    /// Adds a route; one that conflicts is noted and left out.
    pub(crate) fn add(&mut self, route: &RouteDef) {
        let pattern = pattern(route);
        let entry = match self.matcher.insert(pattern.clone(), self.entries.len()) {
            Ok(()) => {
                self.entries.push(Vec::new());
                self.entries.len() - 1
            }
            Err(_) => match self
                .routes
                .iter()
                .position(|known| self::pattern(known) == pattern)
            {
                Some(known) => self
                    .entries
                    .iter()
                    .position(|entry| entry.contains(&known))
                    .unwrap_or_default(),
                // Patterns made only of literals and whole-segment parameters clash when equal and
                // not otherwise; were this wrong, the route must not vanish silently.
                None => {
                    return self
                        .conflicts
                        .extend(self.routes.first().map(|first| Conflict {
                            first: *first,
                            second: *route,
                        }));
                }
            },
        };
        let twin = self.entries[entry]
            .iter()
            .map(|index| &self.routes[*index])
            .find(|known| known.method == route.method);
        if let Some(first) = twin {
            self.conflicts.push(Conflict {
                first: *first,
                second: *route,
            });
            return;
        }
        self.entries[entry].push(self.routes.len());
        self.routes.push(*route);
    }

    /// All conflicts so far.
    pub(crate) fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// All routes, in the order of their listing.
    pub(crate) fn routes(&self) -> &[RouteDef] {
        &self.routes
    }

    /// Finds the route for a canonical path.
    pub(crate) fn find(&self, method: &http::Method, path: &str) -> Found<'_> {
        let Ok(matched) = self.matcher.at(path) else {
            return Found::Nothing;
        };
        let routes = || {
            self.entries[*matched.value]
                .iter()
                .map(|index| &self.routes[*index])
        };
        let by = |name: &str| routes().find(|route| route.method.as_str() == name);
        // HEAD is GET without the body, which the dispatch leaves out.
        let stand_in = || by("GET").filter(|_| method == http::Method::HEAD);
        let Some(route) = by(method.as_str()).or_else(stand_in) else {
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
fn pattern(route: &RouteDef) -> String {
    let mut pattern = String::new();
    let mut parameters = 0;
    for segment in route.segments {
        pattern.push('/');
        match segment {
            Segment::Literal(text) => pattern.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Segment::Parameter(_) => {
                pattern.push_str(&format!("{{p{parameters}}}"));
                parameters += 1;
            }
        }
    }
    if pattern.is_empty() {
        "/".to_owned()
    } else {
        pattern
    }
}

/// The value of `Allow`: the methods, HEAD where there is GET, and OPTIONS.
fn allow<'r>(routes: impl Iterator<Item = &'r RouteDef>) -> String {
    let mut methods: Vec<Method> = routes.map(|route| route.method).collect();
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
mod tests {
    use super::*;

    fn route(method: Method, path: &'static str) -> RouteDef {
        let segments =
            path.split('/')
                .skip(1)
                .filter(|text| !text.is_empty())
                .map(|text| {
                    match text
                        .strip_prefix('<')
                        .and_then(|rest| rest.strip_suffix('>'))
                    {
                        Some(name) => Segment::Parameter(name),
                        None => Segment::Literal(text),
                    }
                });
        let segments: Vec<_> = segments.collect();
        RouteDef {
            method,
            path,
            segments: segments.leak(),
            ..RouteDef::BROKEN
        }
    }

    fn router(routes: &[(Method, &'static str)]) -> Router {
        let mut router = Router::default();
        for (method, path) in routes {
            router.add(&route(*method, path));
        }
        router
    }

    #[test]
    fn finds_literals_before_parameters_and_gives_their_places() {
        let router = router(&[
            (Method::Get, "/"),
            (Method::Get, "/users"),
            (Method::Get, "/users/<id>"),
            (Method::Delete, "/users/<user>"),
            (Method::Get, "/users/me"),
            (Method::Get, "/{odd}/<a>/x/<b>"),
        ]);
        assert!(router.conflicts().is_empty(), "{:?}", router.conflicts());
        let cases = [
            ("GET", "/", "/", vec![]),
            ("GET", "/users", "/users", vec![]),
            ("GET", "/users/7", "/users/<id>", vec!["7"]),
            ("DELETE", "/users/7", "/users/<user>", vec!["7"]),
            ("GET", "/users/me", "/users/me", vec![]),
            ("GET", "/{odd}/é/x/2", "/{odd}/<a>/x/<b>", vec!["é", "2"]),
        ];
        for (method, path, expected, values) in cases {
            let Found::Route { route, parameters } = router.find(&method.parse().unwrap(), path)
            else {
                panic!("{method} {path} was not found");
            };
            assert_eq!(route.path, expected);
            assert_eq!(
                parameters
                    .into_iter()
                    .map(|place| &path[place])
                    .collect::<Vec<_>>(),
                values
            );
        }
    }

    #[test]
    fn what_is_no_route_says_why() {
        let router = router(&[
            (Method::Get, "/users"),
            (Method::Post, "/users"),
            (Method::Put, "/files"),
        ]);
        assert!(matches!(
            router.find(&http::Method::GET, "/users/"),
            Found::Nothing
        ));
        assert!(matches!(
            router.find(&http::Method::HEAD, "/users"),
            Found::Route { .. }
        ));
        let Found::OtherMethod(allow) = router.find(&http::Method::DELETE, "/users") else {
            panic!()
        };
        assert_eq!(allow, "GET, HEAD, POST, OPTIONS");
        let Found::OtherMethod(allow) = router.find(&http::Method::HEAD, "/files") else {
            panic!()
        };
        assert_eq!(allow, "PUT, OPTIONS");
        assert!(matches!(
            router.find(&http::Method::OPTIONS, "/files"),
            Found::Options(_)
        ));
    }

    #[test]
    fn every_conflict_is_noted() {
        let router = router(&[
            (Method::Get, "/users/<id>"),
            (Method::Get, "/users/<name>"),
            (Method::Get, "/files"),
            (Method::Get, "/files"),
        ]);
        let conflicts: Vec<_> = router.conflicts().iter().map(ToString::to_string).collect();
        assert_eq!(conflicts.len(), 2);
        assert!(
            conflicts[0].contains("/users/<name>") && conflicts[0].contains("/users/<id>"),
            "{conflicts:?}"
        );
        assert_eq!(router.routes().len(), 2);
    }
}
