//! `Parsed<T>`: a path or query argument of a type that only `FromStr` can read.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A value that is read by its [`FromStr`], for a type without `Deserialize`.
///
/// Text that it refuses is a fault `format` "has the wrong format". `Option<Parsed<T>>` and
/// `Vec<Parsed<T>>` are read as those of any other type.
///
/// # Example
///
/// ```
/// use povery::Parsed;
/// use povery::http::Method;
///
/// #[povery::route(GET, "/methods/<method>")]
/// async fn is_safe(method: Parsed<Method>) -> String {
///     method.0.is_safe().to_string()
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Parsed<T>(pub T);

impl<T: fmt::Display> fmt::Display for Parsed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de, T: FromStr> Deserialize<'de> for Parsed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Parse(PhantomData))
    }
}

struct Parse<T>(PhantomData<T>);

impl<T: FromStr> Visitor<'_> for Parse<T> {
    type Value = Parsed<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        // The type's own message may repeat the text.
        text.parse()
            .map(Parsed)
            .map_err(|_| E::custom("has the wrong format"))
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::extract::text::read;

    #[test]
    fn text_is_parsed() {
        let get = Parsed(Method::GET);
        assert_eq!(read(&["GET"]), Ok(get.clone()));
        assert_eq!(read(&["GET"]), Ok(Some(get.clone())));
        assert_eq!(read::<Option<Parsed<Method>>>(&[]), Ok(None));
        assert_eq!(
            read(&["GET", "PUT"]),
            Ok(vec![get.clone(), Parsed(Method::PUT)])
        );
        assert_eq!(get.to_string(), "GET");
        let number: Parsed<u8> = serde_json::from_str(r#""7""#).unwrap();
        assert_eq!(number, Parsed(7));
    }

    #[test]
    fn what_it_refuses_has_the_wrong_format() {
        let faults = [
            read::<Parsed<u8>>(&["x"]).unwrap_err(),
            read::<Option<Parsed<u8>>>(&["x"]).unwrap_err(),
            read::<Vec<Parsed<u8>>>(&["1", "x"]).unwrap_err(),
        ];
        for fault in faults {
            assert_eq!(
                (fault.constraint(), fault.to_string().as_str()),
                ("format", "has the wrong format")
            );
        }
        assert_eq!(
            read::<Parsed<u8>>(&[]).unwrap_err().constraint(),
            "required"
        );
        assert_eq!(
            read::<Parsed<u8>>(&["1", "2"]).unwrap_err().constraint(),
            "single"
        );
    }
}
