use http::HeaderMap;
use http::header::CONTENT_ENCODING;

use super::*;

fn headers(codings: &[&str]) -> Headers {
    let line = |value: &&str| (CONTENT_ENCODING, HeaderValue::from_str(value).unwrap());
    codings.iter().map(line).collect::<HeaderMap>().into()
}

#[test]
fn one_coding_is_told_from_several() {
    for (codings, expected) in [
        (&[][..], Coding::Identity),
        (&["", " , "], Coding::Identity),
        (&["identity"], Coding::Identity),
        (&["Identity"], Coding::Identity),
        (&["gzip"], Coding::Gzip),
        (&[" GZIP ,"], Coding::Gzip),
        (&["", "x-gzip"], Coding::Gzip),
        (&["br"], Coding::Other),
        (&["gzip;q=1"], Coding::Other),
        (&["gzip, gzip"], Coding::Other),
        (&["gzip", "gzip"], Coding::Other),
        (&["identity, gzip"], Coding::Other),
        (&["gzip, identity"], Coding::Other),
        (&["br, identity"], Coding::Other),
        (&["\u{e9}"], Coding::Other),
    ] {
        assert_eq!(coding(headers(codings).content()), expected, "{codings:?}");
    }
}

#[test]
fn a_coding_that_is_not_accepted_is_told_which_are() {
    for codings in [&["br"][..], &["gzip, gzip"], &["s3cret"]] {
        let error = decoded(&mut headers(codings), "body".into(), 10).unwrap_err();
        assert_eq!(
            (error.status().as_u16(), error.code()),
            (415, "UNSUPPORTED_MEDIA_TYPE")
        );
        assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
    }
}

#[test]
fn identity_is_no_coding() {
    let mut headers = headers(&["identity"]);
    let body = decoded(&mut headers, "body".into(), 10).unwrap();
    assert_eq!(body, "body");
    assert_eq!(headers.get()["content-encoding"], "identity");
}

#[cfg(not(feature = "gzip"))]
#[test]
fn gzip_needs_the_feature() {
    let error = decoded(&mut headers(&["gzip"]), "body".into(), 10).unwrap_err();
    assert_eq!(error.status(), 415);
    assert_eq!(ACCEPTED, "identity");
}
