//! HTTP as Lambda sees it: payload format 2.0, as an HTTP API or a Function URL sends it.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::base64;
use crate::home::Answer;

const HOST: &str = "povery.lambda-url.test";

/// The event of an HTTP request. `path` and `query` are encoded, and `path` stays so, as with a
/// Function URL. A body that is not UTF-8 becomes base64.
///
/// # Panics
/// If a header is not text: no such header passes a gateway.
#[must_use]
pub fn payload_v2(
    method: &Method,
    path: &str,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Value {
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": joined_headers(headers, body),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "povery",
            "domainName": HOST,
            "domainPrefix": "povery",
            "http": {
                "method": method.as_str(),
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": text(headers.get("user-agent")).unwrap_or("povery-tests"),
            },
            "requestId": uuid::Uuid::new_v4(),
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": 1_767_225_600_000_u64,
        },
        "isBase64Encoded": false,
    });
    let cookies = cookies(headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !query.is_empty() {
        event["queryStringParameters"] = joined_query(query).into();
    }
    if let Ok(text) = str::from_utf8(body) {
        if !text.is_empty() {
            event["body"] = text.into();
        }
    } else {
        event["body"] = base64::encode(body).into();
        event["isBase64Encoded"] = true.into();
    }
    event
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.map(|value| {
        value
            .to_str()
            .unwrap_or_else(|_| panic!("a header is not text: {value:?}"))
    })
}

/// All headers but cookies, values of one name joined by commas.
fn joined_headers(headers: &HeaderMap, body: &Bytes) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |name: &str, value: &str| {
        map.entry(name).or_insert_with(|| value.into());
    };
    for name in headers.keys().filter(|name| **name != COOKIE) {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .filter_map(|v| text(Some(v)))
            .collect();
        put(name.as_str(), &values.join(","));
    }
    put("host", HOST);
    put("x-forwarded-for", "192.0.2.1");
    put("x-forwarded-port", "443");
    put("x-forwarded-proto", "https");
    if !body.is_empty() {
        put(CONTENT_LENGTH.as_str(), &body.len().to_string());
    }
    map
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| text(Some(value)));
    lines
        .flat_map(|line| line.split(';'))
        .map(|pair| pair.trim().to_owned())
        .collect()
}

/// The query decoded, values of one name joined by commas.
fn joined_query(query: &str) -> Map<String, Value> {
    let decoded = |part: &str| {
        let spaced = part.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    let mut map = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = decoded(value);
        let joined = match map.get(&decoded(name)).and_then(Value::as_str) {
            Some(before) => format!("{before},{value}"),
            None => value,
        };
        map.insert(decoded(name), joined.into());
    }
    map
}

/// The HTTP answer in a function's response. `multiValueHeaders` is not looked at: no gateway
/// reads it in this format, so what is only there is lost.
///
/// # Errors
/// If a gateway would answer 502 to that response, or would have to guess; says why.
pub fn decode_v2(response: &Value) -> Result<Answer, String> {
    let status = response["statusCode"]
        .as_u64()
        .and_then(|status| u16::try_from(status).ok())
        .filter(|status| (100..600).contains(status))
        .ok_or("statusCode is missing or no HTTP status")?;
    let mut headers = HeaderMap::new();
    let mut put = |name: &str, value: &Value| {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return Err(format!("header {name} is no text: {value}")),
        };
        let name = HeaderName::try_from(name).map_err(|error| format!("{name:?}: {error}"))?;
        let value = HeaderValue::try_from(&value).map_err(|error| format!("{value:?}: {error}"))?;
        headers.append(name, value);
        Ok(())
    };
    for (name, value) in response["headers"].as_object().into_iter().flatten() {
        put(name, value)?;
    }
    for cookie in response["cookies"].as_array().into_iter().flatten() {
        put(SET_COOKIE.as_str(), cookie)?;
    }
    let text = match &response["body"] {
        Value::Null => "",
        Value::String(text) => text,
        other => return Err(format!("body is no text: {other}")),
    };
    let body = if response["isBase64Encoded"] == true {
        base64::decode(text).ok_or("body is not base64")?.into()
    } else {
        Bytes::copy_from_slice(text.as_bytes())
    };
    Ok(Answer {
        status,
        headers,
        body,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_what_has_no_second_place() {
        let mut headers = HeaderMap::new();
        headers.append("x-a", HeaderValue::from_static("1"));
        headers.append("x-a", HeaderValue::from_static("2"));
        headers.append(COOKIE, HeaderValue::from_static("a=1; b=2"));
        let event = payload_v2(
            &Method::GET,
            "/a%20b",
            "q=1&q=a%2Bb+c&e",
            &headers,
            &Bytes::new(),
        );
        assert_eq!(event["headers"]["x-a"], "1,2");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["rawPath"], "/a%20b");
        assert_eq!(event["rawQueryString"], "q=1&q=a%2Bb+c&e");
        assert_eq!(
            event["queryStringParameters"],
            json!({"q": "1,a+b c", "e": ""})
        );
        assert_eq!(event.get("body"), None);
    }

    #[test]
    fn a_body_is_text_if_it_can_be() {
        let with = |body: &'static [u8]| {
            let body = Bytes::from_static(body);
            payload_v2(&Method::POST, "/", "", &HeaderMap::new(), &body)
        };
        let text = with("é".as_bytes());
        assert_eq!(
            (&text["body"], &text["isBase64Encoded"]),
            (&json!("é"), &json!(false))
        );
        assert_eq!(text["headers"]["content-length"], "2");
        let binary = with(b"\xff\xfe");
        assert_eq!(
            (&binary["body"], &binary["isBase64Encoded"]),
            (&json!("//4="), &json!(true))
        );
    }

    #[test]
    fn decodes_an_answer() {
        let answer = decode_v2(&json!({
            "statusCode": 201, "headers": {"location": "/x", "age": 3}, "cookies": ["a=1", "b=2"],
            "multiValueHeaders": {"lost": ["x"]}, "body": "//4=", "isBase64Encoded": true,
        }));
        let answer = answer.expect("an answer");
        assert_eq!((answer.status, &*answer.body), (201, &b"\xff\xfe"[..]));
        assert_eq!(answer.header("location"), Some("/x"));
        assert_eq!(answer.header("age"), Some("3"));
        assert_eq!(answer.headers.get_all(SET_COOKIE).iter().count(), 2);
        assert_eq!(answer.header("lost"), None);
    }

    #[test]
    fn refuses_what_a_gateway_would() {
        for (response, why) in [
            (
                json!({"body": "x"}),
                "statusCode is missing or no HTTP status",
            ),
            (
                json!({"statusCode": 200, "body": {"a": 1}}),
                "body is no text: {\"a\":1}",
            ),
            (
                json!({"statusCode": 200, "body": "-", "isBase64Encoded": true}),
                "body is not base64",
            ),
        ] {
            assert_eq!(decode_v2(&response).map(|_| ()), Err(why.into()));
        }
    }
}
