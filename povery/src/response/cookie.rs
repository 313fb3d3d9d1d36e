//! The `Set-Cookie` header.

use std::fmt;

use cookie::Cookie;
use http::{HeaderValue, header};

use super::{Response, ResponsePart};
use crate::error::PoveryError;

/// `Set-Cookie` (RFC 6265), before the answer that it belongs to; several may stand there, also in an
/// array or a `Vec`. Name and value are percent-encoded, as [`Cookies`](crate::Cookies) expects them. A
/// cookie that cannot stand in a header is a logged 500.
///
/// # Example
///
/// ```
/// use povery::cookie::{Cookie, SameSite};
/// use povery::SetCookie;
///
/// #[povery::route(POST, "/theme/<theme>")]
/// async fn choose(theme: String) -> (SetCookie, ()) {
///     let cookie = Cookie::build(("theme", theme)).path("/").secure(true).same_site(SameSite::Lax);
///     (SetCookie(cookie.into()), ())
/// }
/// ```
#[derive(Clone, PartialEq)]
pub struct SetCookie(pub Cookie<'static>);

/// Without the value, which may be a secret.
impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SetCookie").field(&self.0.name()).finish()
    }
}

impl ResponsePart for SetCookie {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        let value = self.0.encoded().to_string();
        let value = HeaderValue::try_from(value).map_err(PoveryError::internal)?;
        response.headers_mut().append(header::SET_COOKIE, value);
        Ok(())
    }
}

impl ResponsePart for Vec<SetCookie> {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        self.into_iter()
            .try_for_each(|cookie| cookie.apply(response))
    }
}

impl<const N: usize> ResponsePart for [SetCookie; N] {
    fn apply(self, response: &mut Response) -> Result<(), PoveryError> {
        self.into_iter()
            .try_for_each(|cookie| cookie.apply(response))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::IntoResponse;

    fn set(name: &'static str, value: &'static str) -> SetCookie {
        SetCookie(Cookie::new(name, value))
    }

    #[test]
    fn each_is_a_header_of_its_own() {
        let response = (vec![set("a", "1"), set("b", "x; y")], [set("c", "é")], ());
        let response = response.into_response().unwrap();
        let values: Vec<_> = response.headers().get_all("set-cookie").iter().collect();
        assert_eq!(values, ["c=%C3%A9", "a=1", "b=x%3B%20y"]);
    }

    #[test]
    fn what_cannot_stand_in_a_header_is_an_error_without_it() {
        let cookie = Cookie::build(("a", "secret")).path("/\r\nX: secret");
        let error = (SetCookie(cookie.into()), ()).into_response().unwrap_err();
        assert_eq!(error.status(), 500);
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        assert_eq!(format!("{:?}", set("a", "secret")), r#"SetCookie("a")"#);
    }
}
