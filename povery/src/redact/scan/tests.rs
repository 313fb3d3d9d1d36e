use super::*;
use crate::redact::names;

mod random;

const CANARY: &str = "canary";

/// The lines of a table of texts.
fn texts(table: &'static str) -> impl Iterator<Item = String> {
    let lines = table
        .lines()
        .filter(|line| !line.starts_with("# ") && !line.is_empty());
    lines.map(|line| line.replace("~n", "\n").replace("~r", "\r"))
}

/// Texts with a secret that has the word `canary` in it, of which nothing may be left.
pub(crate) fn secrets() -> impl Iterator<Item = String> {
    texts(include_str!("tests/secrets.txt"))
}

/// Texts that have none.
pub(crate) fn benign() -> impl Iterator<Item = String> {
    texts(include_str!("tests/benign.txt"))
}

fn scanned(text: &str) -> String {
    let mut out = String::new();
    scan(text, names(), &mut out);
    out
}

/// Also where base64 has it.
fn leaks(text: &str) -> bool {
    ["canary", "canär", "Y2FuYXJ5", "jYW5hcnk"]
        .iter()
        .any(|part| text.contains(part))
}

#[test]
fn no_secret_is_left() {
    let leaking: Vec<_> = secrets()
        .map(|text| (scanned(&text), text))
        .filter(|(scanned, _)| leaks(scanned) || !scanned.contains(REDACTED))
        .collect();
    assert!(leaking.is_empty(), "{leaking:#?}");
    let count = secrets().count();
    assert!(count >= 200, "{count}");
}

/// As `Debug` and JSON write it, too.
#[test]
fn nor_is_one_in_quotation_marks() {
    let leaking: Vec<_> = secrets()
        .flat_map(|text| {
            [
                format!("{text:?}"),
                format!("failed: {text:?}, a: 1"),
                serde_json::json!([text]).to_string(),
            ]
        })
        .map(|text| (scanned(&text), text))
        .filter(|(scanned, _)| leaks(scanned))
        .collect();
    assert!(leaking.is_empty(), "{leaking:#?}");
}

#[test]
fn the_rest_is_as_it_was() {
    let changed: Vec<_> = benign()
        .map(|text| (scanned(&text), text))
        .filter(|(scanned, text)| scanned != text)
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
    let count = benign().count();
    assert!(count >= 60, "{count}");
}

/// A secret cut off anywhere, once its name is there, does not come out.
#[test]
fn nor_is_one_of_a_text_that_is_cut_off() {
    // Before its `@` is read, a user is a host, and a password of digits a port.
    let ports = ["https://canary", "p@canary", "u:12/canary"];
    // Nor is what stands behind a space the rest of a password.
    let spaces = ["u:p canary"];
    // And before its name is there a value is any.
    let values = [
        r#"{"Value":"canary"#,
        r#"{"value": "canary"#,
        r#"{\"Value\":\"canary"#,
    ];
    // And what is a word reads as one of a sentence.
    let words = [
        "API key: canary-1",
        "private key: canary1",
        "secret: canary_1",
        "token: canary-123",
    ];
    let unclear = [&ports[..], &spaces, &values, &words].concat();
    let is_clear = |text: &String| !unclear.iter().any(|part| text.contains(part));
    for text in secrets().filter(is_clear) {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            let cut = scanned(&text[..end]);
            assert!(
                !cut.contains(CANARY),
                "{text} cut to {}: {cut}",
                &text[..end]
            );
        }
    }
}

