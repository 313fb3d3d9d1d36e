//! `Cookies`: what the caller has kept for the application.

use std::fmt;

use cookie::Cookie;
use http::{HeaderMap, header};

use super::{FromRequest, Rejection};
use crate::request::Request;

/// The request's cookies, percent-decoded. It never fails: a pair that is broken is left out.
///
/// [`SetCookie`](crate::SetCookie) gives the caller one.
///
/// # Example
///
/// ```
/// use povery::Cookies;
///
/// #[povery::route(GET, "/theme")]
/// async fn theme(cookies: Cookies) -> String {
///     cookies.get("theme").unwrap_or("light").to_owned()
/// }
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Cookies(Vec<Cookie<'static>>);

impl Cookies {
    /// The value of the first cookie of that name: of the ones that a browser sends, the one with the
    /// longest path.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// Names and values, in the order in which they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(Cookie::name_value)
    }

    fn of(headers: &HeaderMap) -> Self {
        let pairs = headers
            .get_all(header::COOKIE)
            .into_iter()
            .filter_map(|line| std::str::from_utf8(line.as_bytes()).ok())
            .flat_map(|line| Cookie::split_parse_encoded(line.to_owned()));
        Self(pairs.filter_map(Result::ok).collect())
    }
}

/// Names and values, to call a handler with as the plain function that it is.
impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Cookies {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let cookie = |(name, value): (N, V)| Cookie::new(name.into(), value.into());
        Self(pairs.into_iter().map(cookie).collect())
    }
}

/// The number alone: cookies are secrets.
impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookies({})", self.0.len())
    }
}

impl FromRequest for Cookies {
    fn is_absent(request: &Request) -> bool {
        !request.headers().contains_key(header::COOKIE)
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        Ok(Self::of(request.headers()))
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn cookies(lines: &[&[u8]]) -> Cookies {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line).unwrap());
        }
        Cookies::of(&headers)
    }

    #[test]
    fn all_headers_are_read_and_decoded() {
        let cookies = cookies(&[b"a=1; name=Ada%20L%C3%B6", b"b=x=y;a=2"]);
        let pairs: Vec<_> = cookies.iter().collect();
        assert_eq!(
            pairs,
            [("a", "1"), ("name", "Ada Lö"), ("b", "x=y"), ("a", "2")]
        );
        assert_eq!((cookies.get("a"), cookies.get("c")), (Some("1"), None));
        assert_eq!(format!("{cookies:?}"), "Cookies(4)");
    }

    #[test]
    fn broken_pairs_are_left_out() {
        let lines: &[&[u8]] = &[
            b"",
            b"; ;",
            b"alone",
            b"=x",
            b"bad=%ff",
            b"\xff=\xff",
            b"ok=1",
        ];
        assert_eq!(cookies(lines).iter().collect::<Vec<_>>(), [("ok", "1")]);
        assert_eq!(cookies(&[b"bad=%ff; ok=1"]).get("ok"), Some("1"));
    }
}
