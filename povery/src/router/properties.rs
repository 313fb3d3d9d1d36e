//! Random tables and paths against an oracle that is too simple to be wrong.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{UnwindSafe, catch_unwind};

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;
use crate::App;
use crate::request::path::canonical;
use crate::route::{Entry, RouteDef};

mod authorised;

const TABLES: usize = 100_000;
const PATHS_PER_TABLE: usize = 10;

/// No table has more routes than this.
const MOST: usize = 9;

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

const METHODS: [Method; 4] = [Method::Get, Method::Post, Method::Any, Method::Head];

/// Few, and with common beginnings, so that routes meet; some mean something to the matcher.
const LITERALS: [&str; 8] = ["a", "ab", "b", "{x}", "*", "\u{e9}", "a b", "<y>"];

/// Values of parameters: those, and others.
const VALUES: [&str; 6] = ["c", "%41", "{p0}", "\u{1f600}", "a.b", "+"];

fn segments(random: &mut Random, tail: bool) -> Vec<Segment> {
    let mut segments: Vec<_> = (0..random.below(4))
        .map(|_| match random.below(5) {
            0 | 1 => Segment::Parameter(random.of(&["id", "name"])),
            _ => Segment::Literal(random.of(&LITERALS[..])),
        })
        .collect();
    if tail && random.below(5) == 0 {
        segments.push(Segment::Tail("rest"));
    }
    segments
}

/// Routes to put tables together from, as each is there for good.
fn pool(random: &mut Random) -> Vec<&'static RouteDef> {
    let RouteDef { site, handler, .. } = RouteDef::BROKEN;
    let routes = (0..4_000).map(|_| {
        let segments = segments(random, true).leak();
        let method = random.of(&METHODS);
        &*Box::leak(Box::new(RouteDef::new(
            method, "-", segments, site, handler,
        )))
    });
    routes.collect()
}

/// A table, and before it those that it nests: each is checked where it is written.
fn tables(random: &mut Random, pool: &[&'static RouteDef]) -> Vec<RouteTable> {
    fn entries(random: &mut Random, pool: &[&'static RouteDef], len: usize) -> RouteTable {
        let entries: Vec<_> = (0..len).map(|_| Entry::One(random.of(pool))).collect();
        RouteTable::new(entries.leak())
    }
    let len = 1 + random.below(6);
    let flat = entries(random, pool, len);
    if random.below(3) > 0 {
        return vec![flat];
    }
    let prefix: Vec<_> = (0..random.below(3))
        .map(|_| Segment::Literal(random.of(&LITERALS[..])))
        .collect();
    let len = 1 + random.below(3);
    let inner = entries(random, pool, len);
    let nested = [Entry::Nest(&[], flat), Entry::Nest(prefix.leak(), inner)];
    vec![flat, inner, RouteTable::new(Vec::from(nested).leak())]
}

/// A route as the oracle sees it.
type Plain = (Method, Vec<Segment>);

fn plain(table: RouteTable) -> Vec<Plain> {
    let flats = table.flat().into_iter();
    flats
        .map(|flat| (flat.def.method(), flat.segments().collect()))
        .collect()
}

/// Rank of a segment: a literal goes before a parameter, and that before a tail.
fn rank(segment: &Segment) -> usize {
    match segment {
        Segment::Literal(_) => 0,
        Segment::Parameter(_) => 1,
        Segment::Tail(_) => 2,
    }
}

fn alike(one: &Segment, other: &Segment) -> bool {
    match (one, other) {
        (Segment::Literal(one), Segment::Literal(other)) => one == other,
        _ => rank(one) == rank(other),
    }
}

fn conflict(one: &Plain, other: &Plain) -> bool {
    let mut pairs = one.1.iter().zip(&other.1);
    let differ = pairs.find(|(one, other)| !alike(one, other));
    match differ {
        Some((one, other)) => rank(one) + rank(other) == 3 && rank(one) * rank(other) == 2,
        None => one.1.len() == other.1.len() && one.0 == other.0,
    }
}

/// The values of the parameters, if the route has this path.
fn matches(route: &Plain, path: &[String]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = path;
    for segment in &route.1 {
        let (first, others) = rest.split_first()?;
        match segment {
            Segment::Literal(text) if text == first => {}
            Segment::Literal(_) => return None,
            Segment::Parameter(_) => values.push(first.clone()),
            Segment::Tail(_) => {
                values.push(rest.join("/"));
                return Some(values);
            }
        }
        rest = others;
    }
    rest.is_empty().then_some(values)
}

#[derive(Debug, PartialEq)]
enum Answer {
    Route(usize, Vec<String>),
    OtherMethod(BTreeSet<String>),
    Nothing,
}

fn expected(routes: &[Plain], method: &str, path: &[String]) -> Answer {
    let ranks = |route: &Plain| route.1.iter().map(rank).collect::<Vec<_>>();
    let best = routes
        .iter()
        .filter(|route| matches(route, path).is_some())
        .map(ranks)
        .min();
    let Some(best) = best else {
        return Answer::Nothing;
    };
    // Of one path all routes have the same literals where they have the same ranks.
    let here =
        |route: &&(usize, &Plain)| matches(route.1, path).is_some() && ranks(route.1) == best;
    let here: Vec<_> = routes
        .iter()
        .enumerate()
        .filter(|route| here(&route))
        .collect();
    let by = |name: &str| here.iter().find(|(_, route)| route.0.as_str() == name);
    let head = || by("GET").filter(|_| method == "HEAD");
    match by(method).or_else(head).or_else(|| by("ANY")) {
        Some((index, route)) => Answer::Route(*index, matches(route, path).unwrap_or_default()),
        None => {
            let mut methods: BTreeSet<_> = here
                .iter()
                .map(|(_, route)| route.0.as_str().to_owned())
                .collect();
            if methods.contains("GET") {
                methods.insert("HEAD".into());
            }
            methods.insert("OPTIONS".into());
            Answer::OtherMethod(methods)
        }
    }
}

fn found(router: &Router, method: &str, raw: &str) -> Answer {
    let path = canonical(raw).unwrap();
    match router.find(&method.parse().unwrap(), &path) {
        Found::Route { route, parameters } => {
            let index = router
                .routes()
                .iter()
                .position(|known| std::ptr::eq(known, route));
            let values = parameters.into_iter().map(|place| path[place].to_owned());
            Answer::Route(index.unwrap(), values.collect())
        }
        Found::OtherMethod(allow) => {
            Answer::OtherMethod(allow.split(", ").map(str::to_owned).collect())
        }
        Found::Options(_) | Found::Nothing => Answer::Nothing,
    }
}

/// The segments of a path that one of the routes may have, and may not.
fn path(random: &mut Random, routes: &[Plain]) -> Vec<String> {
    let value = |random: &mut Random| match random.below(2) {
        0 => random.of(&LITERALS[..]).to_owned(),
        _ => random.of(&VALUES[..]).to_owned(),
    };
    let route = &routes[random.below(routes.len())];
    let mut path = Vec::new();
    for segment in &route.1 {
        match segment {
            Segment::Literal(text) if random.below(8) > 0 => path.push((*text).to_owned()),
            Segment::Tail(_) => path.extend((0..=random.below(3)).map(|_| value(random))),
            _ => path.push(value(random)),
        }
    }
    if random.below(8) == 0 {
        path.push(value(random));
    }
    path
}

/// The path as one sends it: escaped as much as must be, or as can be.
fn raw(random: &mut Random, path: &[String]) -> String {
    const LEAST: &AsciiSet = &CONTROLS
        .add(b'%')
        .add(b' ')
        .add(b'{')
        .add(b'}')
        .add(b'<')
        .add(b'>');
    let mut raw = String::new();
    for segment in path {
        let set = random.of(&[LEAST, NON_ALPHANUMERIC]);
        raw.push('/');
        raw.extend(utf8_percent_encode(segment, set));
    }
    if raw.is_empty() {
        raw.push('/');
    }
    raw
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Keeps the panics that are wanted out of the output; those of other threads are not.
fn quiet_here() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !QUIET.get() {
            usual(panic);
        }
    }));
}

