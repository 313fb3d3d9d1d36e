//! Programs that compile, and what holds of each. What they may not be is in `../fail`.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "nobody calls most of what is here"
)]

mod absent_values_violate_nothing;
mod actions_and_events;
mod another_crate_path;
mod answers;
mod attributes_on_both_sides;
mod called_as_a_function;
mod conditional_routes;
mod conflicts_that_are_none;
mod custom_rules;
mod destructured_extractors;
mod every_key;
mod every_method;
mod generic_answers;
mod glob_imports;
mod http_error_another_crate_path;
mod http_error_kinds;
mod http_error_shadowed_prelude;
mod idempotency_keys;
mod idempotent_methods;
mod in_a_function_body;
mod instrumented;
mod layers;
mod mutable_parameter;
mod names_of_generated_code;
mod nested_tables;
mod no_core_in_scope;
mod no_implicit_prelude;
mod opaque_answer;
mod other_attributes;
mod private_modules;
// Lints of what is public look at it.
pub mod quiet_under_strict_lints;
mod raw_identifiers;
mod routes_in_modules;
mod rules;
mod shadowed_prelude;
mod tables_as_constants;
mod tables_written_by_a_macro;
mod tails;
mod users_application;
mod visibility_for_the_crate;
mod written_by_a_macro;

#[test]
fn no_file_is_left_out() {
    let listed = |name: &str, text: &str| text.lines().any(|line| line.ends_with(name));
    for entry in std::fs::read_dir("ui/pass").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let is_listed = listed(&format!("mod {name};"), include_str!("main.rs"));
        assert!(name == "main" || is_listed, "{path:?} is in no module");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains("test]\n"), "{path:?} proves nothing");
    }
    for entry in std::fs::read_dir("ui").unwrap() {
        let path = entry.unwrap().path();
        let is_listed = listed(
            &format!("\"{}\"", path.display()),
            include_str!("../../Cargo.toml"),
        );
        assert!(path.is_dir() || is_listed, "{path:?} is no target");
    }
}
