//! Of payload 1.0.
#![allow(
    missing_docs,
    unreachable_pub,
    reason = "what `define_router!` and `#[route]` write"
)]

on_lw_http_router::serve!(aws_lambda_events::apigw::ApiGatewayProxyRequest);
