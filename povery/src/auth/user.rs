//! Who calls, for handlers.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::Identity;

/// Who calls, as the application's [`Authorizer`](crate::Authorizer) has found out.
///
/// As an argument of a route it is there, since the route is closed to callers without an identity; on a `public` route
/// write `Option<User>`. A clone is cheap. `Debug` shows no claim, not even the id.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[povery::route(GET, "/profile")]
/// async fn profile(user: User) -> Json<(String, bool)> {
///     Json((user.id().to_owned(), user.has_role("ADMIN")))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let Json(answer) = profile(User::new("u-1").with_role("ADMIN")).await;
/// assert_eq!(answer, ("u-1".to_owned(), true));
/// # }
/// ```
#[derive(Clone, PartialEq)]
pub struct User(Arc<Identity>);

impl User {
    /// A user of a test's own, to call a handler as the plain function that it is.
    pub fn new(id: impl Into<String>) -> Self {
        let id = id.into();
        Self::from(Identity {
            id,
            ..Identity::default()
        })
    }

    /// The same, with a further role.
    #[must_use]
    pub fn with_role(mut self, role: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).roles.push(role.into());
        self
    }

    /// The same, with a further scope.
    #[must_use]
    pub fn with_scope(mut self, scope: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).scopes.push(scope.into());
        self
    }

    /// The same, with this claim.
    #[must_use]
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        let claims = &mut Arc::make_mut(&mut self.0).claims;
        claims.insert(name.into(), value.into());
        self
    }

    /// Who it is: `sub` of a token, `principalId` of a Lambda authorizer, the ARN of an IAM identity, or what
    /// [`Authorizer::id_claim`](crate::Authorizer::id_claim) names. Never empty where an authorizer has found it.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The roles, in the order of the claim.
    pub fn roles(&self) -> &[String] {
        &self.0.roles
    }

    /// Whether it has the role of exactly this name.
    pub fn has_role(&self, role: &str) -> bool {
        self.0.roles.iter().any(|has| has == role)
    }

    /// The scopes, in the order of the claim.
    pub fn scopes(&self) -> &[String] {
        &self.0.scopes
    }

    /// Whether it has the scope of exactly this name.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.0.scopes.iter().any(|has| has == scope)
    }

    /// A claim as it arrived: API Gateway makes most of them texts. [`Claims<T>`](crate::Claims) reads them into
    /// types.
    pub fn claim(&self, name: &str) -> Option<&Value> {
        self.0.claims.get(name)
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0
    }
}

impl From<Identity> for User {
    fn from(identity: Identity) -> Self {
        Self(Arc::new(identity))
    }
}

/// Without the claims.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").finish_non_exhaustive()
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}
