//! What a verifier remembers, so that nothing older is taken again.

use serde_json::json;

use super::Delegation;
use crate::b64;
use crate::json::{Object, Raw};
use crate::profile::key_set_statement::KeySetVersion;
use crate::time::UnixTime;

/// The highest of everything that was seen: give it to the next verification, after a restart too.
///
/// The version of the key set is that of one signer: a later delegation of another one starts anew, so that
/// a signer that has leaked cannot use up the numbers of the next (The Update Framework, § 5.3.11).
///
/// ```
/// use tokenward::root::TrustState;
///
/// let state = TrustState::default(); // nothing yet
/// assert_eq!(TrustState::parse(state.to_json().as_bytes()), Some(state));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct TrustState {
    pub(super) root: u64,
    pub(super) delegated_at: UnixTime,
    /// The thumbprint of the signer that was delegated then.
    pub(super) signer: Option<String>,
    pub(super) key_set: Option<KeySetVersion>,
}

impl TrustState {
    /// The version of the last root that was seen; 0 before the first.
    #[must_use]
    pub const fn root_version(&self) -> u64 {
        self.root
    }

    /// The version of the last key set that was seen.
    #[must_use]
    pub const fn key_set(&self) -> Option<&KeySetVersion> {
        self.key_set.as_ref()
    }

    /// The highest of what two verifiers have seen: of two that share a place to keep it, none takes away
    /// what the other knows.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        let (early, late) =
            if self.delegated_at <= other.delegated_at { (self, other) } else { (other, self) };
        let is_same = early.delegated_at == late.delegated_at || early.signer == late.signer;
        // Under another signer the numbers begin anew.
        let before = early.key_set.filter(|_| is_same || early.signer.is_none());
        let is_ahead =
            |seen: KeySetVersion| late.key_set.is_none_or(|own| own.number() < seen.number());
        Self {
            root: early.root.max(late.root),
            delegated_at: late.delegated_at,
            signer: late.signer.clone(),
            key_set: before.filter(|seen| is_ahead(*seen)).or(late.key_set),
        }
    }

    /// What was seen of the key sets that the signer of `delegation` has signed.
    pub(super) fn key_set_under(&self, delegation: &Delegation) -> Option<&KeySetVersion> {
        let is_later = delegation.issued_at() > self.delegated_at;
        let signer = delegation.signer().thumbprint();
        let is_other = self.signer.as_ref().is_some_and(|seen| *seen != signer);
        self.key_set.as_ref().filter(|_| !(is_later && is_other))
    }

    /// The text to keep.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut value = json!({ "root": self.root, "delegated_at": self.delegated_at.as_secs() });
        if let Some(object) = value.as_object_mut() {
            if let Some(signer) = &self.signer {
                object.insert("signer".to_owned(), signer.as_str().into());
            }
            if let Some(version) = &self.key_set {
                object.insert("version".to_owned(), version.number().into());
                object.insert("hash".to_owned(), b64::encode(version.hash()).into());
            }
        }
        value.to_string()
    }

    /// Reads the text that was kept; `None` if it is another.
    #[must_use]
    pub fn parse(json: &[u8]) -> Option<Self> {
        let object = Object::parse(json).ok()?;
        let number = |name| object.get(name).and_then(Raw::as_u64);
        let key_set = match (number("version"), object.get("hash").and_then(Raw::as_str)) {
            (None, None) => None,
            (Some(version), Some(hash)) => {
                Some(KeySetVersion::new(version, b64::decode(&hash).ok()?.try_into().ok()?))
            }
            _ => return None,
        };
        let delegated_at = UnixTime::from_secs(number("delegated_at")?);
        let signer = match object.get("signer") {
            None => None,
            Some(signer) => Some(signer.as_str()?.into_owned()),
        };
        Some(Self { root: number("root")?, delegated_at, signer, key_set })
    }
}
