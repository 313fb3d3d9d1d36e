//! Asks a type what text it expects.

use serde::de::{self, Deserializer, Expected, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::TextError;

/// Answers every question of a type with what the type says it expects.
pub(super) struct Probe;

impl<'de> Deserializer<'de> for Probe {
    type Error = TextError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let expected: &dyn Expected = &visitor;
        Err(TextError::Expected(expected.to_string()))
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

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, TextError> {
        Err(TextError::OneOf(variants))
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_seq(ProbeItems)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct map struct identifier ignored_any
    }
}

/// One item, of which the item's type says what it expects.
struct ProbeItems;

impl<'de> SeqAccess<'de> for ProbeItems {
    type Error = TextError;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TextError> {
        seed.deserialize(Probe).map(Some)
    }
}
