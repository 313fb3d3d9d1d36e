//! Where the program runs, and the runtime that suits the place.

use super::{App, Exit};
use crate::environment::{
    UNVERIFIED, has_runtime_api, is_local_run, max_concurrency, unverified_claims,
};
use crate::error::BoxError;

impl App {
    /// Serves the application where the program finds itself, until it is told to stop:
    ///
    /// - with `AWS_LAMBDA_RUNTIME_API` set, as a Lambda function (also under `cargo lambda watch`):
    ///   on one thread, unless `AWS_LAMBDA_MAX_CONCURRENCY` is more than 1;
    /// - else, with the feature `local`, as an HTTP server with a command line; see `--help`.
    ///
    /// It builds its own runtime; inside one use [`serve`](Self::serve).
    pub fn run(self) -> Exit {
        let result = runtime().and_then(|runtime| {
            let result = runtime.block_on(self.serve());
            // The process ends: it waits for no blocking call, such as the lookup of a name.
            runtime.shutdown_background();
            result
        });
        result.into()
    }

    /// Like [`run`](Self::run), inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// Conflicting routes, a port that is taken, and whatever else keeps the application from
    /// starting. A database that cannot be reached does not: it is a 503 until it can.
    pub async fn serve(mut self) -> Result<(), BoxError> {
        self.check()?;
        #[cfg(not(feature = "opentelemetry"))]
        crate::log::install(self.names());
        #[cfg(feature = "opentelemetry")]
        crate::log::install(self.names(), self.inner.telemetry.as_ref());
        let unverified = unverified_claims()?;
        if is_local_run() {
            self.set_local(unverified);
        } else if unverified {
            tracing::error!("{UNVERIFIED} is for local runs, and has no effect here");
        }
        if has_runtime_api() {
            // `cargo lambda watch` is a local run, which may start its own database.
            #[cfg(all(feature = "local", feature = "postgres"))]
            let (app, database) = crate::local::database::attach(self).await?;
            #[cfg(not(all(feature = "local", feature = "postgres")))]
            let app = self;
            #[cfg(feature = "jwt")]
            app.prepare().await;
            let result = crate::lambda::serve(app).await;
            #[cfg(all(feature = "local", feature = "postgres"))]
            database.stop().await;
            return result;
        }
        #[cfg(feature = "local")]
        return crate::local::serve(self).await;
        #[cfg(not(feature = "local"))]
        Err("AWS_LAMBDA_RUNTIME_API is not set, and this program was built without the feature `local`: \
             it runs on AWS Lambda, or under `cargo lambda watch`"
            .into())
    }

    /// Fetches the keys of tokens while the function starts. A snapshot would have old ones.
    #[cfg(feature = "jwt")]
    async fn prepare(&self) {
        let kind = crate::environment::variable("AWS_LAMBDA_INITIALIZATION_TYPE");
        if let Some(authorizer) = &self.inner.authorizer
            && kind.is_some_and(|kind| kind != "snap-start")
        {
            authorizer.prepare().await;
        }
    }

    /// Tells the authorizer that this is a local run, and whether it believes tokens that nobody has verified.
    pub(crate) fn set_local(&mut self, unverified: bool) {
        let Some(authorizer) = &mut self.inner_mut().authorizer else {
            return;
        };
        authorizer.set_local(unverified);
        if unverified {
            tracing::warn!(
                "the claims of every bearer token are believed, whoever has signed it: whoever reaches this \
                 server is who they say"
            );
        }
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, BoxError> {
    let mut builder = if has_runtime_api() && max_concurrency() == 1 {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    Ok(builder.enable_all().build()?)
}
