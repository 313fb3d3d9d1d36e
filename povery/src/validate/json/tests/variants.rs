//! Enums: a variant of our choice must not bring faults of its own.

use super::*;

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Event {
    count: u32,
    shape: Shape,
    about: About,
    kind: Kind,
    #[validate(length(min = 2))]
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
#[expect(dead_code, reason = "only its shape matters")]
enum Shape {
    Circle { radius: f64 },
    Square { side: f64 },
    Point,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", content = "c")]
#[expect(dead_code, reason = "only its shape matters")]
enum About {
    Text(String),
    Number(u32),
}

fn event(shape: &str, about: &str, kind: &str) -> String {
    format!(r#"{{"kind":{kind},"shape":{shape},"about":{about},"count":"x","name":"a"}}"#)
}

const SHAPE: &str = r#"{"type":"Point"}"#;
const ABOUT: &str = r#"{"t":"Text","c":"a"}"#;
const GIFT: &str = r#""gift""#;
const REST: [(&str, &str); 2] = [("count", "type"), ("name", "length")];

#[test]
fn a_guessed_tag_brings_no_faults_of_its_siblings() {
    for shape in [
        r#"{"type":"Hexagon","size":1}"#,
        r#"{"type":"Hexagon","side":"x"}"#,
        r#"{"type":7,"side":1}"#,
    ] {
        let found = found::<Event>(&event(shape, ABOUT, GIFT));
        assert_eq!(found[0].0, "shape.type");
        assert_eq!(found[1..], expected(&REST), "{shape}");
    }
    for about in [
        r#"{"t":"Else","c":{}}"#,
        r#"{"t":"Else","c":7}"#,
        r#"{"c":7,"t":"Else"}"#,
    ] {
        let found = found::<Event>(&event(SHAPE, about, GIFT));
        assert_eq!(found[0], expected(&[("about.t", "enum")])[0], "{about}");
        assert_eq!(found[1..], expected(&REST), "{about}");
    }
}

#[test]
fn content_of_a_variant_that_was_named_is_told() {
    let found = |shape| found::<Event>(&event(shape, r#"{"t":"Number","c":"x"}"#, GIFT));
    for (shape, first) in [
        (
            r#"{"type":"Circle","radius":"x"}"#,
            ("shape.radius", "type"),
        ),
        (
            r#"{"type":"Circle","side":1}"#,
            ("shape.radius", "required"),
        ),
        (r#"{"side":1}"#, ("shape.type", "required")),
    ] {
        let all = [first, ("about.c", "type"), REST[0], REST[1]];
        assert_eq!(found(shape), expected(&all));
    }
}

#[test]
fn a_plain_enum_suppresses_nothing() {
    for kind in [r#""x""#, "7", "null", "[]", r#"{"x":1}"#] {
        let found = found::<Event>(&event(SHAPE, ABOUT, kind));
        assert_eq!(found[0].0, "kind", "{kind}");
        assert_eq!(found[1..], expected(&REST), "{kind}");
    }
}

#[test]
fn beside_a_flattened_tag_only_what_no_guess_brings_is_told() {
    #[derive(Debug, Deserialize, Validate)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Flat {
        count: u32,
        #[serde(flatten)]
        shape: Shape,
    }
    assert_eq!(
        found::<Flat>(r#"{"count":"x","type":"Circle","radius":"y"}"#),
        expected(&[("count", "type"), ("radius", "type")])
    );
    assert_eq!(
        found::<Flat>(r#"{"count":"x","type":"Hexagon"}"#),
        expected(&[("count", "type"), ("type", "enum")])
    );
}

#[test]
fn variants_are_listed_whatever_was_sent() {
    for kind in [r#""secret""#, "7", "[]"] {
        let body = event(SHAPE, ABOUT, kind);
        let faults = gather::<Event>(body.as_bytes()).unwrap().into_vec();
        let constraints = &faults[0].constraints;
        assert_eq!(constraints["enum"], "must be one of gift, sale", "{kind}");
    }
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Member {
    role: Role,
    #[validate(email)]
    email: String,
    #[validate(length(min = 3))]
    name: String,
    #[validate(range(min = 18))]
    age: u8,
    data: Data,
    #[validate(nested)]
    items: Vec<Item>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
enum Role {
    Guest,
    Member { since: u32 },
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
enum Data {
    Number(u8),
    Named { x: u8 },
}

#[derive(Debug, Deserialize, Validate)]
struct Item {
    #[validate(length(min = 2))]
    name: String,
    #[validate(range(min = 1))]
    n: u32,
}

#[test]
fn a_variant_with_data_hides_nothing_beside_it() {
    let good = (r#""guest""#, r#"{"Number":1}"#);
    let cases = [
        // A wrong name, a wrong kind, a wrong value inside, a field that is missing inside.
        (r#""admin""#, good.1, ("role", "enum")),
        (r#"{"admin":{}}"#, good.1, ("role", "enum")),
        ("7", good.1, ("role", "enum")),
        ("[]", good.1, ("role", "enum")),
        (r#""member""#, good.1, ("role", "type")),
        (r#"{"member":7}"#, good.1, ("role.member", "type")),
        (
            r#"{"member":{}}"#,
            good.1,
            ("role.member.since", "required"),
        ),
        (
            r#"{"member":{"since":"x"}}"#,
            good.1,
            ("role.member.since", "type"),
        ),
        // None of these has a name alone.
        (good.0, r#""Else""#, ("data", "enum")),
        (good.0, r#"{"Else":1}"#, ("data", "enum")),
        (good.0, "7", ("data", "enum")),
        (good.0, r#""Named""#, ("data", "type")),
        (good.0, r#"{"Named":{}}"#, ("data.Named.x", "required")),
        (good.0, r#"{"Number":"x"}"#, ("data.Number", "type")),
    ];
    for (role, data, fault) in cases {
        let body = format!(
            r#"{{"role":{role},"email":"no","name":"x","age":3,"data":{data},"items":[{{"name":"","n":0}}]}}"#
        );
        let mut all = vec![
            fault,
            ("age", "range"),
            ("email", "email"),
            ("items[0].n", "range"),
            ("items[0].name", "length"),
            ("name", "length"),
        ];
        all.sort_unstable();
        let mut found = found::<Member>(&body);
        found.sort();
        assert_eq!(found, expected(&all), "{body}");
    }
    let body = r#"{"email":"no","name":"x","age":3,"items":[{"name":"","n":0}]}"#;
    assert_eq!(found::<Member>(body).len(), 7);
}

#[test]
fn a_tag_is_one_of_the_variants_whatever_was_sent() {
    let about = |shape| found::<Event>(&event(shape, ABOUT, GIFT))[0].clone();
    let tag = expected(&[("shape.type", "enum")]);
    assert_eq!(about(r#"{"type":5}"#), tag[0]);
    assert_eq!(about(r#"{"type":[]}"#), tag[0]);
}

#[test]
fn a_tag_that_is_there_twice_brings_no_faults_of_the_last() {
    let all = [("shape.type", "single"), REST[0], REST[1]];
    for shape in [
        r#"{"type":"Circle","type":"Square","radius":1}"#,
        r#"{"type":"Square","type":"Circle","side":1}"#,
    ] {
        assert_eq!(
            found::<Event>(&event(shape, ABOUT, GIFT)),
            expected(&all),
            "{shape}"
        );
    }
}
