//! The one password of the suite, and the search for it in all that a function says.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use povery_tests::base64;

/// Has what changes in a URL and in JSON, and is found in nothing else.
pub(crate) const PASSWORD: &str = "cAn4ry/\"p@ss+w0rd\\%";

/// The forms in which it could get out.
fn forms() -> Vec<String> {
    let json = serde_json::to_string(PASSWORD).expect("it is text");
    let json = json.trim_matches('"').to_owned();
    let rust = format!("{PASSWORD:?}").trim_matches('"').to_owned();
    let url = utf8_percent_encode(PASSWORD, NON_ALPHANUMERIC).to_string();
    let lenient: String = form_urlencoded::byte_serialize(PASSWORD.as_bytes()).collect();
    // In base64 it looks otherwise after one and after two bytes; what its neighbours change is left out.
    let encoded = (0..3).map(|before| {
        let bytes = [&b"xx"[..before], PASSWORD.as_bytes()].concat();
        let text = base64::encode(&bytes);
        let first = [0, 2, 3][before];
        text[first..text.len() - 4].to_owned()
    });
    let bytes = format!("{:?}", PASSWORD.as_bytes());
    let bytes = bytes.trim_matches(['[', ']']).to_owned();
    let mut forms = vec![PASSWORD.to_owned(), json, rust, url, lenient, bytes];
    forms.extend(encoded);
    forms
}

/// Every part of the password that is long enough to be told from chance. The first is one of the AWS credentials that a
/// function has for its secret, too.
const PARTS: [&str; 2] = ["cAn4ry", "ss+w0rd"];

/// Panics if the password is in what was said; `what` is what messages call it.
#[track_caller]
pub(crate) fn search(what: &str, said: &str) {
    let mut forms = forms();
    forms.extend(PARTS.map(str::to_owned));
    for form in forms {
        if let Some(at) = said.find(&form) {
            let start = said[..at].rfind('\n').map_or(0, |line| line + 1);
            let line = said[start..].lines().next().unwrap_or_default();
            panic!("a secret is in {what}: {line}");
        }
    }
}

#[test]
fn the_password_is_found_in_every_form() {
    let key = PASSWORD;
    let wrapped = |bytes: &[u8]| base64::encode(bytes);
    for said in [
        format!("login {key}"),
        format!("{:?}", Some(key)),
        serde_json::json!({"password": key}).to_string(),
        format!(
            "postgres://u:{}@h",
            utf8_percent_encode(key, NON_ALPHANUMERIC)
        ),
        format!("{:?}", format!(">{key}<").as_bytes()),
        wrapped(format!("{key}yz").as_bytes()),
        wrapped(format!("a{key}z").as_bytes()),
        wrapped(format!("ab{key}").as_bytes()),
        wrapped(format!("user:{key}").as_bytes()),
        "part cAn4ry".to_owned(),
    ] {
        let found = std::panic::catch_unwind(|| search("a log", &said));
        assert!(found.is_err(), "not found in {said}");
    }
    search("a log", "nothing\nof it");
}
