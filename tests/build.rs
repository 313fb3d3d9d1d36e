//! Writes the thousand routes of `many`.

use std::path::Path;
use std::{env, fs};

#[path = "many/program.rs"]
mod program;

fn main() {
    println!("cargo::rerun-if-changed=many/program.rs");
    let (routes, names) = program::routes("");
    let text = format!(
        "{routes}\npub(crate) const ROUTES: povery::RouteTable = povery::routes![{names}];\n"
    );
    let directory = env::var_os("OUT_DIR").expect("cargo sets it");
    let path = Path::new(&directory).join("many.rs");
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
