//! What keeps an application from starting.

use super::App;
use crate::error::BoxError;
use crate::metrics::Metrics;
use crate::route::Caller;

impl App {
    /// Checks routes, actions and handlers of events: against each other, and that what they ask of callers can be kept.
    /// What claims to be protected must not be open.
    ///
    /// # Errors
    ///
    /// One sentence per line for every mistake.
    pub fn check(&self) -> Result<(), BoxError> {
        let mut mistakes = self.inner.router.conflicts();
        mistakes.extend_from_slice(&self.inner.mistakes);
        mistakes.extend(self.unkept());
        if let Some(authorizer) = &self.inner.authorizer {
            mistakes.extend(authorizer.mistakes());
        }
        if let Some(cors) = &self.inner.cors {
            mistakes.extend_from_slice(cors.mistakes());
        }
        mistakes.extend(
            self.inner
                .listeners
                .mistakes(self.inner.authorizer.as_ref()),
        );
        #[cfg(feature = "postgres")]
        mistakes.extend(self.inner.idempotency.mistakes());
        mistakes.extend(self.inner.metrics.as_ref().and_then(Metrics::mistake));
        if mistakes.is_empty() {
            return Ok(());
        }
        Err(mistakes.join("\n").into())
    }

    /// A sentence for each route that asks of its callers what nobody keeps.
    fn unkept(&self) -> impl Iterator<Item = String> {
        let is_authorised = self.inner.authorizer.is_some();
        self.route_table().iter().filter_map(move |route| {
            if route.flat().def.is_public() && route.is_protected() {
                return Some(format!(
                    "{route:?} is `public`, in a group that asks for roles or scopes: take it out of the group, or `public` off"
                ));
            }
            let asks = match route.caller() {
                Caller::Required if is_authorised && route.is_public() => {
                    return Some(format!(
                        "{route:?} is `public`, and takes who calls: write `Option<User>`, or take `public` off"
                    ));
                }
                _ if is_authorised => return None,
                _ if route.is_protected() => "asks for roles or scopes",
                Caller::Required => "takes who calls",
                _ if route.is_public() => "is `public`",
                _ => return None,
            };
            Some(format!(
                "{route:?} {asks}, and the application has no `App::authorizer`"
            ))
        })
    }
}
