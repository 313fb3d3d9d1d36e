//! Who calls, and whether they may.

mod bearer;
mod gateway;
mod identity;
#[cfg(feature = "jwt")]
mod jwt;
mod lists;
pub(crate) mod refusal;
mod unverified;
mod user;

pub(crate) use identity::Identity;
#[cfg(feature = "jwt")]
pub use jwt::{JwtAlgorithm, JwtVerifier, TokenUse};
pub(crate) use lists::Lists;
pub use user::User;

use std::borrow::Cow;

use crate::error::PoveryError;
use crate::request::{Head, LambdaContext};
use crate::route::{Caller, Route};

/// Where an application learns who calls: for [`App::authorizer`](crate::App::authorizer).
///
/// With one, every route that is not `public` is closed to callers without an identity. See
/// [the guide](crate::docs::authorization).
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::Authorizer;
///
/// #[povery::route(GET, "/profile")]
/// async fn profile(user: User) -> String {
///     user.id().to_owned()
/// }
///
/// #[povery::route(GET, "/admin", roles("ADMIN"))]
/// async fn admin() -> &'static str {
///     "administration"
/// }
///
/// #[povery::route(GET, "/", public)]
/// async fn home() -> &'static str {
///     "welcome"
/// }
///
/// let app = App::new()
///     .routes(povery::routes![profile, admin, home])
///     .authorizer(Authorizer::gateway());
/// assert!(app.check().is_ok());
/// ```
#[derive(Clone, Debug)]
pub struct Authorizer {
    source: Source,
    names: Names,
    local: Local,
}

/// Whose word counts.
#[derive(Clone, Debug)]
enum Source {
    Gateway,
    #[cfg(feature = "jwt")]
    Jwt(Box<jwt::JwtVerifier>),
}

/// The names of the claims that mean something.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) role: Cow<'static, str>,
    pub(crate) scope: Cow<'static, str>,
    pub(crate) id: Option<Cow<'static, str>>,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            role: Cow::Borrowed("cognito:groups"),
            scope: Cow::Borrowed("scope"),
            id: None,
        }
    }
}

/// What a local run changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Local {
    /// It is none.
    #[default]
    No,
    /// The log says how to have an identity.
    Told,
    /// The claims of bearer tokens are believed.
    Unverified,
}

/// An identity that is vouched for within the process: a test's.
#[derive(Clone, Debug)]
pub(crate) struct Vouched(pub(crate) Identity);

impl Authorizer {
    /// The identity that the gateway before the function has found, by whatever authorizer the route has there: a Cognito
    /// user pool, a JWT, a Lambda function or IAM. Headers are never looked at.
    pub fn gateway() -> Self {
        Self::of(Source::Gateway)
    }

