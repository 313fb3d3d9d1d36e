//! povery and `lambda_http`: its types in povery's handlers, and `App` as the service that it runs.
#![cfg(feature = "lambda_http")]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_http::request::{LambdaRequest, RequestContext as Gateway};
use lambda_http::{Adapter, Context, LambdaEvent};
use povery::prelude::*;
use povery::test::TestClient;
use povery::{Body, Bytes, ClientAddr, LambdaContext, RequestContext, RequestId};
use serde_json::{Value, json};
use tower::{Service, ServiceExt};

#[povery::route(POST, "/bodies")]
async fn bodies(body: Bytes) -> Bytes {
    body
}

/// The stage, by povery's own extractor and by the types of `lambda_http`.
#[povery::route(GET, "/stages")]
async fn stages(context: RequestContext, gateway: Gateway) -> Json<(Value, Option<String>)> {
    let stage = match gateway {
        Gateway::ApiGatewayV1(context) => context.stage,
        Gateway::ApiGatewayV2(context) => context.stage,
        _ => None,
    };
    Json((context.0["stage"].clone(), stage))
}

/// Which of the contexts of `lambda_http` it is.
#[povery::route(GET, "/gateways")]
async fn gateways(gateway: Option<Gateway>) -> &'static str {
    match gateway {
        Some(Gateway::ApiGatewayV1(_)) => "v1",
        Some(Gateway::ApiGatewayV2(_)) => "v2",
        Some(Gateway::Alb(_)) => "alb",
        Some(Gateway::VpcLattice(_)) => "lattice",
        Some(_) => "another",
        None => "none",
    }
}

#[povery::route(GET, "/invocations")]
async fn invocations(
    id: RequestId,
    lambda: LambdaContext,
    ClientAddr(client): ClientAddr,
) -> String {
    let deadline = lambda.deadline.instant().is_some();
    format!("{} {} {deadline} {client}", id.as_str(), lambda.request_id)
}

#[povery::route(GET, "/ported")]
async fn ported() -> lambda_http::http::Response<lambda_http::Body> {
    let mut response = lambda_http::http::Response::new("ported".into());
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

fn app() -> App {
    App::new().routes(povery::routes![
        bodies,
        stages,
        gateways,
        invocations,
        ported
    ])
}

fn context() -> Context {
    let mut context = Context::default();
    context.request_id = "r-1".to_owned();
    let deadline = SystemTime::now() + Duration::from_secs(10);
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap();
    context.deadline = deadline.as_millis().try_into().unwrap();
    context
}

/// The answer of the application, run as `lambda_http::run` runs it.
async fn run(event: &Value) -> Value {
    let event: LambdaRequest = serde_json::from_str(&event.to_string()).unwrap();
    let mut adapter = Adapter::from(app());
    let service = ServiceExt::<LambdaEvent<LambdaRequest>>::ready(&mut adapter);
    let service = service.await.unwrap();
    let answer = service.call(LambdaEvent::new(event, context())).await;
    serde_json::to_value(answer.unwrap()).unwrap()
}

fn http_api(method: &str, path: &str) -> Value {
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "",
        "headers": {"host": "a1.execute-api.eu-central-1.amazonaws.com"}, "isBase64Encoded": false,
        "requestContext": {
            "apiId": "a1", "domainName": "a1.execute-api.eu-central-1.amazonaws.com",
            "stage": "$default", "accountId": "1", "routeKey": "$default",
            "time": "12/Mar/2026:19:03:58 +0000", "timeEpoch": 1,
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1",
                "sourceIp": "2001:db8::1", "userAgent": "curl"
            }
        }
    })
}

fn rest(path: &str) -> Value {
    json!({
        "resource": path, "path": path, "httpMethod": "GET", "isBase64Encoded": false,
        "headers": {}, "multiValueHeaders": {}, "body": null,
        "requestContext": {
            "resourceId": "r", "resourcePath": path, "httpMethod": "GET", "path": path, "stage": "$default",
            "identity": {"sourceIp": "192.0.2.1"}, "authorizer": {}, "protocol": "HTTP/1.1"
        }
    })
}

