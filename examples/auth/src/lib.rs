//! Three routes, for everyone, for any user and for administrators, and the authorizer that tells them apart.

use povery::prelude::*;
use povery::{Authorizer, Claims, JwtVerifier, TokenUse};
use serde::{Deserialize, Serialize};

/// What the application reads of a token, besides who it is.
#[derive(Deserialize)]
struct Account {
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
}

/// A user, as the user sees it.
#[derive(Serialize)]
struct Profile {
    id: String,
    roles: Vec<String>,
    email: Option<String>,
}

/// Greets everyone, and users by their id.
#[povery::route(GET, "/", public)]
async fn home(user: Option<User>) -> String {
    match user {
        Some(user) => format!("Hello, {}!", user.id()),
        None => "Hello!".to_owned(),
    }
}

/// Shows a user their profile.
#[povery::route(GET, "/profile")]
async fn profile(user: User, Claims(account): Claims<Account>) -> Json<Profile> {
    Json(Profile {
        id: user.id().to_owned(),
        roles: user.roles().to_vec(),
        email: account.email.filter(|_| account.email_verified),
    })
}

/// Lets administrators in.
#[povery::route(GET, "/admin", roles("ADMIN"))]
async fn admin(user: User) -> String {
    format!("{} administers", user.id())
}

/// The routes.
pub const ROUTES: povery::RouteTable = povery::routes![home, profile, admin];

/// The application, configured by variables; an empty one counts as unset.
pub fn app(variable: impl Fn(&str) -> Option<String>) -> App {
    App::new().routes(ROUTES).authorizer(authorizer(variable))
}

/// The gateway's authorizer or, where `JWT_ISSUER` is set, tokens that the application verifies itself: behind a Function
/// URL nobody else does.
fn authorizer(variable: impl Fn(&str) -> Option<String>) -> Authorizer {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let authorizer = match set("JWT_ISSUER") {
        None => Authorizer::gateway(),
        Some(issuer) => {
            let mut verifier = JwtVerifier::new(issuer);
            if let Some(audience) = set("JWT_AUDIENCE") {
                verifier = verifier.audience(audience);
            }
            if let Some(client) = set("JWT_CLIENT_ID") {
                verifier = verifier.client_id(client);
            }
            if let Some(kind) = set("JWT_TOKEN_USE") {
                // What is misspelt lets nobody in whom `access` would not.
                verifier = verifier.token_use(match kind.as_str() {
                    "id" => TokenUse::Id,
                    _ => TokenUse::Access,
                });
            }
            if let Some(uri) = set("JWT_JWKS_URI") {
                verifier = verifier.jwks_uri(uri);
            }
            Authorizer::jwt(verifier)
        }
    };
    match set("ROLE_CLAIM") {
        Some(claim) => authorizer.role_claim(claim),
        None => authorizer,
    }
}
