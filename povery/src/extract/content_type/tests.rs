use http::HeaderValue;
use http::header::CONTENT_TYPE;

use super::*;

fn content(values: &[&str]) -> Content {
    let line = |value: &&str| (CONTENT_TYPE, HeaderValue::from_str(value).unwrap());
    Content::of(&values.iter().map(line).collect())
}

fn read(value: &str) -> Option<(String, Option<String>, Option<String>)> {
    let text = |value: Option<Cow<'_, [u8]>>| {
        value.map(|value| String::from_utf8(value.into_owned()).unwrap())
    };
    let read = parse::content_type(value.as_bytes())?;
    Some((
        read.essence.to_owned(),
        text(read.charset),
        text(read.boundary),
    ))
}

#[test]
fn what_the_grammar_allows_is_read() {
    for (value, essence, charset, boundary) in [
        ("application/json", "application/json", None, None),
        (" a/b\t", "a/b", None, None),
        ("A/B; x=y", "A/B", None, None),
        ("a/b;charset=UTF-8", "a/b", Some("UTF-8"), None),
        ("a/b ;\t CharSet=\"utf-8\" ", "a/b", Some("utf-8"), None),
        (r#"a/b; charset="u\tf-8""#, "a/b", Some("utf-8"), None),
        ("a/b;", "a/b", None, None),
        ("a/b ; ; charset=x;", "a/b", Some("x"), None),
        (
            r#"a/b; x="\"; charset=z"; charset=y"#,
            "a/b",
            Some("y"),
            None,
        ),
        (
            r#"a/b; boundary="a ,;\\\"é""#,
            "a/b",
            None,
            Some("a ,;\\\"é"),
        ),
        (r#"a/b; boundary="""#, "a/b", None, Some("")),
        ("a/b; x=1; x=2; charset='x'", "a/b", Some("'x'"), None),
        ("*/*", "*/*", None, None),
        ("a/b+c+json", "a/b+c+json", None, None),
    ] {
        let expected = (
            essence.to_owned(),
            charset.map(str::to_owned),
            boundary.map(str::to_owned),
        );
        assert_eq!(read(value), Some(expected), "{value}");
    }
}

#[test]
fn what_it_does_not_is_not() {
    for value in [
        "",
        " ",
        "json",
        "/",
        "a/",
        "/b",
        "a /b",
        "a/ b",
        "a/b c",
        "a/b/c",
        "a/b,a/b",
        "a/b, c/d",
        "a/b; charset",
        "a/b; charset=",
        "a/b; charset =x",
        "a/b; charset= x",
        "a/b; =x",
        "a/b; charset=x y",
        "a/b charset=x",
        "a/b; charset=\"x",
        "a/b; charset=\"x\\",
        "a/b; charset=\"x\"y",
        "a/b; charset=\"x\u{1}\"",
        "a/b; charset=\"x\\\u{1}\"",
        "a/b; charset=x\"y\"",
        "a/b; charset=utf-8; charset=latin1",
        "a/b; charset=x; CHARSET=\"x\"",
        "a/b; boundary=x; boundary=x",
        "é/b",
        "a/b; é=x",
        "a/b; x=é",
    ] {
        assert_eq!(read(value), None, "{value}");
    }
}

/// Whatever follows a media type: it is read or not, and nothing panics.
#[test]
fn no_bytes_panic() {
    for byte in 0..=u8::MAX {
        for around in ["a/b", "a/b;", "a/b;c", "a/b;c=", "a/b;c=\"", "a/b;c=\"\\"] {
            for behind in ["", "x", "\"", ";"] {
                let value = [around.as_bytes(), &[byte], behind.as_bytes()].concat();
                if let Some(read) = parse::content_type(&value) {
                    assert!(read.essence.starts_with("a/b"), "{value:?}");
                }
            }
        }
    }
}

#[test]
fn it_is_there_once() {
    assert_eq!(ContentType::of(&Content::default()).unwrap(), None);
    for values in [&["s3cret"][..], &["a/b", "a/b"], &["a/b", "s3cret"], &[""]] {
        let content = content(values);
        let error = ContentType::of(&content).unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (415, "UNSUPPORTED_MEDIA_TYPE")
        );
        let error = format!("{error:?}");
        assert!(error.contains("cannot be read") && !error.contains("s3cret"));
    }
}

#[test]
fn json_is_told_by_type_or_suffix() {
    for (value, is_json) in [
        ("application/json", true),
        ("Application/JSON; charset=utf-8", true),
        ("application/problem+json", true),
        ("application/a+b+JSON", true),
        ("application/+json", false),
        ("application/json+xml", false),
        ("application/jsonp", false),
        ("text/json", false),
        ("image/x+json", false),
        ("*/*", false),
    ] {
        let content = content(&[value]);
        let content_type = ContentType::of(&content).unwrap().unwrap();
        assert_eq!(content_type.is_json(), is_json, "{value}");
    }
}

#[test]
fn charsets_that_are_read() {
    for (parameters, charset) in [
        ("", Some(Charset::Utf8)),
        ("; charset=utf-8", Some(Charset::Utf8)),
        ("; charset=\"UTF-8\"", Some(Charset::Utf8)),
        ("; charset=utf8", Some(Charset::Utf8)),
        ("; charset=US-ASCII", Some(Charset::UsAscii)),
        ("; charset=iso-8859-1", None),
        ("; charset=utf-16", None),
        ("; charset=\"\"", None),
        ("; charset=\"\u{e9}\"", None),
    ] {
        let content = content(&[&format!("text/plain{parameters}")]);
        let content_type = ContentType::of(&content).unwrap().unwrap();
        let refused = |error: PoveryError| assert_eq!(error.status(), 415);
        let utf_8 = content_type.is_utf_8().map_err(refused);
        assert_eq!(
            utf_8.is_ok(),
            charset == Some(Charset::Utf8),
            "{parameters}"
        );
        let read = content_type.charset().map_err(refused);
        assert_eq!(read.ok(), charset, "{parameters}");
    }
}
