//! Asks a type which fields it has at a place, without any data.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Expected, MapAccess,
    SeqAccess, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::place::{Place, Step};

/// The names, aliases too, of the struct at `place`; `None` where there is none, or where it cannot
/// be seen: inside what serde buffers.
pub(super) fn fields<T: DeserializeOwned>(place: &Place) -> Option<&'static [&'static str]> {
    match T::deserialize(Ask(place.steps())) {
        Err(Answer::Fields(fields)) => Some(fields),
        _ => None,
    }
}

/// What the type at `place` says that it expects; `None` where it cannot be seen.
pub(super) fn expected<T: DeserializeOwned>(place: &Place) -> Option<String> {
    match T::deserialize(Ask(place.steps())) {
        Err(Answer::Expected(what)) => Some(what),
        _ => None,
    }
}

/// Whether the type is read from an object, though serde's derive would take a list for it too.
pub(super) fn is_object<T: DeserializeOwned>() -> bool {
    match T::deserialize(Ask(&[])) {
        Err(Answer::Fields(_)) => true,
        Err(Answer::Expected(what)) => what.starts_with("internally tagged enum "),
        _ => false,
    }
}

#[derive(Debug)]
enum Answer {
    Fields(&'static [&'static str]),
    Expected(String),
    Nothing,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a question")
    }
}

impl std::error::Error for Answer {}

impl de::Error for Answer {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Nothing
    }
}

/// Leads a type along the steps, and there notes its fields.
struct Ask<'p>(&'p [Step]);

impl<'de> Deserializer<'de> for Ask<'_> {
    type Error = Answer;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        let expected: &dyn Expected = &visitor;
        Err(Answer::Expected(expected.to_string()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Answer> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Answer> {
        if self.0.is_empty() {
            return Err(Answer::Fields(fields));
        }
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        match self.0.split_first() {
            Some((Step::Key(key), rest)) => visitor.visit_map(Entry(Some(key.as_str()), rest)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Answer> {
        match self.0.split_first() {
            Some((Step::Index(_), rest)) => visitor.visit_seq(Items(rest)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Answer> {
        match self.0.split_first() {
            Some((Step::Key(key), rest)) => visitor.visit_enum(Entry(Some(key.as_str()), rest)),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        tuple tuple_struct identifier ignored_any
    }
}

/// The one entry that is on the way.
struct Entry<'p>(Option<&'p str>, &'p [Step]);

impl<'de> MapAccess<'de> for Entry<'_> {
    type Error = Answer;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Answer> {
        let key = self.0.take();
        key.map(|key| seed.deserialize(StrDeserializer::new(key)))
            .transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Answer> {
        seed.deserialize(Ask(self.1))
    }
}

impl<'de> EnumAccess<'de> for Entry<'_> {
    type Error = Answer;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Answer> {
        let variant = StrDeserializer::new(self.0.unwrap_or_default());
        Ok((seed.deserialize(variant)?, self))
    }
}

impl<'de> VariantAccess<'de> for Entry<'_> {
    type Error = Answer;

    fn unit_variant(self) -> Result<(), Answer> {
        Err(Answer::Nothing)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Answer> {
        seed.deserialize(Ask(self.1))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Answer> {
        Ask(self.1).deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Answer> {
        Ask(self.1).deserialize_struct("", fields, visitor)
    }
}

/// A list, of which every item is on the way.
struct Items<'p>(&'p [Step]);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Answer;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Answer> {
        seed.deserialize(Ask(self.0)).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Outer {
        inner: Option<Vec<Inner>>,
        by_name: HashMap<String, Inner>,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only its shape matters")]
    struct Inner {
        first_name: String,
        #[serde(rename = "mail")]
        email: Option<String>,
    }

    #[derive(Deserialize)]
    #[serde(tag = "t")]
    #[expect(dead_code, reason = "only its shape matters")]
    enum Tagged {
        A { x: u32 },
    }

    #[test]
    fn a_type_tells_its_fields() {
        let top = Place::default();
        let inner: Option<&[_]> = Some(&["firstName", "mail"]);
        assert_eq!(fields::<Outer>(&top), Some(["inner", "by_name"].as_slice()));
        assert_eq!(fields::<Outer>(&top.field("inner").item(7)), inner);
        assert_eq!(fields::<Outer>(&top.field("by_name").field("x")), inner);
        assert_eq!(fields::<Outer>(&top.field("none")), None);
        assert_eq!(fields::<Tagged>(&top), None);
        let name = top.field("inner").item(0).field("firstName");
        assert_eq!(expected::<Outer>(&name).as_deref(), Some("a string"));
    }

    #[test]
    fn objects_are_told_from_lists() {
        assert!(is_object::<Outer>() && is_object::<Option<Outer>>() && is_object::<Tagged>());
        assert!(!is_object::<Vec<Outer>>() && !is_object::<(u8, u8)>());
        assert!(!is_object::<serde_json::Value>());
    }
}
