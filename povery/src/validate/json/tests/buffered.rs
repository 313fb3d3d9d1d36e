//! What serde buffers: `flatten`, internally tagged and untagged types.

use std::net::IpAddr;

use super::*;

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Outer {
    title: String,
    #[serde(flatten)]
    inner: Inner,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Inner {
    id: Uuid,
    other: Option<Uuid>,
    address: Option<IpAddr>,
    count: u32,
    ready: bool,
    kind: Kind,
    deep: Deep,
    list: Vec<Deep>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Deep {
    name: String,
    number: i8,
    pair: (u8, u8),
}

fn sound() -> Value {
    let deep = json!({"name": "a", "number": 1, "pair": [1, 2]});
    json!({
        "title": "a", "id": Uuid::nil(), "other": Uuid::nil(), "address": "::1", "count": 1,
        "ready": true, "kind": "gift", "deep": deep, "list": [deep, deep],
    })
}

fn check(changes: &[(&str, Value)], faults: &[(&str, &str)]) {
    let mut body = sound();
    for (pointer, value) in changes {
        *body.pointer_mut(pointer).unwrap() = value.clone();
    }
    let mut found = found::<Outer>(&body.to_string());
    let mut all = expected(faults);
    found.sort();
    all.sort();
    assert_eq!(found, all, "{body}");
}

#[test]
fn each_value_is_found() {
    check(&[("/count", json!("x"))], &[("count", "type")]);
    check(&[("/count", json!(-1))], &[("count", "type")]);
    check(&[("/ready", json!("x"))], &[("ready", "type")]);
    check(&[("/kind", json!("x"))], &[("kind", "enum")]);
    check(&[("/kind", json!(7))], &[("kind", "enum")]);
    check(&[("/deep", json!(7))], &[("deep", "type")]);
    check(&[("/deep/name", json!(null))], &[("deep.name", "type")]);
    check(&[("/deep/name", json!({}))], &[("deep.name", "type")]);
    check(&[("/deep/number", json!(300))], &[("deep.number", "type")]);
    check(
        &[("/list/1/number", json!(1.5))],
        &[("list[1].number", "type")],
    );
    check(
        &[("/list/1/pair", json!([1, 2, 3]))],
        &[("list[1].pair", "type")],
    );
    check(&[("/list/1/pair", json!([1]))], &[("list[1].pair", "type")]);
    check(&[("/list", json!({}))], &[("list", "type")]);
    check(&[("/id", json!("x"))], &[("id", "type")]);
    check(&[("/address", json!("x"))], &[("address", "type")]);
}

#[test]
fn several_are_found() {
    check(
        &[
            ("/title", json!(5)),
            ("/count", json!("x")),
            ("/ready", json!("x")),
            ("/deep/name", json!(5)),
            ("/list/0/number", json!("x")),
            ("/list/1/number", json!("x")),
        ],
        &[
            ("title", "type"),
            ("count", "type"),
            ("ready", "type"),
            ("deep.name", "type"),
            ("list[0].number", "type"),
            ("list[1].number", "type"),
        ],
    );
}

#[test]
fn texts_of_a_format_are_told_apart() {
    check(
        &[("/id", json!("x")), ("/other", json!("x"))],
        &[("id", "type"), ("other", "type")],
    );
    check(
        &[
            ("/id", json!("x")),
            ("/other", json!("yy")),
            ("/address", json!("z")),
        ],
        &[("id", "type"), ("other", "type"), ("address", "type")],
    );
}

#[test]
fn missing_fields_are_found_where_they_are_missing() {
    let mut body = sound();
    for (holder, field) in [
        ("", "count"),
        ("/deep", "name"),
        ("/list/1", "number"),
        ("/list/0", "number"),
    ] {
        let holder = body.pointer_mut(holder).unwrap();
        holder.as_object_mut().unwrap().remove(field);
    }
    let mut found = found::<Outer>(&body.to_string());
    found.sort();
    let all = ["count", "deep.name", "list[0].number", "list[1].number"];
    assert_eq!(found, expected(&all.map(|name| (name, "required"))));
}

#[test]
fn unknown_and_repeated_fields_are_found() {
    #[derive(Debug, Deserialize, Validate)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Holder {
        #[serde(flatten)]
        held: Held,
    }
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Held {
        strict: Strict,
        other: Option<Strict>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Strict {
        a: u8,
    }
    let mut found = found::<Holder>(r#"{"x":1,"strict":{"a":1,"a":2,"x":1},"other":{"x":2}}"#);
    found.sort();
    let all = [
        ("other.a", "required"),
        ("other.x", "unknown"),
        ("strict.a", "single"),
        ("strict.x", "unknown"),
    ];
    assert_eq!(found, expected(&all));
}

#[test]
fn a_name_that_is_none_is_told_of_the_entry() {
    #[derive(Debug, Deserialize, Validate)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct ByNumber {
        names: std::collections::BTreeMap<u8, String>,
        count: u32,
    }
    let body = br#"{"names":{"1":"a","x":"b"},"count":"x"}"#;
    let faults = gather::<ByNumber>(body).unwrap().into_vec();
    let found: Vec<_> = faults.iter().map(|fault| fault.property.as_str()).collect();
    assert_eq!(found, ["names.x", "count"]);
    assert!(faults[0].constraints["type"].ends_with(" as its name"));
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Free {
    either: Option<Either>,
    range: Range,
    count: u32,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its shape matters")]
enum Either {
    Number { number: u32 },
    Text { text: String },
}

#[derive(Debug, Deserialize)]
#[serde(try_from = "Ends")]
struct Range;

#[derive(Debug, Deserialize)]
struct Ends {
    from: u32,
    to: u32,
    note: String,
}

impl TryFrom<Ends> for Range {
    type Error = String;

    fn try_from(ends: Ends) -> Result<Self, String> {
        if ends.from <= ends.to && !ends.note.is_empty() {
            Ok(Self)
        } else {
            Err(format!("{} is not before {}", ends.from, ends.to))
        }
    }
}

#[test]
fn what_cannot_be_placed_stays_at_its_holder() {
    let body = r#"{"range":{"from":2,"to":1,"note":"a"},"count":"x","either":{"number":1}}"#;
    assert_eq!(found::<Free>(body)[0], expected(&[("range", "format")])[0]);
    let body = r#"{"range":{"from":1,"to":2,"note":"a"},"either":{"number":"x"},"count":"x"}"#;
    assert_eq!(
        found::<Free>(body),
        expected(&[("either", "format"), ("count", "type")])
    );
}
