//! Events as gateways send them, each with the request that a handler sees and the response that the
//! gateway reads: `<origin>/<name>.json`.
//!
//! - `event`: the event. `text` instead of it: its bytes, where they are not JSON.
//! - `request`: what the handler sees; absent where no handler is called.
//! - `answer`: what the handler returns; 200 and `ok` unless it is given.
//! - `response`: the function's response, or `error`: the invocation's.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use povery::prelude::*;
use povery::{Body, ClientAddr, Rejection, Request, RequestContext, Response};
use povery_tests::base64;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    event: Option<Box<RawValue>>,
    text: Option<String>,
    request: Option<Value>,
    #[serde(default)]
    answer: Answer,
    response: Option<Value>,
    error: Option<InvocationError>,
}

/// What the handler returns; a body that is not text as `base64`.
#[derive(Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    base64: bool,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".into(), "text/plain".into())],
            body: "ok".into(),
            base64: false,
        }
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct InvocationError {
    r#type: String,
    /// Any part of the message.
    message: String,
}

struct Handler {
    answer: Answer,
    seen: Arc<Mutex<Option<Value>>>,
}

/// The request in the form of the files.
struct Seen(Value);

impl FromRequest for Seen {
    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let mut headers = BTreeMap::<_, Vec<_>>::new();
        for (name, value) in request.headers() {
            let value = String::from_utf8_lossy(value.as_bytes());
            headers.entry(name.as_str()).or_default().push(value);
        }
        let mut seen = json!({
            "method": request.method().as_str(),
            "path": request.path(),
            "query": request.uri().query(),
            "headers": headers,
        });
        match str::from_utf8(request.body()) {
            Ok(text) => seen["body"] = text.into(),
            Err(_) => seen["base64"] = base64::encode(request.body()).into(),
        }
        Ok(Self(seen))
    }
}

#[povery::route(ANY, "/<_path..>")]
async fn any(
    _path: String,
    Seen(mut seen): Seen,
    client: Option<ClientAddr>,
    context: Option<RequestContext>,
    handler: State<Handler>,
) -> Response {
    seen["client"] = client.map(|ClientAddr(address)| address.to_string()).into();
    let RequestContext(context) = context.expect("every gateway sends a context");
    seen["context"] = context;
    *handler.seen.lock().unwrap() = Some(seen);
    respond(&handler.answer)
}

#[povery::route(ANY, "/")]
async fn root(
    seen: Seen,
    client: Option<ClientAddr>,
    context: Option<RequestContext>,
    handler: State<Handler>,
) -> Response {
    any(String::new(), seen, client, context, handler).await
}

fn respond(answer: &Answer) -> Response {
    let body = if answer.base64 {
        base64::decode(&answer.body).expect("`answer.body` is base64")
    } else {
        answer.body.clone().into_bytes()
    };
    let mut response = povery::http::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(body)).expect("a response")
}

