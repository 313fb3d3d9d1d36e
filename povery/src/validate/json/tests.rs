use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;
use validator::ValidationError;

use super::super::reading::LARGEST;
use super::*;

mod bounds;
mod buffered;
mod mutations;
mod names;
mod variants;
mod words;

#[derive(Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "never"))]
struct Order {
    #[validate(length(min = 2, max = 10))]
    name: String,
    #[validate(email)]
    email: String,
    kind: Kind,
    #[expect(dead_code, reason = "only its shape matters")]
    id: Uuid,
    #[validate(nested)]
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Debug, Deserialize, Validate)]
struct Line {
    #[validate(range(min = 1))]
    count: u32,
    #[validate(custom(function = "odd"))]
    code: u8,
    #[expect(dead_code, reason = "only its shape matters")]
    price: Price,
}

#[derive(Debug, Deserialize)]
struct Price {
    #[expect(dead_code, reason = "only its shape matters")]
    cents: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Gift,
    Sale,
}

fn odd(code: u8) -> Result<(), ValidationError> {
    if code % 2 == 1 {
        Ok(())
    } else {
        Err(ValidationError::new("odd"))
    }
}

fn never(order: &Order) -> Result<(), ValidationError> {
    let _ = (&order.kind, &order.note, Kind::Gift, Kind::Sale);
    Err(ValidationError::new("never"))
}

fn gather<T: DeserializeOwned + Validate>(body: &[u8]) -> Result<Faults, serde_json::Error> {
    match json::<T>(body, rules) {
        Ok(_) => panic!("the body is sound"),
        Err(Refused::Faulty(faults)) => Ok(faults),
        Err(Refused::Malformed(error)) => Err(error),
    }
}

fn gathered(body: &Value) -> Vec<(String, Vec<String>)> {
    found::<Order>(&body.to_string())
}

/// Each property with the names of its constraints.
fn found<T: DeserializeOwned + Validate>(body: &str) -> Vec<(String, Vec<String>)> {
    gather::<T>(body.as_bytes())
        .unwrap()
        .into_vec()
        .into_iter()
        .map(|fault| (fault.property, fault.constraints.into_keys().collect()))
        .collect()
}

fn expected(list: &[(&str, &str)]) -> Vec<(String, Vec<String>)> {
    list.iter()
        .map(|(property, constraint)| ((*property).to_owned(), vec![(*constraint).to_owned()]))
        .collect()
}

#[test]
fn shape_and_rule_faults_come_together() {
    let body = json!({
        "name": "x", "email": 7, "kind": "secret", "id": "secret", "extra": 1, "note": 5,
        "lines": [
            {"count": 0, "code": 2, "price": {"cents": 1}},
            {"count": "many", "code": 1},
            {"count": 1, "code": 3, "price": {"cents": -1}},
        ],
    });
    let mut found = gathered(&body);
    found.sort();
    let mut all = expected(&[
        ("name", "length"),
        ("email", "type"),
        ("kind", "enum"),
        ("id", "type"),
        ("extra", "unknown"),
        ("note", "type"),
        ("lines[0].count", "range"),
        ("lines[0].code", "odd"),
        ("lines[1].count", "type"),
        ("lines[1].price", "required"),
        ("lines[2].price.cents", "type"),
    ]);
    all.sort();
    assert_eq!(found, all);
}

#[test]
fn everything_missing_is_everything_named() {
    let mut found = gathered(&json!({}));
    found.sort();
    let all = ["email", "id", "kind", "lines", "name"].map(|name| (name, "required"));
    assert_eq!(found, expected(&all));
}

#[test]
fn a_field_given_twice_is_a_fault_beside_others() {
    let body = br#"{"count":1,"code":1,"code":2,"price":{"cents":-1}}"#;
    let faults = gather::<Line>(body).unwrap().into_vec();
    let found: Vec<_> = faults.iter().map(|fault| fault.property.as_str()).collect();
    assert_eq!(found, ["code", "price.cents"]);
    assert_eq!(faults[0].constraints["single"], "must be given once");
    assert_eq!(faults[0].constraints["odd"], "is not valid");
}

#[test]
fn a_whole_of_the_wrong_kind_is_one_fault() {
    assert_eq!(gathered(&json!([])), expected(&[("", "type")]));
    assert_eq!(gathered(&json!("x")), expected(&[("", "type")]));
}

#[test]
fn rules_of_several_fields_are_asked_only_of_a_body_that_fits() {
    let line = json!({"count": 1, "code": 1, "price": {"cents": 1}});
    let mut body = json!({
        "name": "Ada", "email": "ada@example.com", "kind": "gift", "id": Uuid::nil(), "lines": [line],
    });
    assert_eq!(gathered(&body), expected(&[("", "never")]));
    body["name"] = json!(7);
    assert_eq!(gathered(&body), expected(&[("name", "type")]));
}

