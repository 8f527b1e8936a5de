//! The two members of an issuer's metadata that matter here.
//!
//! **Invariant:** an object alone is metadata, and neither of the two stands in it twice: a derived
//! reader would take an array as well, by position.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

#[derive(Debug)]
pub(super) struct Metadata {
    pub(super) issuer: String,
    pub(super) jwks_uri: Option<String>,
}

impl Metadata {
    pub(super) fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(json)
    }
}

impl<'de> Deserialize<'de> for Metadata {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Metadata;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Metadata, M::Error> {
        let (mut issuer, mut jwks_uri) = (None, None);
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let (place, name) = match &*name {
                "issuer" => (&mut issuer, "issuer"),
                "jwks_uri" => (&mut jwks_uri, "jwks_uri"),
                _ => {
                    members.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            if place.replace(members.next_value::<String>()?).is_some() {
                return Err(M::Error::duplicate_field(name));
            }
        }
        let issuer = issuer.ok_or_else(|| M::Error::missing_field("issuer"))?;
        Ok(Metadata { issuer, jwks_uri })
    }
}
