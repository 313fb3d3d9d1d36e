//! Rules: the names on the wire.

use std::collections::{BTreeMap, HashMap};

use super::*;

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "camelCase")]
#[validate(schema(function = "whole", skip_on_field_errors = false))]
struct Person {
    #[validate(length(min = 2))]
    first_name: String,
    #[serde(rename = "mail")]
    #[validate(email)]
    email: String,
    #[serde(rename = "a", alias = "years")]
    #[validate(range(min = 18))]
    age: u32,
    #[validate(required)]
    nick_name: Option<String>,
    #[serde(rename = "r")]
    #[validate(required)]
    reference: Option<u32>,
    #[serde(rename = "work")]
    #[validate(nested)]
    office: Option<Address>,
    #[serde(rename = "items")]
    #[validate(nested)]
    lines: Vec<Address>,
    #[validate(nested)]
    r#type: Option<Address>,
}

#[derive(Debug, Deserialize, Validate)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
struct Address {
    #[validate(length(min = 3))]
    street_name: String,
}

fn whole(person: &Person) -> Result<(), ValidationError> {
    if person.first_name == "Eve" {
        return Err(ValidationError::new("eve"));
    }
    Ok(())
}

fn check(changes: &Value, faults: &[(&str, &str)]) {
    let mut body = json!({
        "firstName": "Ada", "mail": "ada@example.com", "a": 36, "nickName": "a", "r": 1,
        "work": {"STREET-NAME": "aaa"}, "items": [], "type": null,
    });
    let fields = body.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value.as_str() {
            Some("absent") => fields.remove(name),
            _ => fields.insert(name.clone(), value.clone()),
        };
    }
    let mut found = found::<Person>(&body.to_string());
    let mut all = expected(faults);
    found.sort();
    all.sort();
    assert_eq!(found, all, "{body}");
}

fn street(name: &str) -> Value {
    json!({"STREET-NAME": name})
}

#[test]
fn rule_faults_have_the_names_on_the_wire() {
    check(&json!({"firstName": "x"}), &[("firstName", "length")]);
    check(&json!({"mail": "x"}), &[("mail", "email")]);
    // Their values alone would not tell them apart.
    check(
        &json!({"mail": "x", "firstName": "x", "nickName": "x"}),
        &[("mail", "email"), ("firstName", "length")],
    );
    check(&json!({"a": 5, "r": 5}), &[("a", "range")]);
    check(
        &json!({"a": "absent", "years": 5, "r": 5}),
        &[("years", "range")],
    );
    check(
        &json!({"work": street("x")}),
        &[("work.STREET-NAME", "length")],
    );
    check(
        &json!({"type": street("x")}),
        &[("type.STREET-NAME", "length")],
    );
    check(
        &json!({"type": street("x"), "work": street("x")}),
        &[
            ("type.STREET-NAME", "length"),
            ("work.STREET-NAME", "length"),
        ],
    );
    check(
        &json!({"items": [street("abc"), street("x"), street("x")]}),
        &[
            ("items[1].STREET-NAME", "length"),
            ("items[2].STREET-NAME", "length"),
        ],
    );
}

#[test]
fn fields_that_were_not_sent_have_them_too() {
    for value in [json!("absent"), json!(null)] {
        check(&json!({"nickName": value}), &[("nickName", "required")]);
        check(&json!({"r": value}), &[("r", "required")]);
    }
}

#[test]
fn rules_of_the_whole_are_told_of_the_whole() {
    check(&json!({"firstName": "Eve"}), &[("", "eve")]);
    check(
        &json!({"firstName": "Eve", "a": 5}),
        &[("", "eve"), ("a", "range")],
    );
    check(&json!({"firstName": "Eve", "a": "x"}), &[("a", "type")]);
}

#[test]
fn rules_and_shapes_come_together() {
    check(
        &json!({"mail": "x", "a": "x", "items": [street("x"), {}]}),
        &[
            ("mail", "email"),
            ("a", "type"),
            ("items[0].STREET-NAME", "length"),
            ("items[1].STREET-NAME", "required"),
        ],
    );
}

#[test]
fn a_flattened_struct_has_no_name() {
    #[derive(Debug, Deserialize, Validate)]
    struct Flat {
        #[validate(length(min = 2))]
        name: String,
        #[serde(flatten)]
        #[validate(nested)]
        home: Home,
        other: Option<Address>,
    }
    #[derive(Debug, Deserialize, Validate)]
    struct Home {
        #[serde(rename = "post-code")]
        #[validate(length(equal = 5))]
        zip: String,
        #[validate(range(max = 9))]
        floor: u32,
        #[validate(nested)]
        #[serde(default)]
        rooms: Vec<Address>,
    }
    let cases = [
        (
            json!({"name": "x", "post-code": "12345", "floor": 1}),
            vec![("name", "length")],
        ),
        (
            json!({"name": "xx", "post-code": "1", "floor": 10}),
            vec![("floor", "range"), ("post-code", "length")],
        ),
        (
            json!({"name": "xx", "post-code": "1", "floor": "x", "other": street("x")}),
            vec![("floor", "type"), ("post-code", "length")],
        ),
        (
            json!({"name": "xx", "post-code": "12345", "floor": 1, "rooms": [street("x")]}),
            vec![("rooms[0].STREET-NAME", "length")],
        ),
    ];
    for (body, faults) in cases {
        let mut found = found::<Flat>(&body.to_string());
        found.sort();
        assert_eq!(found, expected(&faults), "{body}");
    }
    let home = Flat {
        name: String::new(),
        home: Home {
            zip: String::new(),
            floor: 0,
            rooms: Vec::new(),
        },
        other: None,
    };
    assert!(home.validate().is_err() && home.other.is_none());
}

