//! What the deployed program is made of.

use std::collections::BTreeSet;

use povery_tests::workspace;

/// The normal dependencies of the users binary, as cargo resolves them: name, version and features a line.
fn tree(arguments: &[&str]) -> String {
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
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Their names.
fn dependencies(arguments: &[&str]) -> BTreeSet<String> {
    let text = tree(arguments);
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
fn the_deployed_program_has_neither_command_line_nor_launcher() {
    // The launcher starts processes by tokio.
    let starts_processes = |arguments: &[&str]| {
        let tree = tree(arguments);
        let mut tokio = tree.lines().filter(|line| line.starts_with("tokio "));
        tokio.any(|line| line.contains("process"))
    };
    assert!(dependencies(&[]).contains("clap"), "the local build has it");
    assert!(starts_processes(&[]), "the local build has it");
    let deployed = ["--no-default-features"];
    let names = dependencies(&deployed);
    assert!(!names.contains("clap"), "{names:?}");
    assert!(!starts_processes(&deployed));
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
