//! The route that runs is the route whose protection was looked at: random tables of public and protected routes, in
//! groups or not, with and without an authorizer, and random events of every gateway and caller, against the oracle.

mod caller;
mod grouped;

use std::cell::Cell;
use std::fmt::Write as _;

use bytes::Bytes;
use futures_util::FutureExt;
use percent_encoding::percent_decode_str;

use self::caller::Caller;
use self::grouped::{Asked, LAYERED, Parts};
use super::*;
use crate::Authorizer;
use crate::event::Http;
use crate::extract::Inputs;
use crate::response::IntoResponse;
use crate::route::Handling;

/// Each on its own thread.
const SHARES: u64 = 4;
const TABLES_PER_SHARE: usize = 5_000;
const EVENTS_PER_TABLE: usize = 50;

thread_local! {
    static RAN: Cell<Option<usize>> = const { Cell::new(None) };
}

/// The handler in the place `N` of a table.
fn ran<const N: usize>(_: Inputs) -> Handling {
    assert_eq!(RAN.replace(Some(N)), None, "two handlers ran");
    Box::pin(async { "ran".into_response() })
}

const HANDLERS: [fn(Inputs) -> Handling; 6] =
    [ran::<0>, ran::<1>, ran::<2>, ran::<3>, ran::<4>, ran::<5>];

/// For each place of a table the routes that can stand there.
fn places(random: &mut Random) -> Vec<Vec<&'static RouteDef>> {
    let site = RouteDef::BROKEN.site;
    let mut def = |handler| {
        let segments = segments(random, true).leak();
        let def = RouteDef::new(random.of(&METHODS), "-", segments, site, handler);
        let def = match random.below(8) {
            0 => def.with_roles(&["ADMIN"]),
            1 => def.with_roles(&["ADMIN", "EDITOR"]),
            2 => def.with_scopes(&["users:read"]),
            3 => def.with_scopes(&["users:read", "users:write"]),
            4 => def.with_roles(&["EDITOR"]).with_scopes(&["users:read"]),
            5 | 6 => def.as_public(),
            _ => def,
        };
        &*Box::leak(Box::new(def))
    };
    let mut place = |handler: &_| (0..300).map(|_| def(*handler)).collect();
    HANDLERS.iter().map(&mut place).collect()
}

/// A table, in parts under a prefix, without a conflict; and the two tables that it is if it is two.
fn table(random: &mut Random, places: &[Vec<&'static RouteDef>]) -> Parts {
    loop {
        let count = 2 + random.below(places.len() - 1);
        let mut entries: Vec<_> = places[..count]
            .iter()
            .map(|place| Entry::One(random.of(place)))
            .collect();
        if random.below(3) == 0 {
            let nested = entries.split_off(random.below(count));
            let prefix = vec![Segment::Literal(random.of(&LITERALS[..]))].leak();
            entries.push(Entry::Nest(prefix, RouteTable::new(nested.leak())));
        }
        let (first, second) = entries.split_at(random.below(entries.len() + 1));
        let [first, second] = [first, second].map(|part| RouteTable::new(part.to_vec().leak()));
        let table = RouteTable::new(entries.leak());
        let routes = plain(table);
        let clash = |second: usize| {
            routes[..second]
                .iter()
                .any(|first| conflict(first, &routes[second]))
        };
        if !(0..routes.len()).any(clash) {
            return Parts {
                all: table,
                first,
                second,
            };
        }
    }
}

/// What is done to a path so that it looks like another one.
fn disguised(random: &mut Random, raw: String) -> String {
    let at = |random: &mut Random| {
        let slashes: Vec<_> = raw.match_indices('/').map(|(at, _)| at).collect();
        random.of(&slashes)
    };
    let part = match random.below(36) {
        0 => "/.",
        1 => "/..",
        2 => "/%2e%2E",
        3 => "/",
        4 => "/a/..",
        5 => "%2F",
        6 => "/%5Ca",
        7 => "\\",
        8 => "/%00",
        9 => "/%",
        10 => "/%ff",
        11 => "/%2541",
        12 => return raw + "/",
        _ => return raw,
    };
    let (before, rest) = raw.split_at(at(random));
    format!("{before}{part}{rest}")
}

/// The segments of a path as it arrives; `None` where it can be read in two ways.
fn read_once(path: &str, is_decoded: bool) -> Option<Vec<String>> {
    let mut segments = Vec::new();
    for segment in path.strip_prefix('/')?.split('/') {
        let whole =
            |rest: &str| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit());
        if !is_decoded && !segment.split('%').skip(1).all(whole) {
            return None;
        }
        let segment = match is_decoded {
            true => segment.to_owned(),
            false => percent_decode_str(segment).decode_utf8().ok()?.into_owned(),
        };
        let hostile = segment.contains(['/', '\\', '\0']) || segment == "." || segment == "..";
        if hostile {
            return None;
        }
        segments.push(segment);
    }
    let inner = segments.len() - 1;
    (!segments[..inner].iter().any(String::is_empty)).then_some(segments)
}

