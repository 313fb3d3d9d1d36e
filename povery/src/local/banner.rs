//! What the local server prints when it starts.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::app::App;
use crate::route::Route;

/// Everything there is to know before the first request; the address comes last.
pub(super) fn banner(app: &App, address: SocketAddr, database: Option<&str>) -> String {
    let mut text = String::new();
    // Writing to a `String` cannot fail.
    let _ = writeln!(text, "\nRoutes\n{}", table(app));
    if let Some(database) = database {
        let _ = writeln!(text, "Database  {database}");
    }
    let _ = writeln!(text, "Serving   http://{address} (Ctrl-C ends)");
    text
}

/// The routes, a line each: method, template, summary, and what else holds for it.
pub(super) fn table(app: &App) -> String {
    let rows: Vec<_> = app
        .route_table()
        .iter()
        .map(|route| {
            let query: Vec<_> = route.query.iter().map(|name| format!("<{name}>")).collect();
            let query = if query.is_empty() {
                String::new()
            } else {
                format!("?{}", query.join("&"))
            };
            (
                route.method(),
                format!("{}{query}", route.path()),
                told(route),
            )
        })
        .collect();
    let width = rows
        .iter()
        .map(|(_, template, _)| template.chars().count())
        .max()
        .unwrap_or_default();
    rows.iter()
        .fold(String::new(), |mut text, (method, template, told)| {
            let line = format!("  {method:7} {template:width$}  {told}");
            let _ = writeln!(text, "{}", line.trim_end());
            text
        })
}

/// The summary, and in brackets who may call, with what the groups around the route ask, and the tag.
fn told(route: &Route) -> String {
    let mut known = Vec::new();
    if route.is_public() {
        known.push("public".to_owned());
    }
    let lists = route.role_lists().iter();
    known.extend(lists.map(|list| format!("roles {}", list.join("|"))));
    if !route.all_scopes().is_empty() {
        known.push(format!("scopes {}", route.all_scopes().join(" ")));
    }
    known.extend(route.tag().map(|tag| format!("tag {tag}")));
    let flags = [
        ("deprecated", route.is_deprecated()),
        ("hidden", route.is_hidden()),
    ];
    known.extend(
        flags
            .into_iter()
            .filter(|(_, is_set)| *is_set)
            .map(|(flag, _)| flag.to_owned()),
    );
    match known.is_empty() {
        true => route.summary(),
        false => format!("{} [{}]", route.summary(), known.join("; "))
            .trim_start()
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Group;
    use crate::route::{Entry, RouteDef, RouteTable, Segment};

    #[test]
    fn groups_are_in_the_table() {
        const HOME: RouteDef = RouteDef::new(
            RouteDef::BROKEN.method,
            "/",
            &[],
            RouteDef::BROKEN.site,
            RouteDef::BROKEN.handler,
        )
        .as_public()
        .with_doc("Home.");
        const STATS: RouteDef = RouteDef {
            segments: &[Segment::Literal("stats")],
            ..HOME
        };
        const CLOSED: RouteDef = RouteDef {
            flags: RouteDef::BROKEN.flags,
            ..STATS
        }
        .with_roles(&["OWNER"])
        .as_deprecated()
        .as_hidden();
        let group = Group::new(RouteTable::new(&[Entry::One(&CLOSED)]))
            .roles(["ADMIN", "ROOT"])
            .scopes(["read", "write"])
            .tag("admin");
        let app = App::new()
            .routes(RouteTable::new(&[Entry::One(&HOME)]))
            .group(group);
        let told = "Home. [roles ADMIN|ROOT; roles OWNER; scopes read write; tag admin; deprecated; hidden]";
        assert_eq!(
            table(&app),
            format!("  GET     /       Home. [public]\n  GET     /stats  {told}\n")
        );
    }
}
