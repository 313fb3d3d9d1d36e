//! A failure is cheap, whatever was sent, and the same body has the same answer.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde::Serialize;

use super::*;

#[derive(Debug, Deserialize, Validate)]
struct MapBody {
    #[validate(nested)]
    m: HashMap<String, Item>,
}

#[derive(Debug, Deserialize, Serialize, Validate)]
struct Item {
    #[validate(length(min = 2))]
    name: String,
    #[validate(range(min = 1, max = 9))]
    n: u32,
}

#[derive(Debug, Deserialize, Validate)]
struct Renamed {
    #[serde(rename = "zz")]
    #[validate(nested)]
    outer: BTreeMap<String, Middle>,
    #[serde(flatten)]
    #[expect(dead_code, reason = "only its shape matters")]
    rest: HashMap<String, Value>,
}

#[derive(Debug, Deserialize, Validate)]
struct Middle {
    #[serde(rename = "qq")]
    #[validate(nested)]
    inner: BTreeMap<String, Inner>,
}

#[derive(Debug, Deserialize, Validate)]
struct Inner {
    #[serde(rename = "xx")]
    #[validate(length(min = 2))]
    name: String,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Numbers {
    #[serde(flatten)]
    numbers: Tiny,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "only its shape matters")]
struct Tiny {
    l: Vec<i8>,
}

#[derive(Debug, Deserialize, Validate)]
struct Branch {
    #[serde(rename = "k")]
    #[validate(nested)]
    #[serde(default)]
    twigs: Vec<Branch>,
    #[serde(rename = "o")]
    #[validate(nested)]
    #[serde(default)]
    others: BTreeMap<String, Branch>,
    #[serde(rename = "t")]
    #[validate(length(min = 2))]
    #[serde(default)]
    title: String,
}

#[derive(Debug, Deserialize, Validate)]
struct Demanding {
    #[validate(nested)]
    l: Vec<Wanting>,
}

#[derive(Debug, Deserialize, Validate)]
struct Wanting {
    #[serde(rename = "1")]
    #[validate(required)]
    a: Option<u8>,
    #[serde(rename = "2")]
    #[validate(required)]
    b: Option<u8>,
    #[serde(rename = "3")]
    #[validate(required)]
    c: Option<u8>,
}

/// Repeats a piece, with a number in place of `#`, until there are so many bytes.
fn many(size: usize, piece: &str) -> String {
    let mut all = String::new();
    for number in 0.. {
        let next = piece.replace('#', &number.to_string());
        if all.len() + next.len() > size {
            break;
        }
        if number > 0 {
            all.push(',');
        }
        all.push_str(&next);
    }
    all
}

/// What this thread has been on a processor: however busy the machine is, it is the work that was done.
fn worked() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::try_from(time).expect("a clock that began at zero")
}

/// As much time as a debug build may take on a slow machine, and what was found.
fn quickly<T: DeserializeOwned + Validate>(what: &str, body: &str) -> Vec<(String, Vec<String>)> {
    let start = worked();
    let found = found::<T>(body);
    let took = worked() - start;
    // `validator` alone takes seconds for a million violations without optimization.
    let limit = match (cfg!(debug_assertions), body.len() > LARGEST) {
        (true, true) => 15_000,
        (true, false) => 5_000,
        (false, true) => 2_000,
        (false, false) => 500,
    };
    let limit = Duration::from_millis(limit);
    eprintln!(
        "{what}: {} bytes, {took:?}, {} faults",
        body.len(),
        found.len()
    );
    assert!(took < limit, "{what}: {} bytes took {took:?}", body.len());
    assert!(!found.is_empty() && found.len() <= 100, "{what}");
    found
}

const SIZES: [usize; 2] = [64_000, 1_000_000];