/// An event of that caller, and the segments by which it should be routed.
fn event(
    random: &mut Random,
    method: &str,
    raw: &str,
    caller: &mut Option<Caller>,
) -> (String, Option<Vec<String>>) {
    let domain = random.of(&["a1.execute-api.x", "api.example"]);
    let decoded = percent_decode_str(raw).decode_utf8_lossy().into_owned();
    // A stage that a route of the application begins with, too.
    let stage = random.of(&["$default", "prod", "a"]);
    let mut event = String::new();
    let text = |text: &str| serde_json::to_string(text).unwrap();
    let gateway = random.below(6);
    let who = caller::written(random, gateway, caller);
    let (path, is_decoded) = match gateway {
        0 => {
            let (path, context) = (text(raw), text(&format!("/{stage}{raw}")));
            write!(
                event,
                r#"{{"path":{path},"httpMethod":"{method}","resource":"/{{proxy+}}",
                "requestContext":{{"stage":"{stage}","path":{context}{who}}}}}"#
            )
            .unwrap();
            (raw, false)
        }
        1 => {
            let sent = match stage {
                "$default" => decoded.clone(),
                // Only by the API's own domain is the first segment the stage for certain.
                _ if domain == "api.example" => decoded.clone(),
                _ => format!("/{stage}{decoded}"),
            };
            let path = text(&sent);
            write!(
                event,
                r#"{{"version":"2.0","rawPath":{path},"routeKey":"$default","requestContext":{{"apiId":"a1",
                "domainName":"{domain}","stage":"{stage}","routeKey":"$default","http":{{"method":"{method}"}}{who}}}}}"#
            )
            .unwrap();
            (&*decoded, true)
        }
        2 => {
            let path = text(&decoded);
            write!(
                event,
                r#"{{"version":"1.0","path":{path},"httpMethod":"{method}",
                "requestContext":{{"stage":"$default"{who}}}}}"#
            )
            .unwrap();
            (&*decoded, true)
        }
        3 => {
            let path = text(raw);
            write!(
                event,
                r#"{{"version":"2.0","rawPath":{path},"requestContext":{{"stage":"$default",
                "http":{{"method":"{method}"}}{who}}}}}"#
            )
            .unwrap();
            (raw, false)
        }
        4 => {
            let (path, lists) = (text(raw), random.of(&["headers", "multiValueHeaders"]));
            write!(
                event,
                r#"{{"path":{path},"httpMethod":"{method}","{lists}":{{}},"requestContext":{{"elb":{{}}{who}}}}}"#
            )
            .unwrap();
            (raw, false)
        }
        _ => {
            let path = text(&format!("{raw}?a=/../b"));
            write!(
                event,
                r#"{{"version":"2.0","path":{path},"method":"{method}","requestContext":{{"serviceArn":"arn"{who}}}}}"#
            )
            .unwrap();
            (raw, false)
        }
    };
    let path = read_once(path, is_decoded);
    (event, path)
}

/// The status of the answer, and the handler that ran for it, and before it the layers of its groups.
fn answered(app: &App, event: &str) -> (u16, Option<usize>, usize) {
    LAYERED.set(0);
    let http = Http::read(&Bytes::copy_from_slice(event.as_bytes()));
    let Http { request, .. } = http.unwrap_or_else(|unknown| panic!("{unknown}: {event}"));
    RAN.set(None);
    let status = match request {
        Ok(request) => {
            let answer = app.answer(request).now_or_never();
            answer.unwrap().status()
        }
        Err(error) => error.status(),
    };
    (status.as_u16(), RAN.take(), LAYERED.take())
}

/// What has been seen of each kind.
#[derive(Default)]
struct Seen {
    events: usize,
    ran: usize,
    unauthenticated: usize,
    forbidden: usize,
    refused: usize,
    /// Of those that ran, the ones of a route in a group.
    grouped: usize,
}

