//! A deserializer over the names and values of a query or a form.

use std::collections::HashMap;

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, Error, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::text::{TextError, Values};
use crate::validate::{Pair, PairsError};

/// Reads a struct or a map; each value as [`super::text`] reads those of one name.
pub(super) fn read<T: DeserializeOwned>(pairs: &[Pair<'_>]) -> Result<T, PairsError> {
    let mut names: Vec<(&str, Vec<&str>)> = Vec::with_capacity(pairs.len());
    let mut known: HashMap<&str, usize> = HashMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let index = *known.entry(name).or_insert_with(|| {
            names.push((name, Vec::new()));
            names.len() - 1
        });
        if let Some((_, values)) = names.get_mut(index) {
            values.push(value);
        }
    }
    T::deserialize(Names(&names))
}

/// The names in the order in which they were first sent, each with all of its values.
struct Names<'a>(&'a [(&'a str, Vec<&'a str>)]);

impl<'de> Deserializer<'de> for Names<'_> {
    type Error = PairsError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairsError> {
        visitor.visit_map(Entries {
            rest: self.0.iter(),
            values: None,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairsError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PairsError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PairsError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit_struct
        seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Entries<'a> {
    rest: std::slice::Iter<'a, (&'a str, Vec<&'a str>)>,
    values: Option<&'a (&'a str, Vec<&'a str>)>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = PairsError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, PairsError> {
        self.values = self.rest.next();
        self.values
            .map(|(name, _)| seed.deserialize(StrDeserializer::new(name)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, PairsError> {
        let Some((name, values)) = self.values.take() else {
            return Err(PairsError::custom("a value without a name"));
        };
        seed.deserialize(Values::of(values))
            .map_err(|error| at(name, error))
    }
}

/// What serde would say of it.
fn at(name: &str, error: TextError) -> PairsError {
    match error {
        TextError::Missing => PairsError::custom(format_args!("missing field `{name}`")),
        TextError::Repeated => PairsError::custom(format_args!("duplicate field `{name}`")),
        TextError::Expected(what) => {
            PairsError::custom(format_args!("invalid type: text, expected {what}")).at(name)
        }
        TextError::OneOf(known) => {
            let known = known.join("`, `");
            PairsError::custom(format_args!(
                "unknown variant ``, expected one of `{known}`"
            ))
            .at(name)
        }
        TextError::Opaque => PairsError::custom("text of another format").at(name),
    }
}
