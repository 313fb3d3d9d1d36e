//! Arguments of a handler: path and query values by name, everything else by its type.

mod body;
mod claims;
mod content_type;
mod context;
mod cookies;
#[cfg(feature = "postgres")]
mod db;
mod deadline;
mod form;
mod header;
#[cfg(feature = "postgres")]
mod health;
mod inputs;
mod json;
#[cfg(feature = "lambda_http")]
mod lambda_http;
#[cfg(feature = "multipart")]
mod multipart;
mod optional;
mod pairs;
mod parsed;
mod parts;
mod query;
#[cfg(feature = "events")]
mod record;
mod rejection;
mod state;
pub(crate) mod text;
mod unvalidated;
mod user;

pub use body::Text;
pub use claims::Claims;
pub use context::RequestContext;
pub use cookies::Cookies;
pub use form::Form;
pub use header::Header;
#[cfg(feature = "postgres")]
pub use health::Health;
pub use inputs::Inputs;
#[cfg(feature = "multipart")]
pub use multipart::{Field, Multipart};
pub use parsed::Parsed;
pub use query::Query;
#[cfg(feature = "events")]
pub use record::Record;
pub use rejection::Rejection;
pub use state::State;
pub use unvalidated::Unvalidated;

use crate::request::Request;
use crate::route::{Caller, Taken, Transaction};

/// When an extractor runs. A stage runs only if the one before it found nothing wrong, so a refused
/// request opens no connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// With the path and query values; the faults of all of them are answered together.
    Input,
    /// After every input proved sound.
    Resource,
}

/// A type that a handler may take as an argument.
///
/// # Example
///
/// ```
/// use povery::{FromRequest, PoveryError, Rejection, Request};
///
/// struct UserAgent(String);
///
/// impl FromRequest for UserAgent {
///     async fn from_request(request: &Request) -> Result<Self, Rejection> {
///         let agent = request.headers().get("user-agent").and_then(|agent| agent.to_str().ok());
///         let agent = agent.ok_or_else(|| PoveryError::bad_request("User-Agent is missing"))?;
///         Ok(Self(agent.to_owned()))
///     }
/// }
///
/// #[povery::route(GET, "/agent")]
/// async fn agent(UserAgent(agent): UserAgent) -> String {
///     agent
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a name of the route's template nor an extractor",
    label = "povery cannot make this argument",
    note = "name the parameter as the template does (`<id>` is `id: Uuid`), or use `Json<T>`, `Query<T>`, `Form<T>`, `Header<T>`, `State<T>`, `Pool`, `Tx` or a type with `impl FromRequest`"
)]
pub trait FromRequest: Sized + Send {
    /// When it runs; [`Stage::Input`] unless said otherwise.
    const STAGE: Stage = Stage::Input;

    /// The [names](crate::Database::NAME) of the databases that a route with this argument needs, so that a local
    /// run has them, and a function connects to them when it starts. None unless said otherwise.
    const DATABASES: &'static [&'static str] = &[];

    /// The transaction of the request, where it takes nothing else of its database: that of the [`Tx`](crate::Tx) that it
    /// wraps, `Tx::<ReadWrite, Orders>::TRANSACTION`. A route with
    /// [`idempotency_key`](crate::docs::idempotency) asks. None unless said otherwise.
    const TRANSACTION: Option<Transaction> = None;

    /// What it asks of the caller's identity. A route with an argument that requires one is refused at start where the
    /// application has no [`Authorizer`](crate::Authorizer). Nothing unless said otherwise.
    const CALLER: Caller = Caller::Unasked;

    /// Whether the request has nothing that this could be made of, so that `Option` of it is `None`.
    /// What is there and wrong is not absent. `false` unless said otherwise.
    fn is_absent(_request: &Request) -> bool {
        false
    }

    /// Makes the value.
    ///
    /// # Errors
    ///
    /// [`Rejection::Faults`] where the request is wrong in places that can be named, so that they
    /// are answered with the faults of the other arguments; [`Rejection::Refused`] otherwise.
    fn from_request(request: &Request) -> impl Future<Output = Result<Self, Rejection>> + Send;
}

/// Which databases an argument of type `T` needs and how, and what it asks of the caller, asked without requiring that `T` is an
/// extractor: if it is none, one error about that is enough.
#[doc(hidden)]
pub struct Uses<T>(std::marker::PhantomData<T>);

impl<T: FromRequest> Uses<T> {
    #[doc(hidden)]
    pub const DATABASES: &'static [&'static str] = T::DATABASES;
    #[doc(hidden)]
    pub const CALLER: Caller = T::CALLER;
    #[doc(hidden)]
    pub const TAKEN: Taken = Taken::of(T::DATABASES, T::TRANSACTION);
}

/// The answer for a type that is no extractor.
#[doc(hidden)]
pub trait WithoutDatabase {
    #[doc(hidden)]
    const DATABASES: &'static [&'static str] = &[];
    #[doc(hidden)]
    const CALLER: Caller = Caller::Unasked;
    #[doc(hidden)]
    const TAKEN: Taken = Taken::Unknown;
}

impl<T> WithoutDatabase for Uses<T> {}