/// Runs a case; says what is wrong.
async fn run(case: Case) -> Result<(), String> {
    let seen = Arc::default();
    let handler = Handler {
        answer: case.answer,
        seen: Arc::clone(&seen),
    };
    let app = App::new()
        .routes(povery::routes![root, any])
        .body_limit(100)
        .state(handler);
    // As it stands in the file, with its keys in their order.
    let text = case
        .event
        .map(|event| Box::<str>::from(event).into_string());
    let text = text.or(case.text).ok_or("neither `event` nor `text`")?;
    let answer = povery::__private::invoke(app, text.as_bytes()).await;

    let mut request = seen.lock().unwrap().take();
    if let Some(request) = request.as_mut().and_then(Value::as_object_mut) {
        let event: Value = serde_json::from_str(&text).expect("JSON");
        let (context, sent) = (request.remove("context"), event.get("requestContext"));
        same("the context", &context.as_ref(), &sent)?;
    }
    same("the request", &request, &case.request)?;
    match answer {
        Ok(bytes) => {
            let response: Value = serde_json::from_slice(&bytes).expect("JSON");
            same("the response", &Some(response), &case.response)?;
            same("the error", &None, &case.error)
        }
        Err((kind, message)) => {
            same("the response", &None, &case.response)?;
            let expected = case
                .error
                .ok_or_else(|| format!("error {kind}: {message}"))?;
            same("the type", &kind, &expected.r#type)?;
            match message.contains(&expected.message) {
                true => Ok(()),
                false => Err(format!("the message is: {message}")),
            }
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, expected: &T) -> Result<(), String> {
    match is == expected {
        true => Ok(()),
        false => Err(format!("{what} is\n    {is:?}\n  not\n    {expected:?}")),
    }
}

/// Runs all cases of a directory; there are at least six.
async fn origin(name: &str) {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("events")
        .join(name);
    let entries = std::fs::read_dir(&directory).expect("the directory of the origin");
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 6, "{name} has too few cases: {paths:?}");
    let mut wrong = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("a case");
        let case = serde_json::from_str(&text).map_err(|error| error.to_string());
        let result = match case {
            Ok(case) => run(case).await,
            Err(error) => Err(error),
        };
        if let Err(problem) = result {
            wrong.push(format!("{}: {problem}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

macro_rules! origins {
    ($($name:ident)*) => {
        $(#[tokio::test] async fn $name() { origin(stringify!($name)).await; })*
    };
}

origins! { rest http_api http_api_v1 function_url alb alb_multi lattice unknown }

#[povery::route(GET, "/<_path..>")]
async fn long(_path: String) -> String {
    LONG.repeat(100)
}

const LONG: &str = "a line that is here more than once\n";

/// What every gateway makes of a compressed answer.
#[tokio::test]
async fn compressed_answers_are_read_by_every_gateway() {
    for name in [
        "rest",
        "http_api",
        "http_api_v1",
        "function_url",
        "alb",
        "alb_multi",
        "lattice",
    ] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("events/{name}/get.json"));
        let text = std::fs::read_to_string(path).expect("every origin has a GET");
        let case: Value = serde_json::from_str(&text).expect("JSON");
        for accepts in [true, false] {
            let mut event = case["event"].clone();
            for headers in ["headers", "multiValueHeaders"] {
                let Some(headers) = event.get_mut(headers).and_then(Value::as_object_mut) else {
                    continue;
                };
                headers.retain(|name, _| !name.eq_ignore_ascii_case("accept-encoding"));
                if accepts {
                    let is_list = headers.values().any(Value::is_array);
                    let value = if is_list {
                        json!(["gzip"])
                    } else {
                        json!("gzip")
                    };
                    headers.insert("accept-encoding".to_owned(), value);
                }
            }
            let app = App::new().routes(povery::routes![long]).compression();
            let answer = povery::__private::invoke(app, event.to_string().as_bytes()).await;
            let answer: Value = serde_json::from_slice(&answer.expect("an answer")).expect("JSON");
            let header = |name: &str| {
                let lists = answer.get("multiValueHeaders").map(|lists| &lists[name][0]);
                let value = lists.unwrap_or(&answer["headers"][name]);
                value.as_str().map(str::to_owned)
            };
            let body = answer["body"].as_str().expect("text");
            assert_eq!(answer["isBase64Encoded"], accepts, "{name}: {answer}");
            assert_eq!(header("vary").as_deref(), Some("accept-encoding"), "{name}");
            let encoding = header("content-encoding");
            assert_eq!(encoding.as_deref(), accepts.then_some("gzip"), "{name}");
            let mut text = String::new();
            if accepts {
                let bytes = base64::decode(body).expect("base64");
                let mut decoder = flate2::read::GzDecoder::new(&*bytes);
                decoder.read_to_string(&mut text).expect("gzip");
            } else {
                text = body.to_owned();
            }
            assert_eq!(text, LONG.repeat(100), "{name}");
        }
    }
}
