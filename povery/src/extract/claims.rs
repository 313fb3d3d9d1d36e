//! `Claims<T>`: the claims of the caller, read into a type.

use std::any::type_name;

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::text::{TextError, Values};
use super::{FromRequest, Rejection};
use crate::auth::{Lists, User, refusal};
use crate::error::PoveryError;
use crate::request::Request;
use crate::route::Caller;

/// The claims of the caller, read into `T`: those of the token, the context of a Lambda authorizer, or what a gateway says of
/// an IAM identity.
///
/// API Gateway makes texts of numbers, booleans and lists; where `T` wants one of these, the text is read as such. Where
/// there is no caller it is a 401, and `Option<Claims<T>>` is `None`. Claims that do not fit `T` are a logged 500 that names the
/// place: the issuer and the application do not agree, which the caller cannot mend. Write `Option<…>` for claims that
/// not every token has.
///
/// Within what serde buffers (`flatten`, untagged and internally tagged types) a text stays one.
///
/// # Example
///
/// ```
/// use povery::Claims;
/// use povery::prelude::*;
///
/// #[derive(serde::Deserialize)]
/// struct Profile {
///     sub: String,
///     email: Option<String>,
///     #[serde(default)]
///     email_verified: bool,
/// }
///
/// #[povery::route(GET, "/profile")]
/// async fn profile(Claims(profile): Claims<Profile>) -> String {
///     profile.email.filter(|_| profile.email_verified).unwrap_or(profile.sub)
/// }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claims<T = Map<String, Value>>(pub T);

impl<T: DeserializeOwned + Send> FromRequest for Claims<T> {
    const CALLER: Caller = Caller::Required;

    /// Whether nobody is named: on a `public` route alone.
    fn is_absent(request: &Request) -> bool {
        request.user.is_none()
    }

    async fn from_request(request: &Request) -> Result<Self, Rejection> {
        let user = request.user.as_ref();
        let user = user.ok_or_else(refusal::unauthenticated)?;
        Ok(read(user).map(Self)?)
    }
}

fn read<T: DeserializeOwned>(user: &User) -> Result<T, PoveryError> {
    let (claims, lists) = (&user.identity().claims, user.identity().lists);
    let entries = claims.iter();
    let entries = entries.map(|(name, value)| (name.as_str(), Claim { value, lists }));
    let claims = MapDeserializer::<_, TextError>::new(entries);
    serde_path_to_error::deserialize(claims).map_err(|error| {
        // The place is enough to mend the type; what is there is the caller's.
        let (ty, place) = (type_name::<T>(), error.path().to_string());
        PoveryError::internal(format!("the claims do not fit `{ty}`, at `{place}`"))
    })
}

/// One claim.
#[derive(Clone, Copy)]
struct Claim<'a> {
    value: &'a Value,
    lists: Lists,
}

impl<'de> IntoDeserializer<'de, TextError> for Claim<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// Where a text is to be something else, it is read as of a query; anything but a text is what it is.
macro_rules! read_from_text {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            match self.value {
                Value::String(text) => Values::of(&[text]).$method(visitor),
                other => other.$method(visitor).map_err(told),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Claim<'de> {
    type Error = TextError;

    read_from_text! {
        deserialize_bool
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.value {
            Value::String(text) => Values::of(&self.lists.split(text)).deserialize_seq(visitor),
            other => other.deserialize_seq(visitor).map_err(told),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.value
            .deserialize_enum(name, variants, visitor)
            .map_err(told)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        self.value.deserialize_any(visitor).map_err(told)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

/// Without what serde says, which may repeat a claim.
fn told(_: serde_json::Error) -> TextError {
    TextError::Opaque
}

#[cfg(test)]
mod tests;
