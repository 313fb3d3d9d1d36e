//! The maps of an event: names with a value or a list of values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Scalar;

/// Calls `each` with every name and value. A value may be a string, a list of strings or `null`; so may
/// the map be `null`.
pub(super) fn for_each(json: &str, each: impl FnMut(&str, &str)) -> Result<(), serde_json::Error> {
    for_each_of(json, |_| true, each)
}

/// Calls `each` with the wanted names and their values; the other values may be anything.
pub(super) fn for_each_of(
    json: &str,
    wanted: impl Fn(&str) -> bool,
    each: impl FnMut(&str, &str),
) -> Result<(), serde_json::Error> {
    serde_json::Deserializer::from_str(json).deserialize_any(Pairs { wanted, each })
}

/// Calls `each` with every string of a list.
pub(super) fn for_each_item(
    json: &str,
    mut each: impl FnMut(&str),
) -> Result<(), serde_json::Error> {
    let values = Values {
        name: "",
        each: &mut |_: &str, item: &str| each(item),
    };
    values.deserialize(&mut serde_json::Deserializer::from_str(json))
}

struct Pairs<W, F> {
    wanted: W,
    each: F,
}

impl<'de, W: Fn(&str) -> bool, F: FnMut(&str, &str)> Visitor<'de> for Pairs<W, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("names with values")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Scalar<'de>>()? {
            let name = name.as_str().unwrap_or_default();
            if (self.wanted)(name) {
                let each = &mut self.each;
                map.next_value_seed(Values { name, each })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

struct Values<'a, F> {
    name: &'a str,
    each: &'a mut F,
}

impl<'de, F: FnMut(&str, &str)> DeserializeSeed<'de> for Values<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, F: FnMut(&str, &str)> Visitor<'de> for Values<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or a list of values")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        (self.each)(self.name, value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while let Some(value) = values.next_element::<Scalar<'de>>()? {
            match value {
                Scalar::Text(value) => (self.each)(self.name, &value),
                Scalar::Absent => {}
                _ => return Err(A::Error::custom("no text")),
            }
        }
        Ok(())
    }
}
