//! What the local server prints when it starts.

use std::fmt::Write;
use std::net::SocketAddr;

use crate::app::App;

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

/// The routes, a line each: method, template, summary.
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
                route.summary(),
            )
        })
        .collect();
    let width = rows
        .iter()
        .map(|(_, template, _)| template.chars().count())
        .max()
        .unwrap_or_default();
    rows.iter()
        .fold(String::new(), |mut text, (method, template, summary)| {
            let line = format!("  {method:7} {template:width$}  {summary}");
            let _ = writeln!(text, "{}", line.trim_end());
            text
        })
}
