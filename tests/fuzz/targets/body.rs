//! Bodies: base64, JSON and rules. A handler runs exactly where serde and the rules agree to, and no
//! refusal repeats a value.
#![no_main]

use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use libfuzzer_sys::fuzz_target;
use povery::App;
use povery::prelude::Validate;
use povery_fuzz::answer::Answer;
use povery_fuzz::gateway::{Origin, Sent};
use povery_fuzz::invoke;
use povery_tests_specimen::Order;
use serde_json::Value;

static APP: LazyLock<App> = LazyLock::new(povery_tests_specimen::app);

/// Stands in values, never in names: no answer may have it.
const SECRET: &str = "s3cr3t";

/// What the members of an order are called, and are not.
const NAMES: [&str; 24] = [
    "orderId",
    "customerName",
    "email",
    "kind",
    "lines",
    "labels",
    "payment",
    "width",
    "height",
    "sku",
    "count",
    "price",
    "by",
    "last4",
    "year",
    "days",
    "order_id",
    "CustomerName",
    "",
    "a.b",
    "x[0]",
    "\\u0000",
    "\\ud83d\\ude00",
    "kind ",
];

/// JSON texts of values that mean something to one of them.
const VALUES: [&str; 36] = [
    "null",
    "true",
    "0",
    "1",
    "-1",
    "3",
    "255",
    "65536",
    "4294967295",
    "4294967296",
    "-0",
    "0.5",
    "1e2",
    "1e400",
    "-1e-400",
    "18446744073709551616",
    "\"\"",
    "\"ab\"",
    "\"s3cr3t\"",
    "\"s3cr3t@example\"",
    "\"a@example.com\"",
    "\"small\"",
    "\"very_large\"",
    "\"Small\"",
    "\"card\"",
    "\"invoice\"",
    "\"cash\"",
    "\"abc\"",
    "\"4242\"",
    "\"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "{}",
    "[]",
    "[{\"sku\":\"abc\",\"count\":1}]",
    "{\"by\":\"card\",\"last4\":\"4242\",\"year\":2030}",
];

/// An order in which nothing is wrong.
const SOUND: [(&str, &str); 7] = [
    ("customerName", "\"Ada Lovelace\""),
    ("email", "\"ada@example.com\""),
    ("kind", "\"small\""),
    (
        "lines",
        "[{\"sku\":\"abc\",\"count\":1,\"price\":1.5},{\"sku\":\"def\",\"count\":2}]",
    ),
    ("payment", "{\"by\":\"invoice\",\"days\":14}"),
    ("width", "3"),
    ("height", "4"),
];

fn value(u: &mut Unstructured<'_>, depth: usize, text: &mut String) -> Result<()> {
    match u.int_in_range(0..=7)? {
        0 if depth > 0 => {
            text.push('[');
            for number in 0..u.int_in_range(0..=3)? {
                text.push_str(if number == 0 { "" } else { "," });
                value(u, depth - 1, text)?;
            }
            text.push(']');
        }
        1 if depth > 0 => {
            text.push('{');
            for number in 0..u.int_in_range(0..=3)? {
                text.push_str(if number == 0 { "" } else { "," });
                member(u, depth - 1, text)?;
            }
            text.push('}');
        }
        2 => {
            // As text, of which serde_json escapes what it has to.
            let any = u.arbitrary::<&str>()?;
            text.push_str(&Value::from(any).to_string());
        }
        3 => text.push_str(&u.arbitrary::<i64>()?.to_string()),
        _ => text.push_str(u.choose(&VALUES)?),
    }
    Ok(())
}

fn member(u: &mut Unstructured<'_>, depth: usize, text: &mut String) -> Result<()> {
    text.push('"');
    text.push_str(u.choose(&NAMES)?);
    text.push_str("\":");
    value(u, depth, text)
}

/// An order of which some members are replaced, left out, doubled or joined by others.
fn order(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = "{".to_owned();
    for (name, sound) in SOUND {
        let comma = if text.len() > 1 { "," } else { "" };
        match u.int_in_range(0..=9)? {
            0 => continue,
            1 => {
                text.push_str(&format!("{comma}\"{name}\":"));
                value(u, 3, &mut text)?;
            }
            2 => {
                text.push_str(&format!("{comma}\"{name}\":{sound},"));
                member(u, 3, &mut text)?;
            }
            _ => text.push_str(&format!("{comma}\"{name}\":{sound}")),
        }
    }
    text.push('}');
    Ok(text)
}

