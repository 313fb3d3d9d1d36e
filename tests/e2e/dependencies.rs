//! What the deployed program is made of.

use std::collections::BTreeSet;

use povery_tests::workspace;

/// The normal dependencies of the users binary, by name, as cargo resolves them.
fn dependencies(arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = workspace::cargo();
    cargo.args([
        "tree", "--locked", "-p", "users", "-e", "normal", "--prefix", "none", "--format",
        "{p} {f}",
    ]);
    let output = cargo.args(arguments).output().expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let names = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned);
    names.collect()
}

#[test]
fn one_tls_stack_and_no_aws_lc() {
    for arguments in [&[][..], &["--no-default-features"]] {
        let names = dependencies(arguments);
        assert!(
            names.contains("ring"),
            "the test reads the wrong thing: {names:?}"
        );
        let aws_lc: Vec<_> = names
            .iter()
            .filter(|name| name.starts_with("aws-lc"))
            .collect();
        assert!(aws_lc.is_empty(), "{aws_lc:?}");
        assert!(
            !names.contains("openssl-sys") && !names.contains("native-tls"),
            "{names:?}"
        );
    }
}

#[test]
fn the_deployed_program_has_no_command_line() {
    assert!(dependencies(&[]).contains("clap"), "the local build has it");
    let names = dependencies(&["--no-default-features"]);
    assert!(!names.contains("clap"), "{names:?}");
}

#[test]
fn events_are_read_by_povery_alone() {
    let names = dependencies(&[]);
    assert!(names.contains("lambda_runtime"), "{names:?}");
    assert!(
        !names.contains("lambda_http") && !names.contains("aws_lambda_events"),
        "{names:?}"
    );
}

/// The launcher is a module of povery, so its absence shows in the program itself.
#[test]
fn the_deployed_program_has_no_trace_of_the_launcher() {
    use povery_tests::binary::{Variant, users_binary};
    let contains = |variant| {
        let program = std::fs::read(users_binary(variant)).expect("the program is there");
        let needle: &[u8] = b"POVERY_PG_BIN";
        program.windows(needle.len()).any(|window| window == needle)
    };
    assert!(
        contains(Variant::Default),
        "the test looks for the wrong thing"
    );
    assert!(!contains(Variant::Deployed));
}

/// Built alone, without sqlx and the AWS SDK, which another member of the workspace would bring in.
#[test]
fn hello_needs_no_database() {
    let mut cargo = workspace::cargo();
    cargo.args([
        "tree", "--locked", "-p", "hello", "-e", "normal", "--prefix", "none",
    ]);
    let tree = cargo.output().expect("cargo runs").stdout;
    let tree = String::from_utf8(tree).expect("UTF-8");
    assert!(
        tree.contains("povery v") && !tree.contains("sqlx") && !tree.contains("aws-sdk"),
        "{tree}"
    );
    let mut cargo = workspace::cargo();
    cargo.args(["run", "--locked", "--quiet", "-p", "hello", "--", "routes"]);
    let output = cargo.output().expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        text,
        "  GET     /hello/<name>  Greets.\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
