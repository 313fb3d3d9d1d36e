//! The sentences, and the constraint that they stand for.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU8;

use super::*;

fn told<T: DeserializeOwned + Validate>(body: &str) -> Vec<(String, String, String)> {
    let faults = gather::<T>(body.as_bytes()).unwrap().into_vec();
    faults
        .into_iter()
        .flat_map(|fault| {
            let property = fault.property;
            fault
                .constraints
                .into_iter()
                .map(move |(name, message)| (property.clone(), name, message))
        })
        .collect()
}

fn check<T: DeserializeOwned + Validate>(body: &str, faults: &[(&str, &str, &str)]) {
    let told = told::<T>(body);
    let told: Vec<_> = told
        .iter()
        .map(|(property, name, message)| (property.as_str(), name.as_str(), message.as_str()))
        .collect();
    assert_eq!(told, faults, "{body}");
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Wide {
    a: u128,
    b: i8,
    c: i128,
    #[validate(length(min = 2))]
    name: String,
}

const U128: &str = "expected an integer from 0 to 340282366920938463463374607431768211455";

#[test]
fn integers_of_128_bits_are_told_of_as_others() {
    let rest = [
        ("b", "type", "expected an integer from -128 to 127"),
        ("name", "length", "must be at least 2 characters long"),
    ];
    for a in ["1.5", "-1", "1e3", r#""x""#, "[]"] {
        let body = format!(r#"{{"c":1,"a":{a},"b":"x","name":"a"}}"#);
        check::<Wide>(&body, &[("a", "type", U128), rest[0], rest[1]]);
    }
    let body = r#"{"b":1,"c":2.5,"a":0.5,"name":"aa"}"#;
    let found: Vec<_> = told::<Wide>(body).into_iter().map(|(at, ..)| at).collect();
    assert_eq!(found, ["c", "a"]);
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Plain {
    id: Uuid,
    address: Option<IpAddr>,
    three: [u8; 3],
    some: NonZeroU8,
    ids: Vec<Uuid>,
}

#[derive(Debug, Deserialize, Validate)]
#[expect(dead_code, reason = "only its shape matters")]
struct Flat {
    #[serde(flatten)]
    plain: Plain,
}

#[test]
fn a_type_is_told_of_in_its_own_words() {
    let uuid = Uuid::nil();
    let expected = "expected a UUID";
    for (id, address, three, some, item) in [
        (r#""x""#, r#""x""#, "[1,2,3,4]", "0", r#""x""#),
        ("[]", "5", "[1,2]", "256", "7"),
        ("7", "[]", r#""x""#, r#""x""#, "[]"),
    ] {
        let body = format!(
            r#"{{"id":{id},"address":{address},"three":{three},"some":{some},"ids":["{uuid}",{item}]}}"#
        );
        check::<Plain>(
            &body,
            &[
                ("id", "type", expected),
                ("address", "type", "expected an IP address"),
                ("three", "type", "expected a list of 3 items"),
                ("some", "type", "expected an integer from 1 to 255"),
                ("ids[1]", "type", expected),
            ],
        );
    }
    for id in [r#""x""#, "[]", "7", "{}"] {
        let body = format!(r#"{{"id":{id},"three":[1,2,3],"some":1,"ids":[]}}"#);
        check::<Flat>(&body, &[("id", "type", expected)]);
        check::<Plain>(&body, &[("id", "type", expected)]);
    }
}

#[test]
fn keys_that_could_be_steps_are_quoted() {
    #[derive(Debug, Deserialize, Validate)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Prices {
        m: HashMap<String, Price>,
    }
    let body =
        r#"{"m":{"a.b":{"cents":""},"":{"cents":""},"x[0]":{"cents":""},"a\"":{"cents":""}}}"#;
    let found: Vec<_> = told::<Prices>(body)
        .into_iter()
        .map(|(at, ..)| at)
        .collect();
    assert_eq!(
        found,
        [
            r#"m["a.b"].cents"#,
            r#"m[""].cents"#,
            r#"m["x[0]"].cents"#,
            r#"m.a".cents"#,
        ]
    );
}
