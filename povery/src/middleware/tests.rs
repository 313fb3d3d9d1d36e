use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use tower::{Service, service_fn};

use super::*;
use crate::error::PoveryError;
use crate::response::{Body, Response};

/// The message of the error that is answered, under the status.
fn request() -> http::Request<Body> {
    let failed = |error: PoveryError| {
        let mut response = Response::new(error.to_string().into());
        *response.status_mut() = error.status();
        response
    };
    let passage = Passage::new(failed, |request| ready(Response::new(request.into_body())));
    let mut request = http::Request::new(Body::from("onward"));
    request.extensions_mut().insert(passage);
    request
}

fn told(response: &Response) -> (u16, &[u8]) {
    let body = response.body().as_bytes().unwrap();
    (response.status().as_u16(), body)
}

/// Fails before it is called.
#[derive(Clone)]
struct NeverReady;

impl Service<http::Request<Body>> for NeverReady {
    type Response = Response;
    type Error = PoveryError;
    type Future = Ready<Result<Response, PoveryError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), PoveryError>> {
        Poll::Ready(Err(PoveryError::unavailable("Closed")))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        panic!("it is not ready")
    }
}

#[tokio::test]
async fn a_service_that_is_never_ready_is_an_answer() {
    let answer = Next::new(NeverReady).run(request()).await;
    assert_eq!(told(&answer), (503, &b"Closed"[..]));
}

#[tokio::test]
async fn the_innermost_goes_onward() {
    let answer = Next::end().run(request()).await;
    assert_eq!(told(&answer), (200, &b"onward"[..]));
    // What is one already is not wrapped again, but for what stands around it.
    let passing = Next::new(Next::new(Next::end()));
    let answer = passing.run(request()).await;
    assert_eq!(told(&answer), (200, &b"onward"[..]));
}

#[tokio::test]
async fn without_what_comes_behind_a_request_is_lost() {
    let answer = Next::end().run(http::Request::new(Body::empty())).await;
    assert!(is_lost(&answer));
    let failing = service_fn(|_: http::Request<Body>| async {
        Err::<Response, _>(PoveryError::conflict("a secret"))
    });
    let answer = Next::new(failing)
        .run(http::Request::new(Body::empty()))
        .await;
    assert!(is_lost(&answer));
    assert_eq!(told(&answer), (500, &b""[..]));
    let fine = service_fn(|_: http::Request<Body>| async {
        Ok::<_, Infallible>(Response::new("fine".into()))
    });
    let answer = Next::new(fine).run(http::Request::new(Body::empty())).await;
    assert!(!is_lost(&answer));
}
