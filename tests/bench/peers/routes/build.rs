//! Writes the tables: for each count a module of that many routes.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// The counts; there is a program for each.
const COUNTS: [usize; 4] = [1, 10, 100, 1_000];

fn main() -> io::Result<()> {
    let directory = env::var_os("OUT_DIR").unwrap_or_default();
    for count in COUNTS {
        let path = Path::new(&directory).join(format!("routes_{count}.rs"));
        fs::write(path, table(count))?;
    }
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
}

/// Resources with four routes each, as an API has them. The first route is the one that is asked for.
fn table(count: usize) -> String {
    let mut text = String::new();
    let mut names = Vec::new();
    for index in 0..count {
        let (method, template, parameters) = match index % 4 {
            0 => ("GET", "/<id>", "id: u64"),
            1 => ("GET", "", ""),
            2 => ("POST", "", ""),
            _ => ("PUT", "/<id>/notes/<note>", "id: u64, note: u64"),
        };
        let resource = index / 4;
        let uses = if parameters.contains("note") {
            "id + note"
        } else if parameters.is_empty() {
            "0"
        } else {
            "id"
        };
        let name = format!("route_{index}");
        // Writing to a string cannot fail.
        let _ = write!(
            text,
            "#[povery::route({method}, \"/resource{resource}{template}\")]\n\
             async fn {name}({parameters}) -> String {{\n    format!(\"{index} {{}}\", {uses})\n}}\n\n"
        );
        names.push(name);
    }
    let names = names.join(", ");
    text + &format!("const TABLE: povery::RouteTable = povery::routes![{names}];\n")
}
