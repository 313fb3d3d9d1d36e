fn strings(request: http::Request<String>) -> std::future::Ready<Result<http::Response<String>, povery::BoxError>> {
    std::future::ready(Ok(http::Response::new(request.into_body())))
}

fn main() {
    let _ = povery::App::new().layer(tower::layer::layer_fn(|_| tower::service_fn(strings)));
}