fn answer(sent: &Sent<'_>, origin: Origin) -> Answer {
    match invoke(&APP, &sent.event(origin)) {
        Ok(bytes) => Answer::read(&bytes),
        Err(error) => panic!("{error:?}"),
    }
}

/// Whether the order is one that a handler may see.
fn is_sound(body: &[u8]) -> bool {
    serde_json::from_slice::<Order>(body).is_ok_and(|order| order.validate().is_ok())
}

/// Puts an order to the application; it takes the same view of it as serde and the rules.
fn put_order(body: &[u8], origin: Origin, as_base64: bool) {
    let encoded;
    let mut sent = Sent::new("POST", "/orders");
    sent.headers = vec![("content-type", "application/json")];
    sent.is_base64 = as_base64;
    sent.body = match std::str::from_utf8(body) {
        Ok(text) if !as_base64 => text,
        _ => {
            sent.is_base64 = true;
            encoded = BASE64_STANDARD.encode(body);
            &encoded
        }
    };
    let answer = answer(&sent, origin);
    assert_eq!(answer.status == 201, is_sound(body), "{answer:?}");
    if answer.status == 201 {
        let back: Order = serde_json::from_slice(&answer.body).expect("an order");
        let sent: Order = serde_json::from_slice(body).expect("an order");
        assert_eq!(back, sent);
        return;
    }
    assert_eq!(answer.status, 400, "{answer:?}");
    let refusal = answer.refusal();
    let names: String = refusal
        .error_data
        .iter()
        .map(|fault| &*fault.property)
        .collect();
    // A name is told, and may be any text.
    if !names.contains(SECRET) {
        let text = String::from_utf8_lossy(&answer.body);
        assert!(!text.contains(SECRET), "{text}");
    }
    let is_json = serde_json::from_slice::<Value>(body).is_ok();
    match &*refusal.error_code {
        "MALFORMED_JSON" => assert!(!is_json, "this is JSON"),
        code => assert_eq!(code, "VALIDATION_FAILED"),
    }
}

const PATHS: [&str; 6] = [
    "/any",
    "/orders",
    "/contacts",
    "/multipart",
    "/bytes",
    "/text",
];

const TYPES: [&str; 10] = [
    "application/json",
    "application/json; charset=utf-8",
    "application/problem+json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data; boundary=\"",
    "multipart/form-data",
    "text/plain",
    "text/plain; charset=latin1",
    ";",
];

/// Any text as the body of any route, as base64 or not.
fn put_anything(data: &[u8]) {
    let Some((&[path, media_type, how, origin], text)) = data.split_first_chunk::<4>() else {
        return;
    };
    let path = PATHS[usize::from(path) % PATHS.len()];
    let mut sent = Sent::new(if path == "/any" { "PUT" } else { "POST" }, path);
    let encoded;
    (sent.body, sent.is_base64) = match (std::str::from_utf8(text), how % 3) {
        (Ok(text), 0) => (text, false),
        // Most likely no base64.
        (Ok(text), 1) => (text, true),
        _ => {
            encoded = BASE64_STANDARD.encode(text);
            (&*encoded, true)
        }
    };
    sent.headers = match TYPES.get(usize::from(media_type) % (TYPES.len() + 1)) {
        Some(media_type) => vec![("content-type", *media_type)],
        None => Vec::new(),
    };
    let answer = answer(&sent, Origin::of(origin));
    assert!(answer.status < 500, "{answer:?}");
    if answer.status >= 400 {
        let refusal = answer.refusal();
        let told: String = refusal
            .error_data
            .iter()
            .map(|fault| &*fault.property)
            .collect();
        let shown = String::from_utf8_lossy(&answer.body);
        assert!(told.contains(SECRET) || !shown.contains(SECRET), "{shown}");
    } else if path == "/bytes" {
        let body = match sent.is_base64 {
            true => BASE64_STANDARD.decode(sent.body).expect("it was accepted"),
            false => sent.body.as_bytes().to_vec(),
        };
        assert_eq!(answer.body, body);
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((mode, rest)) = data.split_first() else {
        return;
    };
    let origin = Origin::of(mode / 4);
    match mode % 4 {
        // Written by a grammar, so that it is nearly always JSON.
        0 | 1 => {
            if let Ok(body) = order(&mut Unstructured::new(rest)) {
                put_order(body.as_bytes(), origin, mode % 4 == 1);
            }
        }
        2 => put_order(rest, origin, false),
        _ => put_anything(rest),
    }
});
