//! One value of an event, whatever its type.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Unknown;

/// A value that ought to be a string or a boolean. Another one is told by name later, where it is known
/// whether it matters.
#[derive(Default)]
pub(super) enum Scalar<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    Text(Cow<'a, str>),
    Flag(bool),
    Other,
}

impl Scalar<'_> {
    /// The text, where it is one.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a field that has to be there.
    pub(super) fn text(&self, field: &'static str) -> Result<&str, Unknown> {
        self.as_str().ok_or(Unknown::Field(field))
    }

    /// The text of a field, empty where it is absent.
    pub(super) fn text_or_empty(&self, field: &'static str) -> Result<&str, Unknown> {
        match self {
            Self::Absent => Ok(""),
            _ => self.text(field),
        }
    }

    /// The same as a part of the event, unless it was escaped there.
    pub(super) fn into_bytes(self, event: &Bytes, field: &'static str) -> Result<Bytes, Unknown> {
        match self {
            Self::Text(Cow::Borrowed(text)) => Ok(event.slice_ref(text.as_bytes())),
            Self::Text(Cow::Owned(text)) => Ok(text.into()),
            Self::Absent => Ok(Bytes::new()),
            _ => Err(Unknown::Field(field)),
        }
    }

    /// A boolean, `false` where it is absent.
    pub(super) fn flag(&self, field: &'static str) -> Result<bool, Unknown> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            Self::Absent => Ok(false),
            _ => Err(Unknown::Field(field)),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'de> Visitor<'de> for ScalarVisitor {
    type Value = Scalar<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
        Ok(Scalar::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Scalar::Absent)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Scalar::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Scalar::Other)
    }
}
