//! `Form<T>`: a body as browsers send it from a form.

use serde::de::DeserializeOwned;
use validator::Validate;

use super::content_type::ContentType;
use super::{FromRequest, Rejection, Unvalidated, pairs};
use crate::request::Request;
use crate::validate::{self, In, Rules, no_rules, rules};

const FORM: &str = "application/x-www-form-urlencoded";

/// A body of `application/x-www-form-urlencoded`, validated; another content type, or a charset other
/// than UTF-8 and US-ASCII, is a 415.
///
/// `T` is `Deserialize + Validate`, and is read as [`Query`](crate::Query) says. The faults are
/// `"in": "body"`. `Option<Form<T>>` is `None` where the body is empty.
///
/// # Example
///
/// ```
/// use povery::prelude::*;
///
/// #[derive(serde::Deserialize, Validate)]
/// struct SignUp {
///     #[validate(email)]
///     email: String,
///     #[serde(default)]
///     newsletter: bool,
/// }
///
/// #[povery::route(POST, "/sign-up")]
/// async fn sign_up(Form(form): Form<SignUp>) -> String {
///     format!("{} {}", form.email, form.newsletter)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Validate + Send> FromRequest for Form<T> {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, rules).map(Self)
    }
}

impl<T: DeserializeOwned + Send> FromRequest for Unvalidated<Form<T>> {
    fn is_absent(request: &Request) -> bool {
        request.body().is_empty()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        read(request, no_rules).map(|value| Self(Form(value)))
    }
}

fn read<T: DeserializeOwned>(request: &Request, rules: Rules<T>) -> Result<T, Rejection> {
    let is_form = |content_type: &ContentType<'_>| content_type.is(FORM);
    ContentType::which(request.content(), is_form, FORM)?.charset()?;
    validate::pairs(request.body(), In::Body, pairs::read, rules).map_err(Rejection::Faults)
}
