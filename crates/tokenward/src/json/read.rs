//! Any type that derives `Deserialize`, out of text that the scanner has checked.

use std::borrow::Cow;
use std::fmt;

use serde::de::value::{BorrowedStrDeserializer, StringDeserializer};
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::{JsonError, Member, Object, Raw, scan};

/// A text is not JSON that we read, or not of the type that was asked for.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The text breaks a rule.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// The text is of another shape than the type. Names what was expected, never what was there,
    /// which may be confidential.
    #[error("{0}")]
    Shape(Box<str>),
}

/// Reads `T` from JSON in UTF-8, by the rules of this [module](super).
///
/// ```
/// let roles: Vec<&str> = tokenward::json::from_slice(br#"["admin","auditor"]"#)?;
/// assert_eq!(roles, ["admin", "auditor"]);
/// # Ok::<(), tokenward::json::ReadError>(())
/// ```
pub fn from_slice<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, ReadError> {
    from_str(std::str::from_utf8(text).map_err(|_| JsonError::Syntax)?)
}

/// Reads `T` from JSON, by the rules of this [module](super).
pub fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, ReadError> {
    T::deserialize(Reader(scan::any(text)?))
}

struct Reader<'de>(Raw<'de>);

impl<'de> Deserializer<'de> for Reader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Raw::Null => visitor.visit_unit(),
            Raw::Bool(value) => visitor.visit_bool(value),
            Raw::Number(text) => visit_number(text, visitor),
            Raw::String(_) => match self.0.as_str().ok_or(JsonError::Syntax)? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            Raw::Array(_) => {
                let elements = self.0.as_array().ok_or(JsonError::Syntax)?;
                visitor.visit_seq(Elements(elements.into_iter()))
            }
            Raw::Object(text) => {
                let members = Object::parse(text.as_bytes())?.into_members();
                ObjectReader::new(members).deserialize_any(visitor)
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match self.0 {
            Raw::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Raw::Object(_) => self.deserialize_any(visitor),
            // What `derive` would read by position (CVE-2026-107723).
            _ => Err(shape(&visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match self.0 {
            Raw::String(_) => {
                let name = self.0.as_str().ok_or(JsonError::Syntax)?.into_owned();
                visitor.visit_enum(Variant { name, value: None })
            }
            Raw::Object(text) => {
                let mut members = Object::parse(text.as_bytes())?.into_members().into_iter();
                match (members.next(), members.next()) {
                    (Some(Member { name, value }), None) => {
                        let name = name.to_str().into_owned();
                        visitor.visit_enum(Variant { name, value: Some(value) })
                    }
                    _ => Err(shape(&visitor)),
                }
            }
            _ => Err(shape(&visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier
    }
}

/// A number as the narrowest of what serde knows. `1.0` is no integer: what one parser reads as a
/// whole number, another does not.
fn visit_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, ReadError> {
    if let Ok(number) = text.parse() {
        return visitor.visit_u64(number);
    }
    if let Ok(number) = text.parse() {
        return visitor.visit_i64(number);
    }
    visitor.visit_f64(text.parse().map_err(|_| JsonError::Syntax)?)
}

/// The elements of an array.
struct Elements<'de>(std::vec::IntoIter<Raw<'de>>);

impl<'de> SeqAccess<'de> for Elements<'de> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ReadError> {
        self.0.next().map(|value| seed.deserialize(Reader(value))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// Reads a type from members that somebody has chosen, the private claims of a token perhaps.
pub(crate) struct ObjectReader<'de> {
    members: std::vec::IntoIter<Member<'de>>,
    value: Option<Raw<'de>>,
}

impl<'de> ObjectReader<'de> {
    pub(crate) fn new(members: Vec<Member<'de>>) -> Self {
        Self { members: members.into_iter(), value: None }
    }
}

impl<'de> Deserializer<'de> for ObjectReader<'de> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        visitor.visit_map(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de> MapAccess<'de> for ObjectReader<'de> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, ReadError> {
        let Some(Member { name, value }) = self.members.next() else { return Ok(None) };
        self.value = Some(value);
        match name.to_str() {
            Cow::Borrowed(name) => seed.deserialize(BorrowedStrDeserializer::new(name)),
            Cow::Owned(name) => seed.deserialize(StringDeserializer::new(name)),
        }
        .map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(Reader(self.value.take().ok_or(JsonError::Syntax)?))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.members.len())
    }
}

/// A variant of an enum, alone or with what it holds.
struct Variant<'de> {
    name: String,
    value: Option<Raw<'de>>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = ReadError;
    type Variant = Contents<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Contents<'de>), ReadError> {
        let name: StringDeserializer<ReadError> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, Contents(self.value)))
    }
}

struct Contents<'de>(Option<Raw<'de>>);

impl<'de> VariantAccess<'de> for Contents<'de> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        match self.0 {
            None => Ok(()),
            Some(_) => Err(ReadError::Shape("expected a variant that holds nothing".into())),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(self.reader()?)
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _len: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.reader()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.reader()?.deserialize_struct("", fields, visitor)
    }
}

impl<'de> Contents<'de> {
    fn reader(self) -> Result<Reader<'de>, ReadError> {
        let missing = || ReadError::Shape("expected a variant that holds something".into());
        self.0.map(Reader).ok_or_else(missing)
    }
}

fn shape(expected: &dyn Expected) -> ReadError {
    ReadError::Shape(format!("expected {expected}").into())
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Shape(message.to_string().into())
    }

    fn invalid_type(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        shape(expected)
    }

    fn invalid_value(_found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        shape(expected)
    }

    fn unknown_variant(_found: &str, _expected: &'static [&'static str]) -> Self {
        Self::Shape("expected one of the known variants".into())
    }

    fn unknown_field(_found: &str, _expected: &'static [&'static str]) -> Self {
        Self::Shape("expected no other than the known fields".into())
    }
}