#[test]
fn what_our_own_values_break_is_not_told() {
    #[derive(Debug, Deserialize, Validate)]
    #[serde(rename_all = "camelCase")]
    struct Renamed {
        #[validate(length(min = 2))]
        user_name: String,
        #[validate(email)]
        email: String,
    }
    let faults = gather::<Renamed>(br#"{"userName":7,"email":"x"}"#).unwrap();
    let found: Vec<_> = faults
        .into_vec()
        .into_iter()
        .map(|fault| fault.property)
        .collect();
    assert_eq!(found, ["userName", "email"]);
}

#[test]
fn two_names_for_one_field_are_a_fault_beside_others() {
    #[derive(Debug, Deserialize, Validate)]
    struct Aliased {
        #[serde(alias = "title")]
        #[expect(dead_code, reason = "only its shape matters")]
        name: String,
        #[expect(dead_code, reason = "only its shape matters")]
        count: u32,
    }
    assert_eq!(
        found::<Aliased>(r#"{"name":"a","title":"b","count":"x"}"#),
        expected(&[("name", "single"), ("count", "type")])
    );
}

#[test]
fn numbers_of_any_size_survive() {
    #[derive(Debug, Deserialize, Validate)]
    struct Wide {
        #[validate(range(min = 1))]
        small: u8,
        #[expect(dead_code, reason = "only its shape matters")]
        wide: u128,
        #[validate(range(max = 2.0))]
        float: f64,
    }
    let body = |float: &str, wide: &str| {
        format!(r#"{{"x":1e999,"float":{float},"small":0,"wide":{wide}}}"#)
    };
    let wide = u128::MAX.to_string();
    assert_eq!(
        found::<Wide>(&body("1e999", &wide)),
        expected(&[("float", "type"), ("small", "range")])
    );
    assert_eq!(
        found::<Wide>(&body("2.5", &format!("{wide}0"))),
        expected(&[("float", "range"), ("small", "range"), ("wide", "type")])
    );
}

#[test]
fn a_struct_is_no_list() {
    let faults = gather::<Line>(br#" [1, 1, {"cents": 1}]"#)
        .unwrap()
        .into_vec();
    assert_eq!(faults[0].constraints["type"], "expected an object");
    assert!(gather::<Line>(b"[1,").is_err());
    assert!(json::<Vec<Line>>(br#"[{"count":1,"code":1,"price":{"cents":1}}]"#, rules).is_ok());
}

#[test]
fn a_megabyte_of_faults_is_told_in_part() {
    #[derive(Debug, Deserialize, Validate)]
    struct Lines {
        #[validate(nested)]
        l: Vec<Short>,
    }
    #[derive(Debug, Deserialize, Validate)]
    struct Short {
        #[validate(range(min = 1))]
        c: u32,
    }
    let body = format!(r#"{{"l":[{}{{"c":0}}]}}"#, r#"{"c":0},"#.repeat(130_000));
    assert_eq!(
        gather::<Lines>(body.as_bytes()).unwrap().into_vec().len(),
        100
    );
}

#[test]
fn a_failure_is_bounded() {
    let lines: Vec<Value> = (0..500)
        .map(|_| json!({"count": "x", "code": 1, "price": {"cents": 1}}))
        .collect();
    let body = json!({"name": "Ada", "email": "ada@example.com", "kind": "gift", "id": Uuid::nil(), "lines": lines});
    let told = gathered(&body).len();
    assert!(told > 10 && told <= 100, "{told}");
    let large = json!({"name": "x".repeat(LARGEST), "email": 1, "kind": 1});
    assert_eq!(gathered(&large), expected(&[("email", "type")]));
}

#[test]
fn as_deep_as_serde_json_reads_and_no_deeper() {
    #[derive(Debug, Deserialize, Validate)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Any {
        a: Value,
        b: u8,
    }
    for depth in [125, 126, 127, 128, 200] {
        // The object itself is one level.
        let deep = format!("{}{}", "[".repeat(depth - 1), "]".repeat(depth - 1));
        let body = format!(r#"{{"a":{deep},"b":"x"}}"#);
        let is_read = serde_json::from_str::<Value>(&body).is_ok();
        assert_eq!(is_read, depth < 128);
        let faults = gather::<Any>(body.as_bytes());
        assert_eq!(faults.is_ok(), is_read, "{depth}");
        if let Ok(faults) = faults {
            assert_eq!(faults.into_vec()[0].property, "b");
        }
    }
}

#[test]
fn text_that_is_no_json_is_an_error() {
    for body in ["", "{", "nul", "{\"name\":5", "{} x"] {
        assert!(gather::<Order>(body.as_bytes()).is_err(), "{body}");
    }
    assert!(gather::<Order>("[".repeat(1_000).as_bytes()).is_err());
    assert!(gather::<Order>(b"{\"name\":\"\xff\"}").is_err());
}
