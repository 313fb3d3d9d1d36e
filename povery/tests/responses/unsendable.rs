//! What cannot be an answer.

use std::collections::BTreeMap;

use povery::RouteDef;
use povery::prelude::*;

use crate::get;

const ROUTES: &[RouteDef] =
    &povery::routes![location, redirect, any_header, unserialisable, any_status];

#[povery::route(GET, "/location?<to>")]
async fn location(to: String) -> (Location, ()) {
    (Location::new(to), ())
}

#[povery::route(GET, "/redirect?<to>")]
async fn redirect(to: String) -> Redirect {
    Redirect::to(to)
}

#[povery::route(GET, "/header?<name>&<value>")]
async fn any_header(name: String, value: String) -> ([(String, String); 1], ()) {
    ([(name, value)], ())
}

#[povery::route(GET, "/unserialisable", status = 203)]
async fn unserialisable() -> (Location, Json<BTreeMap<Option<u8>, &'static str>>) {
    (
        Location::new("/a"),
        Json(BTreeMap::from([(None, "a secret")])),
    )
}

#[povery::route(GET, "/status/<number>")]
async fn any_status(number: u16) -> Result<(StatusCode, &'static str), PoveryError> {
    Ok((
        StatusCode::from_u16(number).map_err(PoveryError::internal)?,
        "a",
    ))
}

#[tokio::test]
async fn what_cannot_be_sent_is_a_500_that_says_nothing() {
    let cases = [
        "/unserialisable",
        "/location?to=/a%0D%0Aset-cookie:%20s=1",
        "/location?to=/a%20b",
        "/location?to=/%C3%A9",
        "/location?to=%3Cscript%3E",
        "/redirect?to=/a%0Aset-cookie:%20s=1",
        "/redirect?to=%00",
        "/header?name=x&value=a%0D%0Aset-cookie:%20s=1",
        "/header?name=x&value=a%0Ab",
        "/header?name=x&value=a%00",
        "/header?name=x%0Ay&value=1",
        "/header?name=&value=1",
        "/status/100",
        "/status/101",
        "/status/600",
        "/status/99",
    ];
    let expected =
        r#"{"errorMessage":"Internal server error","errorCode":"INTERNAL","requestId":"r-1"}"#;
    for path in cases {
        let (status, headers, body) = get(ROUTES, path).await;
        assert_eq!((status, body.as_str()), (500, expected), "{path}");
        let names: Vec<_> = headers.keys().collect();
        assert_eq!(names, ["content-type"], "{path}");
    }
}

#[tokio::test]
async fn a_status_without_a_body_has_none() {
    for status in [204, 205, 304] {
        let (found, headers, body) = get(ROUTES, &format!("/status/{status}")).await;
        assert_eq!((found, body.as_str()), (status, ""));
        assert!(headers.is_empty(), "{status}: {headers:?}");
    }
}
