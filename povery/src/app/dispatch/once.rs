//! A route with `idempotency_key`.

use std::sync::Arc;

use crate::app::Inner;
use crate::error::{PoveryError, wire};
use crate::extract::Inputs;
use crate::idempotency::Attempt;
use crate::request::Request;
use crate::response::{Body, Response};
use crate::route::{Keyed, Route};
use crate::validate::Faults;

/// What the handler answers, or has answered before. What is wrong with the key is told with the faults of its arguments.
pub(super) async fn answer(
    app: &Inner,
    route: &Route,
    keyed: &Keyed,
    request: Request,
) -> Result<Response, PoveryError> {
    let (attempt, faults) = match Attempt::of(&request, route, keyed, &app.idempotency) {
        Ok(attempt) => (attempt.map(Arc::new), Faults::new()),
        Err(faults) => (None, faults),
    };
    let (databases, id) = (Arc::clone(&request.databases), request.id.clone());
    let inputs = Inputs::of_attempt(request, attempt.clone(), faults);
    let answer = (route.handler)(inputs).await;
    let Some(attempt) = attempt else {
        return answer;
    };
    let written =
        |error: &PoveryError| wire::response(error, app.error_format, id.as_str()).map(Body::from);
    attempt.end(&databases, answer, written).await
}
