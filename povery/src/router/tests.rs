use super::*;
use crate::route::{Entry, RouteDef};

fn entry(method: Method, path: &'static str) -> Entry {
    let segments = path.split('/').skip(1).filter(|text| !text.is_empty());
    let segments: Vec<_> = segments
        .map(|text| {
            let name = text
                .strip_prefix('<')
                .and_then(|text| text.strip_suffix('>'));
            match (name, name.and_then(|name| name.strip_suffix(".."))) {
                (_, Some(name)) => Segment::Tail(name),
                (Some(name), None) => Segment::Parameter(name),
                (None, None) => Segment::Literal(text),
            }
        })
        .collect();
    let RouteDef { site, handler, .. } = RouteDef::BROKEN;
    let route = RouteDef::new(method, path, segments.leak(), site, handler);
    Entry::One(Box::leak(Box::new(route)))
}

fn router(routes: &[(Method, &'static str)]) -> Router {
    let entries: Vec<_> = routes
        .iter()
        .map(|(method, path)| entry(*method, path))
        .collect();
    let mut router = Router::default();
    router.add(RouteTable::new(entries.leak()));
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
        (Method::Get, "/files/<path..>"),
        (Method::Get, "/files/latest"),
    ]);
    assert!(router.conflicts().is_empty(), "{:?}", router.conflicts());
    let cases = [
        ("GET", "/", "/", vec![]),
        ("GET", "/users", "/users", vec![]),
        ("GET", "/users/7", "/users/<id>", vec!["7"]),
        ("DELETE", "/users/7", "/users/<user>", vec!["7"]),
        ("GET", "/users/me", "/users/me", vec![]),
        ("GET", "/{odd}/é/x/2", "/{odd}/<a>/x/<b>", vec!["é", "2"]),
        ("GET", "/files/a/b", "/files/<path..>", vec!["a/b"]),
        ("GET", "/files/latest", "/files/latest", vec![]),
        (
            "GET",
            "/files/latest/b",
            "/files/<path..>",
            vec!["latest/b"],
        ),
    ];
    for (method, path, expected, values) in cases {
        let Found::Route { route, parameters } = router.find(&method.parse().unwrap(), path) else {
            panic!("{method} {path} was not found");
        };
        assert_eq!(route.path(), expected);
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
    let conflicts = router.conflicts();
    assert_eq!(conflicts.len(), 2, "{conflicts:?}");
    assert!(
        conflicts[0].contains("/users/<name>") && conflicts[0].contains("/users/<id>"),
        "{conflicts:?}"
    );
}

#[test]
fn any_is_asked_last() {
    let router = router(&[(Method::Any, "/proxy"), (Method::Post, "/proxy")]);
    for (method, expected) in [
        ("POST", Method::Post),
        ("GET", Method::Any),
        ("HEAD", Method::Any),
        ("OPTIONS", Method::Any),
        ("PROPFIND", Method::Any),
    ] {
        let Found::Route { route, .. } = router.find(&method.parse().unwrap(), "/proxy") else {
            panic!("{method} was not found")
        };
        assert_eq!(route.method(), expected, "{method}");
    }
}

#[test]
fn a_tail_wants_a_segment_and_no_slash_behind_it() {
    let router = router(&[(Method::Get, "/files/<path..>")]);
    for path in ["/files", "/files/", "/files/a/", "/files/a/b/"] {
        let found = router.find(&http::Method::GET, path);
        assert!(matches!(found, Found::Nothing), "{path}");
    }
}
