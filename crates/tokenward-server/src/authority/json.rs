//! A JSON body, read strictly and field by field.
//!
//! **Invariants:** an object or nothing; no name twice, at any level; a field that nobody asked for is
//! refused by its name. No value is ever repeated in an error: it may be the secret of somebody.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::error::ApiError;

#[cfg(test)]
mod tests;

/// The members of a JSON object that are still to be read.
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads `body`, which must be one JSON object.
    pub(super) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let Strict(value) = serde_json::from_slice(body).map_err(|error| {
            // serde's own message may quote a value; its position does not.
            let what = if error.is_data() { "has a name twice" } else { "is not valid JSON" };
            let (line, column) = (error.line(), error.column());
            ApiError::invalid_request(format!("the body {what} (line {line}, column {column})"))
        })?;
        match value {
            Value::Object(members) => Ok(Self(members)),
            _ => Err(ApiError::invalid_request("the body must be a JSON object")),
        }
    }

    /// The string called `name`, if there is one; `null` counts as absent.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(invalid(name, "must be a string")),
        }
    }

    /// The string called `name`, which must be there.
    pub(super) fn required(&mut self, name: &str) -> Result<String, ApiError> {
        self.text(name)?.ok_or_else(|| invalid(name, "is required"))
    }

    /// The object called `name`; an absent one is empty.
    pub(super) fn object(&mut self, name: &str) -> Result<Map<String, Value>, ApiError> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(Map::new()),
            Some(Value::Object(members)) => Ok(members),
            Some(_) => Err(invalid(name, "must be an object")),
        }
    }

    /// The value called `name`, whatever it is.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// Refuses whatever nobody read.
    pub(super) fn done(self) -> Result<(), ApiError> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(unknown(name)),
        }
    }
}

/// 400: the field or parameter `name` is wrong in the way that `problem` says.
pub(super) fn invalid(name: &str, problem: impl fmt::Display) -> ApiError {
    ApiError::invalid_request(format!("{name}: {problem}"))
}

/// 400: nobody knows the field or parameter `name`.
fn unknown(name: &str) -> ApiError {
    // A name is repeated only where it looks like one: a caller may have put a secret in its place.
    let plain = name.len() <= 32 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain {
        invalid(name, "is not a known field")
    } else {
        ApiError::invalid_request("the body has a field that is not known")
    }
}

/// A JSON value whose objects hold no name twice; `serde_json` alone would keep the last one.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let Strict(value) = map.next_value()?;
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a name stands there twice"));
            }
        }
        Ok(Value::Object(members))
    }
}
