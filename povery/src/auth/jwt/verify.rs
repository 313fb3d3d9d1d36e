//! From a token to its claims, or to the reason why it is not to be believed.

use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};
use serde_json::{Map, Value};

use super::keys::Found;
use super::{JwtAlgorithm, JwtVerifier};
use crate::auth::refusal;
use crate::error::PoveryError;

type Claims = Map<String, Value>;

/// Why a token is not believed: for the log, at DEBUG, since anybody can send one.
fn refused(why: &'static str) -> PoveryError {
    tracing::debug!(why, "a token is refused");
    refusal::invalid_token("The token is not valid")
}

impl JwtVerifier {
    pub(super) async fn verify(&self, token: &str, bound: Duration) -> Result<Claims, PoveryError> {
        let header = decode_header(token).map_err(|_| refused("its header cannot be read"))?;
        let algorithm = JwtAlgorithm::of(header.alg);
        let algorithm = algorithm.filter(|algorithm| self.algorithms.contains(algorithm));
        let algorithm = algorithm.ok_or_else(|| refused("its algorithm is not allowed"))?;
        if header.crit.is_some() {
            return Err(refused("it wants an extension that is not known"));
        }
        let kid = header.kid.ok_or_else(|| refused("it names no key"))?;
        let key = match self.keys.find(&kid, &self.keys_at(), bound).await {
            Found::Key(key) => key,
            Found::Unknown => return Err(refused("its key is not known")),
            Found::Unavailable => {
                let text = "Tokens cannot be verified at the moment";
                return Err(PoveryError::unavailable(text));
            }
        };
        // What a header says of its algorithm counts for nothing but to find out that the key says otherwise.
        if !algorithm.fits(&key) {
            return Err(refused("its algorithm is not its key's"));
        }
        let key = DecodingKey::from_jwk(&key).map_err(|_| refused("its key cannot be read"))?;
        let mut validation = Validation::new(header.alg);
        validation.leeway = self.leeway.as_secs();
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss"]);
        match &*self.audiences {
            [] => validation.validate_aud = false,
            audiences => {
                validation.set_audience(audiences);
                validation.required_spec_claims.insert("aud".to_owned());
            }
        }
        let token = decode::<Claims>(token, &key, &validation);
        let claims = token.map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => refusal::invalid_token("The token has expired"),
            ErrorKind::InvalidSignature => refused("its signature is not its key's"),
            _ => refused("its claims are not those of a valid token"),
        })?;
        self.check(claims.claims)
    }

    /// What is not registered in RFC 7519, or there in a wider sense.
    fn check(&self, claims: Claims) -> Result<Claims, PoveryError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(&*self.issuer) {
            return Err(refused("its issuer is another one"));
        }
        if let Some(token_use) = self.token_use
            && text("token_use") != Some(token_use.name())
        {
            return Err(refused("it is for another use"));
        }
        let is_known = |client: &Value| {
            let mut known = self.client_ids.iter();
            known.any(|known| client.as_str() == Some(known))
        };
        let is_ours = match (claims.get("client_id"), claims.get("aud")) {
            _ if self.client_ids.is_empty() => true,
            (Some(client), _) => is_known(client),
            (None, Some(Value::Array(clients))) => clients.iter().any(is_known),
            (None, Some(client)) => is_known(client),
            (None, None) => false,
        };
        match is_ours {
            true => Ok(claims),
            false => Err(refused("it is for another client")),
        }
    }
}
