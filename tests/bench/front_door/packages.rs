//! The packages that are measured, and the parts of the benchmark that each is for.

use crate::options::{Options, Section};
use crate::programs::Package;

const USERS: &[Section] = &[
    Section::Jobs,
    Section::Instructions,
    Section::Cold,
    Section::Size,
];

const PACKAGES: [(Package, &[Section]); 14] = [
    (
        Package {
            name: "on-povery",
            programs: &["on-povery"],
        },
        &[
            Section::Jobs,
            Section::Instructions,
            Section::Cold,
            Section::Size,
            Section::Concurrent,
            Section::Overhead,
        ],
    ),
    (
        Package {
            name: "full-povery",
            programs: &["full-povery"],
        },
        &[Section::Overhead],
    ),
    (
        Package {
            name: "full-axum",
            programs: &["full-axum"],
        },
        &[Section::Overhead],
    ),
    (
        Package {
            name: "on-lambda-http",
            programs: &["lambda-http-default", "lambda-http-current-thread"],
        },
        USERS,
    ),
    (
        Package {
            name: "on-axum",
            programs: &["on-axum"],
        },
        USERS,
    ),
    (
        Package {
            name: "on-lw-http-router",
            programs: &["lw-http-router-v1", "lw-http-router-v2"],
        },
        USERS,
    ),
    (
        Package {
            name: "floor",
            programs: &["floor"],
        },
        USERS,
    ),
    (
        Package {
            name: "hello-povery",
            programs: &["hello-povery"],
        },
        &[Section::Size],
    ),
    (
        Package {
            name: "hello-lambda-http",
            programs: &["hello-lambda-http"],
        },
        &[Section::Size],
    ),
    (
        Package {
            name: "routes",
            programs: &["routes-1", "routes-10", "routes-100", "routes-1000"],
        },
        &[Section::Routes],
    ),
    (
        Package {
            name: "echo-povery",
            programs: &["echo-povery"],
        },
        &[Section::Bodies],
    ),
    (
        Package {
            name: "echo-floor",
            programs: &["echo-floor"],
        },
        &[Section::Bodies],
    ),
    (
        Package {
            name: "echo-lambda-http",
            programs: &["echo-lambda-http"],
        },
        &[Section::Bodies],
    ),
    (
        Package {
            name: "concurrent-lambda-http",
            programs: &["concurrent-lambda-http"],
        },
        &[Section::Concurrent],
    ),
];

/// Those that the options ask for.
pub(crate) fn wanted(options: &Options) -> impl Iterator<Item = Package> {
    let wanted = PACKAGES.iter().filter(|(_, sections)| {
        let mut sections = sections.iter();
        sections.any(|&section| options.wants(section))
    });
    wanted.map(|&(package, _)| package)
}