/// The status by which a route answers this caller: what the documentation says, in other words than the code's.
fn status(
    route: &RouteDef,
    groups: &[Asked],
    has_authorizer: bool,
    caller: Option<&Caller>,
) -> u16 {
    let own = Asked {
        roles: route.roles(),
        scopes: route.scopes(),
    };
    let is_open = |asked: &Asked| asked.roles.len() + asked.scopes.len() == 0;
    let open_groups = groups.iter().all(is_open);
    let asks = !open_groups || !is_open(&own);
    match caller {
        _ if !has_authorizer && asks => 403,
        _ if !has_authorizer || (route.is_public() && open_groups) => 200,
        None => 401,
        Some(caller) => {
            let lacks_role = |asked: &Asked| {
                let none = asked.roles.iter().all(|role| !caller.roles.contains(role));
                !asked.roles.is_empty() && none
            };
            let lacks_scope = |asked: &Asked| {
                let mut scopes = asked.scopes.iter();
                scopes.any(|scope| !caller.scopes.contains(scope))
            };
            let mut all = groups.iter().chain([&own]);
            match all.any(|asked| lacks_role(asked) || lacks_scope(asked)) {
                true => 403,
                false => 200,
            }
        }
    }
}

fn share(seed: u64) -> Seen {
    let mut random = Random(seed);
    let places = places(&mut random);
    let mut seen = Seen::default();
    for _ in 0..TABLES_PER_SHARE {
        let table = table(&mut random, &places);
        let routes = plain(table.all);
        // Not checked: without an authorizer a table with protected routes would not start.
        let (app, groups) = table.added(&mut random);
        let has_authorizer = random.below(4) > 0;
        let app = match has_authorizer {
            true => app.authorizer(Authorizer::gateway()),
            false => app,
        };
        for _ in 0..EVENTS_PER_TABLE {
            let segments = path(&mut random, &routes);
            let raw = raw(&mut random, &segments);
            let raw = disguised(&mut random, raw);
            let method = random.of(&["GET", "GET", "POST", "POST", "HEAD", "PATCH", "OPTIONS"]);
            let mut caller = Caller::random(&mut random);
            let (event, path) = event(&mut random, method, &raw, &mut caller);
            let expected = match path {
                None => (400, None, 0),
                Some(path) => {
                    // A slash at the end is a path that no route has; the root has no segment.
                    let path = if path == [""] { Vec::new() } else { path };
                    match expected(&routes, method, &path) {
                        _ if path.last().is_some_and(String::is_empty) => (404, None, 0),
                        Answer::Route(index, _) => {
                            let (route, groups) = (&app.route_table()[index], groups.of(index));
                            let status = status(route, groups, has_authorizer, caller.as_ref());
                            match status {
                                200 => (200, Some(index), groups.len()),
                                _ => (status, None, 0),
                            }
                        }
                        Answer::OtherMethod(_) if method == "OPTIONS" => (204, None, 0),
                        Answer::OtherMethod(_) => (405, None, 0),
                        Answer::Nothing => (404, None, 0),
                    }
                }
            };
            assert_eq!(
                answered(&app, &event),
                expected,
                "{event} {:?}",
                app.route_table()
            );
            seen.events += 1;
            seen.ran += usize::from(expected.0 == 200);
            seen.grouped += usize::from(expected.2 > 0);
            seen.unauthenticated += usize::from(expected.0 == 401);
            seen.forbidden += usize::from(expected.0 == 403);
            seen.refused += usize::from(expected.0 == 400);
        }
    }
    seen
}

#[test]
fn the_route_that_runs_is_the_one_that_was_authorised() {
    let shares: Vec<_> = (0..SHARES)
        .map(|seed| std::thread::spawn(move || share(seed)))
        .collect();
    let seen: Vec<_> = shares
        .into_iter()
        .map(|share| share.join().unwrap())
        .collect();
    let all = |of: fn(&Seen) -> usize| seen.iter().map(of).sum::<usize>();
    let (ran, refused) = (all(|seen| seen.ran), all(|seen| seen.refused));
    let unauthenticated = all(|seen| seen.unauthenticated);
    let forbidden = all(|seen| seen.forbidden);
    let grouped = all(|seen| seen.grouped);
    assert_eq!(all(|seen| seen.events), 1_000_000);
    let enough = [ran, refused, unauthenticated, forbidden].map(|count| count > 50_000);
    assert_eq!(
        enough, [true; 4],
        "the test tries the wrong events: {ran} {refused} {unauthenticated} {forbidden}"
    );
    assert!(grouped > 15_000, "too few routes in groups ran: {grouped}");
}