#[test]
fn what_is_around_a_secret_stays() {
    for (text, expected) in [
        (
            r#"{"a":1,"password":"canary","b":2}"#,
            r#"{"a":1,"password":"[redacted]","b":2}"#,
        ),
        (
            r#"{"a":"{\"pin\":1234,\"b\":2}"}"#,
            r#"{"a":"{\"pin\":\"[redacted]\",\"b\":2}"}"#,
        ),
        (
            r#"{"password":{"x":["canary"]},"b":2}"#,
            r#"{"password":"[redacted]","b":2}"#,
        ),
        ("/p?token=canary&limit=1", "/p?token=[redacted]&limit=1"),
        (
            "/p?n=%2Fa%3Ftoken%3Dcanary%26b%3D1&x=1",
            "/p?n=%2Fa%3Ftoken%3D[redacted]%26b%3D1&x=1",
        ),
        (
            "postgres://app:canary@h:5432/d?a=b",
            "postgres://app:[redacted]@h:5432/d?a=b",
        ),
        (
            "Cookie: a=1; b=canary\nHost: h",
            "Cookie: [redacted]\nHost: h",
        ),
        (
            "host=h password=canary dbname=d",
            "host=h password=[redacted] dbname=d",
        ),
        (
            "host=h password='canary' dbname=d",
            "host=h password='[redacted]' dbname=d",
        ),
        (
            r#"Login { user: "a", password: "canary" }"#,
            r#"Login { user: "a", password: "[redacted]" }"#,
        ),
        (
            "Login { pin: 1234, user: 1 }",
            "Login { pin: [redacted], user: 1 }",
        ),
        ("sent Bearer canary1 to h", "sent Bearer [redacted] to h"),
        (
            r#"[("cookie", "canary"), ("host", "h")]"#,
            r#"[("cookie", "[redacted]"), ("host", "h")]"#,
        ),
        (
            "<password>canary</password>",
            "<password>[redacted]</password>",
        ),
        (
            r#""https://h/?sig=canary", 1"#,
            r#""https://h/?sig=[redacted]", 1"#,
        ),
    ] {
        assert_eq!(scanned(text), expected);
    }
}

#[test]
fn what_was_scanned_does_not_change() {
    for text in secrets() {
        let once = scanned(&text);
        let twice = scanned(&once);
        assert!(
            twice.len() <= once.len() && !leaks(&twice),
            "{once} -> {twice}"
        );
    }
}

/// Time in proportion to the text, whatever it is; measured by the thread's clock, which other programs do not move.
#[test]
fn it_is_read_in_one_pass() {
    let parts = [
        "a",
        "\"",
        "\\",
        "{",
        "[",
        "(",
        "'",
        "=",
        ":",
        "://",
        "a://b:",
        "a://@",
        "%",
        "%25",
        "%22",
        "token=",
        "token:",
        "\"token\":",
        "[\"token\",",
        "[\"token\",\"",
        "(\"token\",",
        "Bearer ",
        "Basic ",
        "eyJ.",
        "-----BEGIN PRIVATE KEY",
        "<token>",
        ",",
        ", a",
        "\\\"",
        "\\u0022",
        "token: a ",
        "\n",
        "\r\n\r\n",
        "name=\"token\"",
        "password '",
        "--token ",
        "token=&",
        "token={",
        "x token: ",
        "]}",
        "a=b;",
        "+",
        "%20",
        "x Basic +",
        "--token+",
        "negotiate%20",
        "token=a,",
        "{\"pin\":1234},",
        "token: |,",
        "token: >a,",
        "[\"a\",`a",
        "[\"token\",%5C",
        "-----BEGIN éaaa ",
        "-----END",
        "a:%2F%2F[",
        "\r",
        "\"token\":\r,",
        "x%20token:null,",
        "`token`:a\n",
        "Key (token",
        "Key (token)=(",
        "<token> ",
        "<token>a<",
        "a://b:c'",
        "a://b:c d",
        "a://b:1/?c=",
        "\"--token\",",
        "\"--token\" ",
        "token:\n- a\n",
        "\"value\":\"",
        "\"value\":\"a\",\"name\":",
        "\"a b\":",
        "token[0",
        "token:\n  a\n",
        "authorization=a ",
        "--",
    ];
    // What must stand before another.
    let begun = [
        ("/Basic", "+"),
        ("/Basic", "%20"),
        ("a://b:", "[\"a\",`a"),
        ("-- ", "[\"token\",%5C"),
        ("form-data; name=\"token\"", "\r"),
        ("form-data; name=\"token\"", "\\r"),
        ("1:%2F%2F[", "1:%2F%2F["),
    ];
    let time = |text: &str| {
        let clock = || rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        let (start, _) = (clock(), scanned(text));
        let end = clock();
        (end.tv_sec - start.tv_sec) * 1_000_000 + (end.tv_nsec - start.tv_nsec) / 1_000
    };
    for part in parts {
        let text = part.repeat(400_000 / part.len());
        let took = time(&text);
        assert!(took < 3_000_000, "{part}: {took} us");
    }
    for (start, part) in begun {
        let text = [start, &part.repeat(400_000 / part.len())].concat();
        let took = time(&text);
        assert!(took < 3_000_000, "{start}{part}: {took} us");
    }
    for pair in parts.windows(2) {
        let text = pair.concat().repeat(10_000);
        let took = time(&text);
        assert!(took < 3_000_000, "{pair:?}: {took} us");
    }
}
