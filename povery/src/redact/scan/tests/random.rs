//! Secrets in random wrappings, and texts of random bytes.

use fastrand::Rng;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::*;

const NAMES: [&str; 16] = [
    "password",
    "db_password",
    "clientSecret",
    "client-secret",
    "api_key",
    "X-Api-Key",
    "accessToken",
    "id_token",
    "Authorization",
    "cookie",
    "SecretAccessKey",
    "private_key",
    "X-Amz-Signature",
    "sessionId",
    "credentials",
    "PASSPHRASE",
];
const OTHERS: [&str; 8] = [
    "user",
    "id",
    "email",
    "x-request-id",
    "n",
    "city",
    "a",
    "roles",
];

fn pick<'t>(random: &mut Rng, texts: &[&'t str]) -> &'t str {
    texts[random.usize(..texts.len())]
}

/// Text that has the canary in it, with whatever else a secret has.
fn secret(random: &mut Rng) -> String {
    let odd = [
        "", "x", "7", "\"", "\\", "'", "{", "]", "&", "=", " ", ",", ";", "%", "é", "/", "@", ":",
        "+", "\n",
    ];
    let mut text = String::new();
    for _ in 0..random.usize(0..4) {
        text.push_str(pick(random, &odd));
    }
    text.push_str(CANARY);
    for _ in 0..random.usize(0..4) {
        text.push_str(pick(random, &odd));
    }
    text
}

/// A name, some of whose letters are written as numbers.
fn coded(random: &mut Rng, name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        match random.u8(..6) {
            0 if letter.is_ascii_alphabetic() => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)))
            }
            _ => out.push(letter),
        }
    }
    out
}

/// The secret under a name, in one of the forms that keep any character.
fn named(random: &mut Rng) -> String {
    let (name, secret) = (pick(random, &NAMES), secret(random));
    let json = serde_json::to_string(&secret).unwrap();
    match random.u8(..7) {
        0 => format!("\"{name}\":{json}"),
        1 => format!("\"{}\": {json}", coded(random, name)),
        2 => format!("\"{name}\" : [1,{json}]"),
        3 => format!("\"{name}\":{{\"a\":{{\"b\":{json}}}}}"),
        4 => format!("\"name\":\"{name}\",\"value\":{json}"),
        5 => format!("\"{}\":[[\"{name}\",{json}]]", pick(random, &OTHERS)),
        _ => format!(
            "\"{}\":[[1,[\"x\",{{\"{name}\":{json}}}]]]",
            pick(random, &OTHERS)
        ),
    }
}

/// A query or a header with it.
fn plain(random: &mut Rng) -> String {
    let (name, secret) = (pick(random, &NAMES), secret(random));
    let encoded = utf8_percent_encode(&secret, NON_ALPHANUMERIC).to_string();
    let (before, after) = (pick(random, &OTHERS), pick(random, &OTHERS));
    match random.u8(..5) {
        0 => format!("/p?{before}=1&{name}={encoded}&{after}=2"),
        1 => format!("{name}={encoded}"),
        2 => format!(
            "{before}: 1\r\n{name}: {}\r\n{after}: 2",
            secret.replace(['\n', ',', ';', '&', '"', '\''], "")
        ),
        3 => format!("postgres://app:{encoded}@db.internal:5432/{before}?{after}=1"),
        _ => format!("{{{name:?}: {secret:?}, {after:?}: 1}}"),
    }
}

fn wrapped(random: &mut Rng) -> String {
    let mut text = match random.bool() {
        true => {
            let (named, name) = (named(random), pick(random, &OTHERS));
            match random.u8(..3) {
                0 => format!("{{{named}}}"),
                1 => format!("{{\"{name}\":1,{named},\"{name}\":\"x\"}}"),
                _ => format!("[{{\"{name}\":\"x\"}},{{{named}}}]"),
            }
        }
        false => plain(random),
    };
    for _ in 0..random.usize(0..4) {
        let name = pick(random, &OTHERS);
        text = match random.u8(..6) {
            0 | 1 => format!("{{\"{name}\":{}}}", serde_json::to_string(&text).unwrap()),
            2 => format!("Failed: {text:?}, {name}: 1"),
            3 => format!(
                "/p?{name}={}&x=1",
                utf8_percent_encode(&text, NON_ALPHANUMERIC)
            ),
            // As .NET writes it.
            4 => format!("{{\"{name}\":{}}}", serde_json::to_string(&text).unwrap())
                .replace("\\\"", "\\u0022"),
            _ => format!("could not read {text}"),
        };
    }
    text
}

#[test]
fn no_wrapping_brings_a_secret_out() {
    let mut random = Rng::with_seed(6);
    for number in 0..100_000 {
        let text = wrapped(&mut random);
        let out = scanned(&text);
        assert!(!out.contains(CANARY), "{number}: {text}\n{out}");
    }
}

#[test]
fn no_bytes_make_it_panic() {
    let mut random = Rng::with_seed(7);
    let parts: Vec<String> = secrets().chain(benign()).collect();
    for _ in 0..20_000 {
        let mut bytes = Vec::new();
        for _ in 0..random.usize(1..4) {
            let part = parts[random.usize(..parts.len())].as_bytes();
            let start = random.usize(..part.len());
            bytes.extend_from_slice(&part[start..random.usize(start..=part.len())]);
            bytes.push(random.u8(..));
        }
        scanned(&String::from_utf8_lossy(&bytes));
    }
}
