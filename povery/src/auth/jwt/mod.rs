//! Tokens that the application verifies itself, where no gateway does.

mod algorithm;
mod fetch;
mod keys;
mod provider;
mod verify;

pub use algorithm::JwtAlgorithm;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::bearer;
use crate::error::PoveryError;
use crate::request::Head;
use keys::Keys;

/// Verifies the bearer tokens of one issuer, for [`Authorizer::jwt`](crate::Authorizer::jwt). Needs the feature `jwt`.
///
/// A token is believed if one of the issuer's keys has signed it, with the algorithm of the key and one that is
/// [allowed](Self::algorithms); if `iss` is the issuer, `aud` or the client are those that are set here, and `exp` and `nbf` say that
/// it is valid now. Anything else is a 401. The keys are fetched over HTTPS when the function starts (in a local run and with SnapStart at the first token), kept for an hour, and fetched
/// again for a key id that is not known, at most every 30 s; while they cannot be fetched, those of the last 24 h are used. Where there
/// are none it is a 503.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
/// use povery::{Authorizer, JwtVerifier};
///
/// let verifier = JwtVerifier::new("https://issuer.example/").audience("https://api.example");
/// let app = App::new().authorizer(Authorizer::jwt(verifier).role_claim("roles"));
/// assert!(app.check().is_ok());
///
/// let verifier = JwtVerifier::cognito("eu-central-1", "eu-central-1_a1b2c3").client_id("4d5e6f");
/// let app = App::new().authorizer(Authorizer::jwt(verifier));
/// # assert!(app.check().is_ok());
/// ```
#[derive(Clone)]
pub struct JwtVerifier {
    issuer: String,
    audiences: Vec<String>,
    client_ids: Vec<String>,
    token_use: Option<TokenUse>,
    algorithms: Vec<JwtAlgorithm>,
    leeway: Duration,
    jwks_uri: Option<String>,
    keys: Arc<Keys>,
}

/// What a token of Amazon Cognito is for: its claim `token_use`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenUse {
    /// An access token, which is for APIs.
    Access,
    /// An identity token, which tells a client of its user.
    Id,
}

impl TokenUse {
    fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }
}

impl JwtVerifier {
    /// For tokens of that issuer, exactly as their `iss` has it, and with the keys at `<issuer>/.well-known/jwks.json`.
    pub fn new(issuer: impl Into<String>) -> Self {
        provider::install();
        Self {
            issuer: issuer.into(),
            audiences: Vec::new(),
            client_ids: Vec::new(),
            token_use: None,
            algorithms: vec![JwtAlgorithm::Rs256],
            leeway: Duration::from_secs(60),
            jwks_uri: None,
            keys: Arc::default(),
        }
    }

    /// For the access tokens of an Amazon Cognito user pool; [`token_use`](Self::token_use) says otherwise.
    pub fn cognito(region: &str, user_pool_id: &str) -> Self {
        let issuer = format!("https://cognito-idp.{region}.amazonaws.com/{user_pool_id}");
        Self::new(issuer).token_use(TokenUse::Access)
    }

    /// A value that `aud` may have; with several calls it is one of them.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// A client that tokens may be for; with several calls it is one of them. It is the claim `client_id`, as access tokens
    /// of Cognito have it, or `aud` of a token without it.
    #[must_use]
    pub fn client_id(mut self, client_id: impl Into<String>) -> Self {
        self.client_ids.push(client_id.into());
        self
    }

    /// What `token_use` has to be; nothing unless set.
    #[must_use]
    pub fn token_use(mut self, token_use: TokenUse) -> Self {
        self.token_use = Some(token_use);
        self
    }

    /// The algorithms that tokens may be signed with; RS256 alone unless set. None of them is symmetric: `none` and HS256
    /// are never taken.
    #[must_use]
    pub fn algorithms(mut self, algorithms: impl IntoIterator<Item = JwtAlgorithm>) -> Self {
        self.algorithms = algorithms.into_iter().collect();
        self
    }

    /// How far the clocks of issuer and function may be apart; 60 s unless set.
    #[must_use]
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway;
        self
    }

    /// Where the keys are, if not at `<issuer>/.well-known/jwks.json`: what the issuer's
    /// `/.well-known/openid-configuration` says as `jwks_uri`.
    #[must_use]
    pub fn jwks_uri(mut self, uri: impl Into<String>) -> Self {
        self.jwks_uri = Some(uri.into());
        self
    }

    fn keys_at(&self) -> String {
        let at = || {
            format!(
                "{}/.well-known/jwks.json",
                self.issuer.trim_end_matches('/')
            )
        };
        self.jwks_uri.clone().unwrap_or_else(at)
    }

    /// What keeps it from verifying anything, or would have it believe too much: a sentence each.
    pub(super) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        if let Err(reason) = fetch::address(&self.keys_at()) {
            mistakes.push(format!("`JwtVerifier`: the address of the keys {reason}"));
        }
        if self.audiences.is_empty() && self.client_ids.is_empty() {
            let text = "`JwtVerifier` takes the tokens of every application of the issuer: name yours by `audience` or `client_id`";
            mistakes.push(text.to_owned());
        }
        if self.algorithms.is_empty() {
            mistakes.push("`JwtVerifier` has no `algorithms`".to_owned());
        }
        mistakes
    }

    /// Fetches the keys ahead of the first request. What fails is a warning: that request tries again.
    pub(super) async fn prefetch(&self) {
        self.keys.refresh(&self.keys_at(), fetch::LONGEST).await;
    }

    /// The claims of the request's bearer token; `None` where it has none.
    ///
    /// # Errors
    ///
    /// 401 for a token that is not to be believed, 503 where there are no keys to tell.
    pub(super) async fn claims(
        &self,
        head: &Head,
    ) -> Result<Option<Map<String, Value>>, PoveryError> {
        let Some(token) = bearer::token(head)? else {
            return Ok(None);
        };
        let bound = fetch::bound(head.host.deadline.remaining());
        self.verify(token, bound).await.map(Some)
    }
}

/// Without the keys.
impl std::fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JwtVerifier")
            .field("issuer", &self.issuer)
            .field("audiences", &self.audiences)
            .field("client_ids", &self.client_ids)
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
