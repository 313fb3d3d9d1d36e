//! A deserializer over the text values of a path parameter or a query key.
//!
//! No value is `None` or an empty list, one is a scalar, several are a list.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{self, DeserializeOwned, Deserializer, Expected, SeqAccess, Unexpected, Visitor};
use serde::forward_to_deserialize_any;

use self::probe::Probe;
use crate::validate::readable;

/// Reads `T` from the values of one name.
pub(crate) fn read<T: DeserializeOwned>(values: &[&str]) -> Result<T, TextError> {
    T::deserialize(Values::of(values)).map_err(told::<T>)
}

/// Reads `T` from the tail of a path, decoded: a list of its segments, or its text as a whole.
pub(crate) fn read_tail<T: DeserializeOwned>(tail: &str) -> Result<T, TextError> {
    let segments: Vec<&str> = tail.split('/').collect();
    let values = Values {
        values: &segments,
        whole: Some(tail),
    };
    T::deserialize(values).map_err(told::<T>)
}

/// The error, in better words where the type has its own opinion of the text (a UUID, a date): it
/// is asked for what it expects.
fn told<T: DeserializeOwned>(error: TextError) -> TextError {
    match error {
        TextError::Opaque => match T::deserialize(Probe) {
            // A string is what it was given.
            Err(TextError::Expected(what)) if what == "a string" => TextError::Opaque,
            Err(error @ (TextError::Expected(_) | TextError::OneOf(_))) => error,
            _ => TextError::Opaque,
        },
        error => error,
    }
}

/// Why text is not a `T`. Never contains the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TextError {
    Missing,
    Repeated,
    Expected(String),
    OneOf(&'static [&'static str]),
    Opaque,
}

impl TextError {
    /// The name of the constraint in `errorData`.
    pub(crate) fn constraint(&self) -> &'static str {
        match self {
            Self::Missing => "required",
            Self::Repeated => "single",
            Self::Expected(_) => "type",
            Self::OneOf(_) => "enum",
            Self::Opaque => "format",
        }
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is required"),
            Self::Repeated => f.write_str("must be given once"),
            Self::Expected(what) => write!(f, "expected {}", readable(what)),
            Self::OneOf(known) => write!(f, "must be one of {}", known.join(", ")),
            Self::Opaque => f.write_str("has the wrong format"),
        }
    }
}

impl std::error::Error for TextError {}

impl de::Error for TextError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::Opaque
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::Expected(expected.to_string())
    }

    fn unknown_variant(_: &str, known: &'static [&'static str]) -> Self {
        Self::OneOf(known)
    }

    fn missing_field(_: &'static str) -> Self {
        Self::Missing
    }
}

/// All values of one name; the segments of a path's tail are the values of its name.
pub(super) struct Values<'a> {
    values: &'a [&'a str],
    /// What a type that is no list reads, whatever the number of values.
    whole: Option<&'a str>,
}

impl<'a> Values<'a> {
    pub(super) fn of(values: &'a [&'a str]) -> Self {
        Self {
            values,
            whole: None,
        }
    }

    fn one(&self) -> Result<Text<'a>, TextError> {
        match (self.whole, self.values) {
            (Some(whole), _) => Ok(Text(whole)),
            (None, []) => Err(TextError::Missing),
            (None, [text]) => Ok(Text(text)),
            (None, _) => Err(TextError::Repeated),
        }
    }
}

macro_rules! by_the_one_value {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            self.one()?.$method(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Values<'_> {
    type Error = TextError;

    by_the_one_value! {
        deserialize_any deserialize_bool deserialize_char deserialize_str deserialize_string
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64 deserialize_bytes deserialize_byte_buf deserialize_identifier
        deserialize_map
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        if self.values.is_empty() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        let mut items = Items(self.values.iter());
        let list = visitor.visit_seq(&mut items)?;
        match items.0.len() {
            0 => Ok(list),
            _ => Err(TextError::Expected("fewer values".to_owned())),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        match self.values.len() {
            given if given == len => self.deserialize_seq(visitor),
            0 => Err(TextError::Missing),
            _ => Err(TextError::Expected(format!("{len} values"))),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        self.one()?.deserialize_enum(name, variants, visitor)
    }
}

/// The values as items of a list.
struct Items<'a>(std::slice::Iter<'a, &'a str>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = TextError;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, TextError> {
        self.0
            .next()
            .map(|text| seed.deserialize(Text(text)))
            .transpose()
    }
}

/// One value.
struct Text<'a>(&'a str);

macro_rules! by_parsing {
    ($($method:ident $visit:ident $ty:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            match self.0.parse::<$ty>() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(TextError::Expected(stringify!($ty).to_owned())),
            }
        })*
    };
}

/// Rust reads `NaN` and `inf`, which no rule about a range can judge and JSON cannot write.
macro_rules! by_parsing_finite {
    ($($method:ident $visit:ident $ty:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
            match self.0.parse::<$ty>().ok().filter(|number| number.is_finite()) {
                Some(number) => visitor.$visit(number),
                None => Err(TextError::Expected(stringify!($ty).to_owned())),
            }
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'_> {
    type Error = TextError;

    by_parsing! {
        deserialize_i8 visit_i8 i8
        deserialize_i16 visit_i16 i16
        deserialize_i32 visit_i32 i32
        deserialize_i64 visit_i64 i64
        deserialize_i128 visit_i128 i128
        deserialize_u8 visit_u8 u8
        deserialize_u16 visit_u16 u16
        deserialize_u32 visit_u32 u32
        deserialize_u64 visit_u64 u64
        deserialize_u128 visit_u128 u128
    }

    by_parsing_finite! {
        deserialize_f32 visit_f32 f32
        deserialize_f64 visit_f64 f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, TextError> {
        match self.0 {
            "true" => visitor.visit_bool(true),
            "false" => visitor.visit_bool(false),
            _ => Err(TextError::Expected("a boolean".to_owned())),
        }
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
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TextError> {
        StrDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

mod probe;
#[cfg(test)]
mod tests;
