use crate::case::Job;
use crate::limits::{FULL, HELLO, OVERHEAD, ROUTES, cold, instructions, memory, warm};

/// What the README promises, peer by peer.
#[test]
fn limits_are_those_of_the_readme() {
    let jobs = [Job::Get, Job::Post, Job::List];
    let peers = [
        "povery",
        "lambda_http",
        "lambda_http, one thread",
        "axum",
        "lw-http-router",
        "floor",
    ];
    let limits = peers.map(|name| {
        let warm = jobs.map(|job| warm(name, job));
        let instructions = jobs.map(|job| instructions(name, job));
        (name, warm, instructions, cold(name), memory(name))
    });
    let (half, none) = (Some(0.50), [None; 3]);
    let expected = [
        ("povery", none, none, None, None),
        (
            "lambda_http",
            [half, half, Some(0.75)],
            none,
            Some(1.05),
            Some(1.05),
        ),
        ("lambda_http, one thread", [Some(0.80); 3], none, None, None),
        ("axum", [half, half, Some(0.75)], none, None, None),
        ("lw-http-router", none, none, None, None),
        (
            "floor",
            [Some(1.20); 3],
            [Some(1.25), None, None],
            None,
            None,
        ),
    ];
    assert_eq!(limits, expected);
    assert_eq!([HELLO, ROUTES, OVERHEAD, FULL], [1.15, 1.10, 1.50, 0.80]);
    let readme = include_str!("../../README.md");
    for row in [
        "| median, CPU | lambda_http, axum: GET and POST | 0.50 |",
        "| | lambda_http, axum: the list | 0.75 |",
        "| | lambda_http, one thread | 0.80 |",
        "| | floor | 1.20 |",
        "| instructions of a GET | floor | 1.25 |",
        "| median, CPU | one route, with 1 000 of them | 1.10 |",
        "| cold start, peak RSS | lambda_http | 1.05 |",
        "| stripped `hello` | lambda_http | 1.15 |",
        "| median, CPU: with all around | without | 1.50 |",
        "| | axum, with as much | 0.80 |",
    ] {
        assert!(readme.contains(row), "{row}");
    }
}
