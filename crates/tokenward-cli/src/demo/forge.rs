//! An attacker's workbench: takes tokens apart and puts them together otherwise.

use serde_json::Value;
use tokenward::{SigningKey, b64};

/// A token in parts.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) header: Value,
    pub(super) claims: Value,
    signature: String,
}

impl Parts {
    /// Takes a token apart.
    pub(super) fn of(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let mut next = || parts.next();
        let (header, claims, signature) = (next()?, next()?, next()?);
        let read = |part: &str| serde_json::from_slice(&b64::decode(part).ok()?).ok();
        Some(Self { header: read(header)?, claims: read(claims)?, signature: signature.to_owned() })
    }

    /// The same with another value in its header.
    pub(super) fn header(mut self, name: &str, value: &str) -> Self {
        set(&mut self.header, name, value);
        self
    }

    /// The same with another claim.
    pub(super) fn claim(mut self, name: &str, value: &str) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    /// Put together with the signature that it had.
    pub(super) fn with_old_signature(&self) -> String {
        format!("{}.{}", self.input(), self.signature)
    }

    /// Put together with no signature.
    pub(super) fn unsigned(&self) -> String {
        format!("{}.", self.input())
    }

    /// Put together with a signature of `key`; `None` if that one does not sign.
    pub(super) fn signed_by(&self, key: &SigningKey) -> Option<String> {
        let input = self.input();
        let signature = key.sign(input.as_bytes()).ok()?;
        Some(format!("{input}.{}", b64::encode(&signature)))
    }

    fn input(&self) -> String {
        let part = |value: &Value| b64::encode(value.to_string().as_bytes());
        format!("{}.{}", part(&self.header), part(&self.claims))
    }
}

fn set(object: &mut Value, name: &str, value: &str) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value.into());
    }
}