    /// The identity of the bearer token, which the application verifies itself: for Function URLs and load balancers, which
    /// do not. What a gateway says is not looked at. Needs the feature `jwt`.
    #[cfg(feature = "jwt")]
    pub fn jwt(verifier: JwtVerifier) -> Self {
        Self::of(Source::Jwt(Box::new(verifier)))
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            names: Names::default(),
            local: Local::default(),
        }
    }

    /// The claim that has the roles; `cognito:groups` unless set. With a Lambda authorizer it is a key of its context.
    #[must_use]
    pub fn role_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.names.role = name.into();
        self
    }

    /// The claim that has the scopes; `scope` unless set. Some issuers call it `scp`.
    #[must_use]
    pub fn scope_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.names.scope = name.into();
        self
    }

    /// The claim that has the [id](User::id); unless set it is `sub` of a token, `principalId`, else `sub`, of a Lambda
    /// authorizer's context, and the ARN of the caller with IAM. An identity without it is none.
    #[must_use]
    pub fn id_claim(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.names.id = Some(name.into());
        self
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// What keeps it from finding out who calls: a sentence each.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        match &self.source {
            Source::Gateway => Vec::new(),
            #[cfg(feature = "jwt")]
            Source::Jwt(verifier) => verifier.mistakes(),
        }
    }

    /// Does ahead of the first request what each would have to wait for.
    #[cfg(feature = "jwt")]
    pub(crate) async fn prepare(&self) {
        if let Source::Jwt(verifier) = &self.source {
            verifier.prefetch().await;
        }
    }

    /// Told once, by a local run, whether it believes the claims of tokens that nobody has verified.
    pub(crate) fn set_local(&mut self, unverified: bool) {
        self.local = match unverified {
            true => Local::Unverified,
            false => Local::Told,
        };
    }

    /// The caller of this route, where it asks for one.
    ///
    /// # Errors
    ///
    /// 401 where there has to be one, 403 where they lack the roles or scopes.
    pub(crate) async fn admit(
        &self,
        route: &Route,
        head: &Head,
    ) -> Result<Option<User>, PoveryError> {
        if route.is_public() && route.caller() == Caller::Unasked {
            return Ok(None);
        }
        let identity = self.identity(head).await?;
        if route.is_public() {
            return Ok(identity.map(User::from));
        }
        let identity = identity.ok_or_else(|| self.nobody())?;
        for roles in route.role_lists() {
            has_one_of(&identity, roles)?;
        }
        let has_scope = |scope| identity.scopes.iter().any(|has| has == scope);
        if !route.all_scopes().iter().all(has_scope) {
            return Err(refusal::insufficient_scope());
        }
        Ok(Some(identity.into()))
    }

    /// Whether a direct invocation can have an identity at all: that of a token. A gateway says nothing of it.
    pub(crate) fn knows_invokers(&self) -> bool {
        !self.is_gateway()
    }

    /// Whether it is the gateway that says who calls.
    pub(crate) fn is_gateway(&self) -> bool {
        matches!(self.source, Source::Gateway)
    }

    /// The caller of an action that asks for one of these roles, by the token of the client context.
    ///
    /// # Errors
    ///
    /// As of a route.
    pub(crate) async fn admit_invoker(
        &self,
        roles: &[&str],
        lambda: &LambdaContext,
    ) -> Result<User, PoveryError> {
        let head = bearer::head_of(lambda)?;
        let identity = self.identity(&head).await?;
        let identity = identity.ok_or_else(|| self.nobody())?;
        has_one_of(&identity, roles)?;
        Ok(identity.into())
    }

    async fn identity(&self, head: &Head) -> Result<Option<Identity>, PoveryError> {
        if let Some(Vouched(identity)) = head.extensions.get() {
            return Ok(Some(identity.clone()));
        }
        if self.local == Local::Unverified {
            return unverified::identity(head, &self.names);
        }
        match &self.source {
            Source::Gateway => Ok(gateway::identity(head, &self.names)),
            #[cfg(feature = "jwt")]
            Source::Jwt(verifier) => {
                // Boxed, so that a request of another application does not carry the room for it.
                let claims = Box::pin(verifier.claims(head)).await?;
                let Some(claims) = claims else {
                    return Ok(None);
                };
                let identity = Identity::of(claims, &["sub"], Lists::Json, &self.names);
                let nameless = || refusal::invalid_token("The token names nobody");
                identity.map(Some).ok_or_else(nameless)
            }
        }
    }

    fn nobody(&self) -> PoveryError {
        if self.local == Local::Told && self.is_gateway() {
            tracing::warn!(
                "no gateway with an authorizer stands before a local run, so nobody has an identity: \
                 `--unverified-claims`, or POVERY_UNVERIFIED_CLAIMS=1, believes the claims of bearer tokens"
            );
        }
        refusal::unauthenticated()
    }
}

fn has_one_of(identity: &Identity, roles: &[impl AsRef<str>]) -> Result<(), PoveryError> {
    let has_role = |role: &str| identity.roles.iter().any(|has| has == role);
    match roles.iter().any(|role| has_role(role.as_ref())) {
        true => Ok(()),
        false => Err(refusal::forbidden()),
    }
}

#[cfg(test)]
mod tests;
