use super::*;
use crate::request::path::canonical;

/// What paths are made of, and what they should not be.
const PARTS: [&str; 32] = [
    "/", "/", "/", "a", "b", ".", "..", "%2e", "%", "%2", "%25", "%2F", "%5c", "%00", "%C3%A9",
    "%c3", "\\", "\0", "\n", "\u{7f}", " ", "?", "#", "\"", "<", "`", "{", "|", "^", "[", "\u{e9}",
    "+",
];

/// A linear congruential generator: the same numbers in every run.
fn path(random: &mut u64) -> String {
    let mut next = |bound: u64| {
        *random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from((*random >> 33) % bound).unwrap()
    };
    let mut path = "/".to_owned();
    for _ in 0..next(8) {
        path.push_str(PARTS[next(PARTS.len() as u64)]);
    }
    path
}

const CASES: usize = 1_000_000;

const ORIGINS: [Origin; 6] = [
    Origin::Rest,
    Origin::HttpApiV1,
    Origin::HttpApi,
    Origin::FunctionUrl,
    Origin::Alb { multi: true },
    Origin::Lattice,
];

fn routed(path: &str, is_decoded: bool) -> Option<String> {
    let uri = target(Path { path, is_decoded }, String::new());
    // Only its length can keep a path from being a target.
    canonical(uri.unwrap().path()).ok()
}

#[test]
fn a_canonical_path_stays_what_it_is() {
    let (mut random, mut routes) = (1, 0);
    for case in 0..CASES {
        let path = path(&mut random);
        let origin = ORIGINS[case % ORIGINS.len()];
        let Some(canonical) = routed(&path, origin.decodes_path()) else {
            continue;
        };
        routes += 1;
        // As a gateway that decodes delivers it; and once more.
        assert_eq!(
            routed(&canonical, true).as_ref(),
            Some(&canonical),
            "{path:?}"
        );
        // Nothing is decoded twice: what has no escape means the same whoever delivers it.
        if !canonical.contains('%') {
            assert_eq!(
                routed(&canonical, false).as_ref(),
                Some(&canonical),
                "{path:?}"
            );
        }
        let names: Vec<_> = canonical.split('/').skip(1).collect();
        assert!(
            !names.iter().any(|name| matches!(*name, "." | "..")),
            "{path:?}"
        );
        assert!(!names[..names.len() - 1].contains(&""), "{path:?}");
        assert!(!canonical.contains(['\\', '\0']), "{path:?}");
    }
    assert!(
        routes > CASES / 6,
        "the test tries the wrong paths: {routes}"
    );
}

#[test]
fn a_target_is_bounded() {
    let path = |path| Path {
        path,
        is_decoded: false,
    };
    let long = "/a".repeat(40_000);
    let error = target(path(&long), String::new()).unwrap_err();
    assert_eq!(
        (error.status().as_u16(), error.code()),
        (414, "URI_TOO_LONG")
    );
    let error = target(path("a"), String::new()).unwrap_err();
    assert_eq!(error.status(), 400);
    let uri = target(path("/a"), "b=c".to_owned()).unwrap();
    assert_eq!(uri, "/a?b=c");
}
