//! The valid token, in its parts, from which others are made.

use base64::Engine as _;
use serde_json::{Map, Value};

use super::keys::Key;
use crate::token::{BASE64, bare};

/// A compact JWS (RFC 7515, section 7.1).
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    /// As they stand in the token.
    pub(super) texts: [String; 3],
    pub(super) signature: Vec<u8>,
}

impl Parts {
    /// Reads a token; `None` where it is no compact JWS of JSON objects.
    pub(super) fn read(token: &str) -> Option<Self> {
        let mut parts = bare(token).split('.');
        let texts = [parts.next()?, parts.next()?, parts.next()?];
        if parts.next().is_some() || texts.iter().any(|text| text.is_empty()) {
            return None;
        }
        let [header, claims, signature] = texts;
        let object = |text: &str| serde_json::from_slice(&BASE64.decode(text).ok()?).ok();
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signature: BASE64.decode(signature).ok()?,
            texts: texts.map(str::to_owned),
        })
    }

    pub(super) fn text(&self) -> String {
        self.texts.join(".")
    }

    pub(super) fn alg(&self) -> &str {
        self.header.get("alg").and_then(Value::as_str).unwrap_or_default()
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The header with these members instead of its own.
    pub(super) fn header_with(&self, members: &[(&str, Value)]) -> Map<String, Value> {
        with(&self.header, members)
    }

    /// The claims with these members instead of their own.
    pub(super) fn claims_with(&self, members: &[(&str, Value)]) -> Map<String, Value> {
        with(&self.claims, members)
    }

    /// What is signed, under another header.
    pub(super) fn input(&self, header: &Map<String, Value>) -> String {
        format!("{}.{}", encode(header), self.texts[1])
    }
}

fn with(object: &Map<String, Value>, members: &[(&str, Value)]) -> Map<String, Value> {
    let mut object = object.clone();
    for (name, value) in members {
        object.insert((*name).to_owned(), value.clone());
    }
    object
}

/// An object as a part of a token.
pub(super) fn encode(object: &Map<String, Value>) -> String {
    text(&Value::from(object.clone()).to_string())
}

/// Any text as a part of a token.
pub(super) fn text(text: &str) -> String {
    BASE64.encode(text)
}

/// A signing input with the signature that `key` makes.
pub(super) fn signed(input: &str, key: &Key) -> Option<String> {
    Some(format!("{input}.{}", BASE64.encode(key.sign(input.as_bytes())?)))
}
