//! `audit token`: what a token says of itself, without any key.
//!
//! It decides nothing about the signature; whether a known secret made it is [`crate::Secrets`]'s to find out.

use std::collections::BTreeSet;
use std::fmt;
use std::marker::PhantomData;

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use crate::finding::Finding;

pub(crate) use judge::listed;

mod judge;
mod looks;
mod sensitive;
#[cfg(test)]
mod tests;

/// What other programs wrote is read as it comes: with or without padding.
pub(crate) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true)
        .with_encode_padding(false),
);

/// More than any server takes in a header.
const MAX_BYTES: usize = 1 << 20;

/// What is wrong with a text that should be a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Longer than a mebibyte.
    #[error("larger than 1 MiB")]
    TooLarge,
    /// Only one is looked at.
    #[error("more than one token, or text beside it; one token at a time")]
    Several,
    /// A JWS has two dots, a JWE four.
    #[error("a token has three parts, or five, with dots between them")]
    Parts,
    /// The header, or the payload, is no base64url of a JSON object.
    #[error("the {0} is not base64url of a JSON object")]
    NotJson(&'static str),
}

/// What a token says, and what is wrong with that.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenAudit {
    /// The header, as JSON.
    pub header: Value,
    /// The header as people may read it: what is sensitive is cut.
    pub shown_header: Value,
    /// The claims, as JSON; `None` where they are encrypted.
    pub claims: Option<Value>,
    /// The claims as people may read them: what is sensitive is cut.
    pub shown: Option<Value>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// Whether a secret signed it, so that known ones are worth trying.
    pub is_hmac: bool,
}

/// Looks at a token; `now` in seconds since 1970. A leading `Bearer` is taken off.
///
/// # Examples
///
/// ```
/// let token = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1MSJ9.";
/// let audit = tokenward_audit::audit_token(token, 1_800_000_000)?;
/// assert!(audit.findings.iter().any(|finding| finding.rule == "token-unsigned"));
/// # Ok::<(), tokenward_audit::TokenError>(())
/// ```
pub fn audit_token(text: &str, now: u64) -> Result<TokenAudit, TokenError> {
    if text.len() > MAX_BYTES {
        return Err(TokenError::TooLarge);
    }
    let token = bare(text);
    if token.contains(char::is_whitespace) {
        return Err(TokenError::Several);
    }
    let parts: Vec<&str> = token.split('.').collect();
    let (header, payload) = match parts.as_slice() {
        [header, payload, _] => (*header, Some(*payload)),
        [header, _, _, _, _] => (*header, None),
        _ => return Err(TokenError::Parts),
    };
    let header = Members::read(header).ok_or(TokenError::NotJson("header"))?;
    let claims = match payload {
        Some(payload) => Some(Members::read(payload).ok_or(TokenError::NotJson("payload"))?),
        None => None,
    };
    let findings = judge::judge(token, &header, claims.as_ref(), now);
    let shown = claims.as_ref().map(sensitive::shown_claims);
    let shown_header = sensitive::shown_header(&header);
    let is_hmac = header.text("alg").is_some_and(|alg| alg.starts_with("HS"));
    Ok(TokenAudit {
        header: header.into_value(),
        shown_header,
        claims: claims.map(Members::into_value),
        shown,
        findings,
        is_hmac,
    })
}

/// A token without what is often copied with it.
pub(crate) fn bare(text: &str) -> &str {
    let text = text.trim().trim_matches(['"', '\'']);
    match text.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => text,
    }
}

/// What the header names.
pub(crate) fn algorithm_of(token: &str) -> Option<String> {
    let header = Members::read(token.split('.').next()?)?;
    header.text("alg").map(str::to_owned)
}

/// The members of an object, with those that are there twice.
#[derive(Debug)]
pub(crate) struct Members<V = Value>(pub(crate) Vec<(String, V)>);

impl Members {
    fn read(part: &str) -> Option<Self> {
        serde_json::from_slice(&BASE64.decode(part).ok()?).ok()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        // The last one wins in most libraries.
        self.0.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    fn into_value(self) -> Value {
        Value::Object(self.0.into_iter().collect())
    }
}

impl<V> Members<V> {
    /// The names that are there more than once, each once.
    pub(crate) fn doubled(&self) -> BTreeSet<&str> {
        let mut seen = BTreeSet::new();
        let names = self.0.iter().map(|(name, _)| name.as_str());
        names.filter(|name| !seen.insert(*name)).collect()
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Members<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<V>(PhantomData<V>);
        impl<'de, V: Deserialize<'de>> Visitor<'de> for All<V> {
            type Value = Members<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members<V>, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All(PhantomData))
    }
}
