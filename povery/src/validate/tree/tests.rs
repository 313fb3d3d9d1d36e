use super::scan::DEEPEST;
use super::*;

fn round(text: &str) -> String {
    let mut out = String::new();
    Node::parse(text).unwrap().write(&mut out);
    out
}

#[test]
fn text_survives_as_it_was_sent() {
    for text in [
        "340282366920938463463374607431768211455",
        "-0.10e+999",
        r#""a\"b\\c\u0041""#,
        r#"{"a":1,"a":[true,null,{}],"":[[],"x"]}"#,
    ] {
        assert_eq!(round(text), text);
    }
    assert_eq!(
        round(" { \"a\\u0062\" : [ 1 , 2 ] ,\n\"c\":\t3 } "),
        r#"{"ab":[1,2],"c":3}"#
    );
}

#[test]
fn what_serde_json_would_not_read_is_no_tree() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Node::parse(&deep(DEEPEST)).is_some());
    assert!(Node::parse(&deep(DEEPEST + 1)).is_none());
    assert!(Node::parse(r#"{"\ud800":1}"#).is_none());
}

#[test]
fn fields_given_twice_are_changed_together() {
    let place = Place::default().field("a");
    let tree = Node::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap();
    assert_eq!(tree.at(&place), Some(&Node::raw("3")));
    let after = |change: &dyn Fn(&mut Node) -> bool| {
        let mut changed = tree.clone();
        assert!(change(&mut changed));
        let mut out = String::new();
        changed.write(&mut out);
        out
    };
    assert_eq!(
        after(&|tree| tree.put(&place, Node::NULL)),
        r#"{"a":null,"b":2,"a":null}"#
    );
    assert_eq!(after(&|tree| tree.keep_last(&place)), r#"{"b":2,"a":3}"#);
    assert_eq!(after(&|tree| tree.remove(&place)), r#"{"b":2}"#);
    assert_eq!(
        after(&|tree| tree.rename(&place, "c")),
        r#"{"c":1,"b":2,"c":3}"#
    );
}
