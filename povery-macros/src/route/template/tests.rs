use proc_macro2::Span;
use syn::LitStr;

use super::foreign::{is_foreign, translated};
use super::{Segment, Template, parse};
use crate::errors::Errors;

fn read(text: &str) -> Option<Template> {
    let errors = Errors::default();
    let template = parse(&LitStr::new(text, Span::call_site()), &errors);
    assert_eq!(
        template.is_some(),
        errors.into_compile_errors().is_none(),
        "{text}"
    );
    template
}

fn shape(template: &Template) -> String {
    let segments = template.segments.iter().map(|segment| match segment {
        Segment::Literal(text) => format!(" {text}"),
        Segment::Parameter(name) => format!(" <{name}>"),
        Segment::Tail(name) => format!(" <{name}..>"),
    });
    segments.collect::<String>() + " ?" + &template.query.join(",")
}

#[test]
fn sound_templates() {
    for (text, expected) in [
        ("/", " ?"),
        ("/?<q>", " ?q"),
        ("/users", " users ?"),
        ("/users/<id>", " users <id> ?"),
        ("/users?<limit>&<after>", " users ?limit,after"),
        ("/<a>/b/<c>?<d>", " <a> b <c> ?d"),
        ("/files/<path..>?<v>", " files <path..> ?v"),
        ("/café/a+b/x=y/~/...", " café a+b x=y ~ ... ?"),
        ("/a*b/a:b/[a/a]", " a*b a:b [a a] ?"),
        ("/<type>/<_id>/<größe2>", " <type> <_id> <größe2> ?"),
    ] {
        let template = read(text).unwrap_or_else(|| panic!("{text} is refused"));
        assert_eq!(shape(&template), expected, "{text}");
        assert_eq!(template.path, text.split('?').next().unwrap());
    }
}

#[test]
fn refused_templates() {
    for text in [
        "",
        "users",
        "?<q>",
        "//",
        "/users/",
        "//users",
        "/a//b",
        "/./a",
        "/a/..",
        "/a b",
        "/a#b",
        "/a%20b",
        "/a\\b",
        "/a\n",
        "/<>",
        "/<_>",
        "/<1>",
        "/<a b>",
        "/<a-b>",
        "/<self>",
        "/<a",
        "/a>",
        "/x<a>",
        "/<a>.json",
        "/:a",
        "/:a.json",
        "/:",
        "/{a}",
        "/{a",
        "/a}",
        "/{a}.json",
        "/a-{b}",
        "/{a-b}",
        "/*",
        "/*a",
        "/[a]",
        "/[...a]",
        "/<a>/<a>",
        "/<a>?<a>",
        "/a?",
        "/a?q",
        "/<a..>/b",
        "/<a..>/<b..>",
        "/<..>",
        "/<..a>",
        "/<a...>",
        "/<a:u32>",
        "/<...>",
        "/a?<q..>",
        "/a?<q>&",
        "/a?<q>?<r>",
        "/a?<q>,<r>",
    ] {
        assert!(read(text).is_none(), "{text:?} is accepted");
    }
}

#[test]
fn foreign_segments_are_translated() {
    for (segment, here) in [
        (":id", Some("<id>")),
        (":path*", Some("<path..>")),
        ("{id}", Some("<id>")),
        ("{id:[0-9]{3}}", Some("<id>")),
        ("{path:.*}", Some("<path..>")),
        ("{proxy+}", Some("<proxy..>")),
        ("{*proxy}", Some("<proxy..>")),
        ("*proxy", Some("<proxy..>")),
        ("*", Some("<path..>")),
        ("[id]", Some("<id>")),
        ("[...path]", Some("<path..>")),
        ("[[...path]]", Some("<path..>")),
        (":id.json", None),
        ("{id}.json", None),
        ("{id}-{name}", None),
        ("{user-id}", None),
        ("{}", None),
        ("{", None),
        ("[]", None),
        (":", None),
    ] {
        assert!(is_foreign(segment), "{segment}");
        assert_eq!(translated(segment).as_deref(), here, "{segment}");
    }
}

#[test]
fn path_parameters_are_counted() {
    let template = read("/<a>/b/<c>?<d>").unwrap();
    assert_eq!(
        ["a", "c", "d"].map(|name| template.path_index(name)),
        [Some(0), Some(1), None]
    );
    assert!(template.has("d") && !template.has("b"));
}
