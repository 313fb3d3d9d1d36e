//! The users on axum, with what a service in production has around them: scopes from the gateway's authorizer, CORS with
//! credentials and a line of the log for each request by `tower-http`, and metrics in CloudWatch's embedded format.

use std::io::Write as _;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use lambda_http::request::RequestContext;
use lambda_http::{Context, Error, run};
use serde::Serialize;
use tower_http::cors::CorsLayer;
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;
use tracing_subscriber::EnvFilter;

/// Lets in whose token has the scope of the method.
async fn authorize(request: Request, next: Next) -> Response {
    let scope = match *request.method() {
        Method::POST => "users:write",
        _ => "users:read",
    };
    let context = request.extensions().get::<RequestContext>();
    let claims = match context {
        Some(RequestContext::ApiGatewayV2(context)) => context.authorizer.as_ref(),
        _ => None,
    };
    let claims = claims.and_then(|authorizer| authorizer.jwt.as_ref());
    let Some(claims) = claims.map(|jwt| &jwt.claims) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let scopes = claims.get("scope").map_or("", |scopes| scopes);
    if !scopes.split(' ').any(|other| other == scope) {
        return StatusCode::FORBIDDEN.into_response();
    }
    next.run(request).await
}

/// A document of CloudWatch's embedded metric format.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metrics<'m> {
    #[serde(rename = "_aws")]
    aws: Directive,
    service: &'static str,
    route: &'m str,
    requests: u32,
    latency: f64,
    client_errors: u32,
    server_errors: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    timestamp: u64,
    cloud_watch_metrics: [Definition; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    namespace: &'static str,
    dimensions: [[&'static str; 2]; 1],
    metrics: [Metric; 4],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

const METRICS: [Metric; 4] = [
    Metric {
        name: "Requests",
        unit: "Count",
    },
    Metric {
        name: "Latency",
        unit: "Milliseconds",
    },
    Metric {
        name: "ClientErrors",
        unit: "Count",
    },
    Metric {
        name: "ServerErrors",
        unit: "Count",
    },
];

/// Writes the metrics of a request.
async fn measure(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let status = response.status();
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let metrics = Metrics {
        aws: Directive {
            timestamp: since.unwrap_or_default().as_millis() as u64,
            cloud_watch_metrics: [Definition {
                namespace: "users",
                dimensions: [["Service", "Route"]],
                metrics: METRICS,
            }],
        },
        service: "users",
        route: route.as_ref().map_or("none", MatchedPath::as_str),
        requests: 1,
        latency: begun.elapsed().as_secs_f64() * 1e3,
        client_errors: u32::from(status.is_client_error()),
        server_errors: u32::from(status.is_server_error()),
    };
    if let Ok(mut line) = serde_json::to_vec(&metrics) {
        line.push(b'\n');
        let _ = std::io::stdout().write_all(&line);
    }
    response
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_env_filter(EnvFilter::from_default_env())
        .init();

    let origin = HeaderValue::from_static("https://console.example.com");
    let cors = CorsLayer::new()
        .allow_origin([origin])
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .allow_credentials(true);
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request| {
            let extensions = request.extensions();
            let context = extensions.get::<Context>();
            let route = extensions.get::<MatchedPath>();
            tracing::info_span!(
                "request",
                request_id = context.map(|context| &*context.request_id),
                trace_id = context.and_then(|context| context.xray_trace_id.as_deref()),
                method = %request.method(),
                route = route.map(MatchedPath::as_str),
            )
        })
        .on_response(DefaultOnResponse::new().level(Level::INFO));
    let app = on_axum::users()
        .route_layer(middleware::from_fn(authorize))
        .layer(middleware::from_fn(measure))
        .layer(cors)
        .layer(trace);
    run(app).await
}
