//! The text of a program with many routes.

use std::fmt::Write as _;

/// How many there are: `/r0/<id>` to `/r999/<id>`.
pub(crate) const ROUTES: usize = 1_000;

/// The routes and, behind `first`, the list of their names.
pub(crate) fn routes(first: &str) -> (String, String) {
    let (mut text, mut names) = (String::new(), first.to_owned());
    for number in 0..ROUTES {
        write!(
            text,
            "\n#[povery::route(GET, \"/r{number}/<id>\")]\nasync fn route{number}(id: u32) -> String {{\n    id.to_string()\n}}\n"
        )
        .unwrap();
        write!(names, "route{number}, ").unwrap();
    }
    (text, names)
}