#[test]
fn swapped_names_are_told_apart_by_their_values() {
    #[derive(Debug, Deserialize, Validate)]
    struct Swapped {
        #[serde(rename = "b")]
        #[validate(length(min = 2))]
        a: String,
        #[serde(rename = "a")]
        #[validate(length(max = 2))]
        b: String,
    }
    let faults = found::<Swapped>(r#"{"a":"long","b":"s"}"#);
    assert_eq!(faults, expected(&[("a", "length"), ("b", "length")]));
}

#[test]
fn entries_of_maps_have_their_keys() {
    #[derive(Debug, Deserialize)]
    struct Maps {
        hashed: HashMap<String, Address>,
        sorted: BTreeMap<String, Address>,
    }
    // As the derive does for `nested`.
    impl Validate for Maps {
        fn validate(&self) -> Result<(), validator::ValidationErrors> {
            let mut errors = validator::ValidationErrors::new();
            errors.merge_self("hashed", (&self.hashed).validate());
            errors.merge_self("sorted", (&self.sorted).validate());
            if errors.is_empty() {
                Ok(())
            } else {
                Err(errors)
            }
        }
    }
    let map = json!({"d": street("x"), "c": street("abc"), "b": street("x"), "a": street("y")});
    let mut found = found::<Maps>(&json!({"hashed": map, "sorted": map}).to_string());
    found.sort();
    let all = ["hashed", "sorted"]
        .iter()
        .flat_map(|map| ["a", "b", "d"].map(|key| format!("{map}.{key}.STREET-NAME")));
    let all: Vec<_> = all.map(|name| (name, vec!["length".to_owned()])).collect();
    assert_eq!(found, all);
}

#[test]
fn rules_that_compare_are_dropped_only_beside_values_of_ours() {
    #[derive(Debug, Deserialize, Validate)]
    struct Pair {
        #[validate(nested)]
        one: Passwords,
        #[validate(nested)]
        two: Passwords,
    }
    #[derive(Debug, Deserialize, Validate)]
    struct Passwords {
        #[validate(must_match(other = "again"))]
        password: String,
        again: String,
    }
    let body =
        r#"{"one":{"password":"secret","again":7},"two":{"password":"secret","again":"bb"}}"#;
    let faults = gather::<Pair>(body.as_bytes()).unwrap().into_vec();
    let told = serde_json::to_string(&faults).unwrap();
    assert!(!told.contains("secret") && !told.contains("bb"), "{told}");
    let found: Vec<_> = faults.into_iter().map(|fault| fault.property).collect();
    assert_eq!(found, ["one.again", "two.password"]);
}

#[test]
fn items_of_a_list_at_the_top_have_indices() {
    let faults = found::<Vec<Address>>(r#"[{"STREET-NAME":"abc"},{"STREET-NAME":"x"},{}]"#);
    let all = [
        ("[1].STREET-NAME", "length"),
        ("[2].STREET-NAME", "required"),
    ];
    assert_eq!(faults, expected(&all));
}

#[test]
fn what_is_nowhere_keeps_the_name_of_rust() {
    #[derive(Debug, Deserialize, Validate)]
    struct Skipped {
        #[serde(skip)]
        #[validate(length(min = 1))]
        never_sent: String,
    }
    assert_eq!(
        found::<Skipped>("{}"),
        expected(&[("never_sent", "length")])
    );
}

#[test]
fn rules_of_a_nested_struct_are_told_of_it() {
    #[derive(Debug, Deserialize, Validate)]
    struct Trip {
        #[validate(nested)]
        #[serde(rename = "legs")]
        parts: Vec<Leg>,
        #[validate(length(min = 1))]
        name: String,
    }
    #[derive(Debug, Deserialize, Validate)]
    #[validate(schema(function = "ordered"))]
    struct Leg {
        #[serde(rename = "start")]
        from: u32,
        to: u32,
        kind: Kind,
    }
    fn ordered(leg: &Leg) -> Result<(), ValidationError> {
        let _ = &leg.kind;
        if leg.from < leg.to {
            return Ok(());
        }
        Err(ValidationError::new("ordered"))
    }
    let leg = |from: u32, kind: &str| json!({"start": from, "to": 2, "kind": kind});
    let legs = json!([leg(1, "gift"), leg(3, "sale"), leg(3, "x")]);
    let body = format!(r#"{{"name":"","legs":{legs}}}"#);
    // What is said of the last one may be about the kind that we chose.
    let all = [
        ("name", "length"),
        ("legs[1]", "ordered"),
        ("legs[2].kind", "enum"),
    ];
    assert_eq!(found::<Trip>(&body), expected(&all));
}