#[test]
fn entries_of_a_large_map_are_told_quickly() {
    for size in SIZES {
        let body = format!(
            r#"{{"m":{{{}}}}}"#,
            many(size, r##""k#":{"name":"","n":0}"##)
        );
        let found = quickly::<MapBody>("a map", &body);
        assert_eq!(found.len(), 100);
        assert_eq!(found[0].0, "m.k0.name");
        assert_eq!(found[99].0, "m.k49.n");
        let body = format!(
            r#"{{"m":{{{}}}}}"#,
            many(size, r##""k#":{"name":"a","n":1#}"##)
        );
        assert_eq!(
            quickly::<MapBody>("values that differ", &body)[0].0,
            "m.k0.name"
        );
        let body = format!(
            r#"{{"m":{{{}}}}}"#,
            many(size, r##""k#":{"name":"","n":"x"}"##)
        );
        quickly::<MapBody>("shapes", &body);
    }
}

#[test]
fn renamed_maps_of_maps_are_told_quickly() {
    for size in [13_000, SIZES[0], SIZES[1]] {
        for piece in [
            r##""o#":{"qq":{"a":{"xx":"a"},"b":{"xx":""}}}"##,
            r##""o#":{"qq":{"a":{"xx":"abc"},"b":{"xx":"#"}}}"##,
        ] {
            let body = format!(r#"{{"zz":{{{}}},"rest":1}}"#, many(size, piece));
            let found = quickly::<Renamed>("maps of maps", &body);
            let named = found.iter().all(|(name, _)| {
                name == "zz"
                    || name.starts_with("zz.o") && (name.ends_with(".xx") || !name.contains('['))
            });
            assert!(named, "{found:?}");
        }
    }
}

#[test]
fn long_lists_are_told_quickly() {
    for size in SIZES {
        let body = format!(r#"{{"l":[{}]}}"#, many(size, "1000"));
        quickly::<Numbers>("numbers", &body);
        let body = format!(r#"{{"l":[{},300]}}"#, many(size, "1"));
        quickly::<Numbers>("one number", &body);
        let body = format!(r#"{{"l":[{}]}}"#, many(size, "{}"));
        let found = quickly::<Demanding>("empty items", &body);
        assert_eq!(found[0].0, "l[0].1");
        let body = format!(r#"{{"l":[{}]}}"#, many(size, r#"{"1":1,"2":null}"#));
        quickly::<Demanding>("items", &body);
    }
}

#[test]
fn deep_bodies_are_told_quickly() {
    for size in SIZES {
        for (open, close) in [(r#"{"k":["#, "]}"), (r#"{"o":{"a":"#, "}}")] {
            let deep = format!("{}{{}}{}", open.repeat(60), close.repeat(60));
            let body = format!(r#"{{"k":[{}]}}"#, many(size, &deep));
            let found = quickly::<Branch>("branches", &body);
            assert!(
                found.iter().all(|(name, _)| !name.contains("twigs")),
                "{found:?}"
            );
        }
    }
}

#[test]
fn the_same_body_has_the_same_answer() {
    let bodies = [
        json!({"m": {"b": {"name": "", "n": 0}, "a": {"name": "", "n": 3}, "c": {"name": "x", "n": 0}}}).to_string(),
        json!({"m": {"b": {"name": "", "n": "x"}, "a": {"name": 5, "n": 3}, "c": {"name": "x", "n": 0}}}).to_string(),
        format!(r#"{{"m":{{{}}}}}"#, many(20_000, r##""k#":{"name":"","n":1#}"##)),
    ];
    for body in bodies {
        let first = gather::<MapBody>(body.as_bytes()).unwrap().into_vec();
        for _ in 0..30 {
            assert_eq!(
                gather::<MapBody>(body.as_bytes()).unwrap().into_vec(),
                first
            );
        }
    }
}

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

fn counted(text: &str) -> Result<(), ValidationError> {
    CALLS.set(CALLS.get() + 1);
    match text.len() {
        0..3 => Err(ValidationError::new("short")),
        _ => Ok(()),
    }
}

#[test]
fn what_was_found_out_of_one_item_holds_for_all() {
    #[derive(Debug, Deserialize, Validate)]
    struct Rows {
        #[validate(nested)]
        rows: Vec<Row>,
    }
    #[derive(Debug, Deserialize, Validate)]
    struct Row {
        #[serde(rename = "w")]
        #[validate(custom(function = "counted"))]
        a: String,
        #[serde(rename = "x")]
        #[validate(custom(function = "counted"))]
        b: String,
        #[serde(rename = "y")]
        #[validate(custom(function = "counted"))]
        c: String,
        #[serde(rename = "z")]
        #[validate(custom(function = "counted"))]
        d: String,
    }
    let rows = vec![json!({"w": "a", "x": "b", "y": "c", "z": "d"}); 40];
    CALLS.set(0);
    let found = found::<Rows>(&json!({ "rows": rows }).to_string());
    assert_eq!(found.len(), 100);
    assert_eq!(found[99].0, "rows[24].z");
    let readings = CALLS.get() / 160;
    assert!(readings <= 12, "{readings}");
}
