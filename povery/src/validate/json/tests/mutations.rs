//! Bodies with faults at known places, many of them, by a seeded generator.

use std::cell::Cell;

use super::super::super::place::Place;
use super::super::super::reading::{Json, Read, Refusal};
use super::*;

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its shape matters")]
struct Rich {
    #[validate(length(min = 1))]
    user_name: String,
    #[serde(rename = "mail")]
    #[validate(email)]
    email: String,
    kind: Kind,
    #[serde(flatten)]
    #[validate(nested)]
    flat: Flat,
    event: Event,
    target: Target,
    free: Free,
    role: Role,
    #[validate(nested)]
    lines: Vec<Row>,
    note: Option<String>,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Flat {
    id: Uuid,
    #[validate(range(max = 9))]
    floor: u8,
    #[serde(rename = "deep-part")]
    #[validate(nested)]
    deep: Row,
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Row {
    #[serde(rename = "n")]
    #[validate(range(min = 1))]
    number: i32,
    ready: bool,
    price: f64,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(dead_code, reason = "only its shape matters")]
enum Event {
    Moved { x: i32, y: i32 },
    Renamed { to: String },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "t", content = "c")]
#[expect(dead_code, reason = "only its shape matters")]
enum Target {
    User(Uuid),
    Place(Row),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "only its shape matters")]
enum Role {
    Guest(u8),
    Member { since: u32 },
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its shape matters")]
enum Free {
    Number(i64),
    Pair { one: u8, two: u8 },
}

fn sound() -> Node {
    let row = json!({"n": 1, "ready": true, "price": 1.5});
    let body = json!({
        "userName": "Ada", "mail": "ada@example.com", "kind": "gift", "id": Uuid::nil(), "floor": 1,
        "deep-part": row, "tags": ["a", "b"], "event": {"type": "moved", "x": 1, "y": 2},
        "target": {"t": "Place", "c": row}, "free": {"one": 1, "two": 2}, "role": {"member": {"since": 1}}, "lines": [row, row],
        "note": "a",
    });
    Node::parse(&body.to_string()).unwrap()
}

/// xorshift64*, so that a run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let mixed = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(mixed).unwrap() % end
    }
}

const WRONG: [&str; 14] = [
    "null",
    "7",
    "-1",
    "300",
    "0.5",
    "1e999",
    "99999999999999999999",
    "true",
    r#""""#,
    r#""zz""#,
    r#""\ud800""#,
    "[]",
    "{}",
    r#"[{"n":0}]"#,
];

/// Counts the readings.
struct Counted(Json<Rich>, Cell<usize>);

impl Read for Counted {
    fn read(&self, tree: &Node) -> Result<ValidationErrors, Refusal> {
        self.1.set(self.1.get() + 1);
        self.0.read(tree)
    }

    fn fields(&self, place: &Place) -> Option<&'static [&'static str]> {
        self.0.fields(place)
    }

    fn expected(&self, place: &Place) -> Option<String> {
        self.0.expected(place)
    }
}

#[test]
fn faults_are_only_where_something_was_changed() {
    let sound = sound();
    let mut places = sound.find(&Place::default(), 1_000, &mut |place, _| !place.is_top());
    places.dedup();
    assert!(json::<Rich>(&text(&sound), rules).is_ok());
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let (mut refused, mut placed, mut most) = (0, 0, 0);
    for round in 0..2_000 {
        let mut tree = sound.clone();
        let mut changed: Vec<Place> = Vec::new();
        for _ in 0..=random.below(4) {
            let place = places[random.below(places.len())].clone();
            let nearby = |other: &Place| place.is_within(other) || other.is_within(&place);
            if changed.iter().any(nearby) {
                continue;
            }
            let done = match random.below(6) {
                0 => tree.remove(&place),
                1 => tree.rename(&place, "renamed"),
                _ => tree.put(
                    &place,
                    Node::parse(WRONG[random.below(WRONG.len())]).unwrap(),
                ),
            };
            if done {
                changed.push(place);
            }
        }
        let body = text(&tree);
        let shown = String::from_utf8_lossy(&body).into_owned();
        let Err(Refused::Faulty(_)) = json::<Rich>(&body, rules) else {
            continue;
        };
        refused += 1;
        let reader = Counted(Json(rules), Cell::new(0));
        let faults = super::super::gather(&reader, In::Body, tree, body.len(), First::of(None));
        most = most.max(reader.1.get());
        let faults = faults.into_vec();
        assert!(!faults.is_empty(), "{round}: {shown}");
        for fault in faults {
            let near = |place: &Place| {
                let place = place.to_string();
                within(&fault.property, &place) || within(&place, &fault.property)
            };
            assert!(changed.iter().any(near), "{round}: {fault:?} in {shown}");
            placed += usize::from(
                changed
                    .iter()
                    .any(|place| place.to_string() == fault.property),
            );
        }
    }
    assert!(refused > 1_500, "{refused}");
    assert!(placed > refused, "{placed} of {refused}");
    assert!(most <= 256, "{most}");
}

fn text(tree: &Node) -> Vec<u8> {
    let mut text = String::new();
    tree.write(&mut text);
    text.into_bytes()
}

fn within(property: &str, place: &str) -> bool {
    property
        .strip_prefix(place)
        .is_some_and(|rest| place.is_empty() || rest.is_empty() || rest.starts_with(['.', '[']))
}