fn alb(path: &str) -> Value {
    json!({
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:tg"}},
        "httpMethod": "GET", "path": path, "queryStringParameters": {}, "body": "",
        "isBase64Encoded": false,
        "headers": {"host": "lb.example", "x-forwarded-for": "9.9.9.9, 192.0.2.7:443"}
    })
}

fn lattice() -> Value {
    json!({
        "serviceNetworkArn": "arn:n", "serviceArn": "arn:s", "targetGroupArn": "arn:t",
        "identity": {}, "region": "eu-central-1", "timeEpoch": "1"
    })
}

#[tokio::test]
async fn an_application_is_the_service_of_lambda_http() {
    let mut event = http_api("POST", "/bodies");
    event["body"] = "AP8=".into();
    event["isBase64Encoded"] = true.into();
    event["headers"]["content-type"] = "application/octet-stream".into();
    let answer = run(&event).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert_eq!(
        (&answer["body"], &answer["isBase64Encoded"]),
        (&json!("AP8="), &json!(true))
    );

    let answer = run(&http_api("GET", "/nowhere")).await;
    assert_eq!(answer["statusCode"], 404, "{answer}");
    let error: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(error["requestId"], "r-1");
}

/// What is never polled shows that the types fit.
#[test]
fn lambda_http_runs_an_application() {
    drop(lambda_http::run(app()));
}

#[tokio::test]
async fn what_lambda_http_says_of_the_invocation_is_taken_over() {
    for (event, address) in [
        (http_api("GET", "/invocations"), "2001:db8::1"),
        (rest("/invocations"), "192.0.2.1"),
        (alb("/invocations"), "192.0.2.7"),
    ] {
        let answer = run(&event).await;
        assert_eq!(
            answer["body"],
            format!("r-1 r-1 true {address}"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn the_context_that_lambda_http_has_read_is_handed_on() {
    for event in [http_api("GET", "/stages"), rest("/stages")] {
        let answer = run(&event).await;
        assert_eq!(answer["body"], r#"["$default","$default"]"#, "{answer}");
    }
    for (event, expected) in [
        (http_api("GET", "/gateways"), "v2"),
        (rest("/gateways"), "v1"),
        (alb("/gateways"), "alb"),
    ] {
        assert_eq!(run(&event).await["body"], expected);
    }
}

#[tokio::test]
async fn povery_reads_the_context_of_every_gateway() {
    let client = TestClient::new(app());
    for (context, expected) in [
        (http_api("GET", "/")["requestContext"].clone(), "v2"),
        (rest("/")["requestContext"].clone(), "v1"),
        (alb("/")["requestContext"].clone(), "alb"),
        (lattice(), "lattice"),
    ] {
        let answer = client
            .get("/gateways")
            .request_context(context)
            .send()
            .await;
        assert_eq!(answer.text(), expected);
    }
    assert_eq!(client.get("/gateways").send().await.text(), "none");
}

/// The gateway, or who tests the application, sent what `lambda_http` has no type for.
#[tokio::test]
async fn a_context_that_does_not_fit_is_an_error_of_the_application() {
    let client = TestClient::new(app());
    for context in [
        json!({"http": {"method": 1}, "s3cret": 1}),
        json!({"elb": "s3cret"}),
        json!({"serviceArn": "s3cret"}),
    ] {
        let answer = client
            .get("/gateways")
            .request_context(context)
            .send()
            .await;
        assert_eq!(answer.status(), 500);
        assert!(!answer.text().contains("s3cret"));
    }
    let answer = client.get("/stages").send().await;
    assert_eq!(answer.status(), 500);
}

#[tokio::test]
async fn bodies_go_both_ways() {
    for (povery, lambda) in [
        (Body::default(), lambda_http::Body::Empty),
        (Body::from("é"), lambda_http::Body::Text("é".to_owned())),
        (
            Body::from(vec![0xff]),
            lambda_http::Body::Binary(vec![0xff]),
        ),
    ] {
        let back = Body::from_lambda_http(lambda.clone());
        assert_eq!(back.as_bytes(), povery.as_bytes());
        assert_eq!(lambda_http::Body::try_from(povery).unwrap(), lambda);
    }
    let answer = TestClient::new(app()).get("/ported").send().await;
    assert_eq!((answer.status().as_u16(), answer.text()), (202, "ported"));
}
