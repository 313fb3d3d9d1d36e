//! A deserializer over the tail of a path: a list of segments, or their text as a whole.

use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::text::{self, Items, Text, TextError};

/// Reads `T` from the decoded segments, which `/` joins.
pub(crate) fn read<T: DeserializeOwned>(tail: &str) -> Result<T, TextError> {
    let segments: Vec<&str> = tail.split('/').collect();
    let result = T::deserialize(Tail {
        whole: tail,
        segments: &segments,
    });
    result.map_err(text::told::<T>)
}

struct Tail<'a> {
    whole: &'a str,
    segments: &'a [&'a str],
}

macro_rules! by_the_whole {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            Text(self.whole).$method(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Tail<'_> {
    type Error = TextError;

    by_the_whole! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32
        deserialize_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_str(self.whole)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(Items(self.segments.iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        Text(self.whole).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_or_the_whole() {
        assert_eq!(read::<String>("a/b").unwrap(), "a/b");
        assert_eq!(read::<Vec<String>>("a/b").unwrap(), ["a", "b"]);
        assert_eq!(read::<Vec<u8>>("1").unwrap(), [1]);
        assert_eq!(read::<(u8, String)>("7/x").unwrap(), (7, "x".into()));
        assert_eq!(
            read::<std::path::PathBuf>("a/b").unwrap(),
            std::path::Path::new("a/b")
        );
    }

    #[test]
    fn what_does_not_fit_is_told_without_the_text() {
        for error in [
            read::<Vec<u8>>("1/secret").unwrap_err(),
            read::<u8>("1/2").unwrap_err(),
            read::<uuid::Uuid>("secret").unwrap_err(),
        ] {
            assert!(error.to_string().starts_with("expected "), "{error}");
            assert!(!error.to_string().contains("secret"));
        }
    }
}