fn unless_it_panics(call: impl FnOnce() + UnwindSafe) -> std::thread::Result<()> {
    QUIET.set(true);
    let result = catch_unwind(call);
    QUIET.set(false);
    result
}

/// What the compiler evaluates, what `App` says at start, and the oracle agree on conflicts; and of
/// a table without conflicts every path finds the oracle's route and values.
#[test]
fn random_tables_and_paths() {
    quiet_here();
    let mut random = Random(1);
    let pool = pool(&mut random);
    let (mut refused, mut paths, mut served) = (0, 0, 0);
    for number in 0..TABLES {
        let tables = tables(&mut random, &pool);
        let table = tables[tables.len() - 1];
        let routes = plain(table);
        let wanted: Vec<_> = (0..routes.len())
            .filter(|second| {
                let mut before = routes
                    .iter()
                    .enumerate()
                    .filter(|(first, _)| first != second);
                before.any(|(_, other)| conflict(other, &routes[*second]))
            })
            .collect();
        let compiler: Vec<String> = tables
            .iter()
            .filter_map(|table| unless_it_panics(|| table.check::<MOST>()).err())
            .map(|panic| panic.downcast_ref::<String>().unwrap().clone())
            .collect();
        let app = App::new().routes(table).check();
        assert_eq!(
            compiler.is_empty(),
            wanted.is_empty(),
            "{number}: {routes:?}"
        );
        assert_eq!(app.is_err(), !wanted.is_empty(), "{number}: {routes:?}");
        if let Err(sentences) = app {
            refused += 1;
            // Tables that are nested speak of their own routes without the prefix.
            if tables.len() == 1 {
                assert_eq!(compiler, [sentences.to_string()], "{number}");
            }
            continue;
        }
        let mut router = Router::default();
        router.add(table);
        assert_eq!(
            router.entries.iter().flatten().count(),
            routes.len(),
            "{number}: {routes:?}"
        );
        for _ in 0..PATHS_PER_TABLE * 2 {
            let path = path(&mut random, &routes);
            let raw = raw(&mut random, &path);
            let method = random.of(&["GET", "POST", "HEAD", "PATCH"]);
            let wanted = expected(&routes, method, &path);
            assert_eq!(
                found(&router, method, &raw),
                wanted,
                "{number}: {method} {raw} {routes:?}"
            );
            paths += 1;
            served += usize::from(matches!(wanted, Answer::Route(..)));
        }
    }
    assert!(
        refused > TABLES / 10 && refused < TABLES * 9 / 10,
        "{refused} tables were refused"
    );
    assert!(paths >= 1_000_000, "{paths} paths");
    assert!(served > paths / 3, "{served} of {paths} paths have a route");
}
