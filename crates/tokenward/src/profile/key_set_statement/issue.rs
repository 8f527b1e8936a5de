//! Making key-set statements.

use std::time::Duration;

use serde_json::Value;

use super::{KeySetStatement, KeySetVersion, hash, published};
use crate::alg::Algorithm;
use crate::b64;
use crate::ids::{IssuerId, KeyId};
use crate::issue::{IssueError, Unsigned};
use crate::json::{JsonError, Object, Raw};
use crate::limits::LIMITS;
use crate::profile::Profile;
use crate::time::UnixTime;

/// A key-set statement to be. The issuer vouches for keys of its own: `iss` and `sub` are the same.
///
/// [`root`](crate::root) has an example.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "whoever makes a statement must decide on all of it")]
pub struct StatementRequest<'a> {
    /// Whose keys they are.
    pub issuer: &'a IssuerId,
    /// The key set as it is published, a JSON object with `keys`; their text is taken as it stands.
    pub key_set: &'a str,
    /// The number of the version: higher than the last, or the same for the same keys. Where it is the time
    /// in seconds at least, a publisher that has lost its last one goes on above it.
    pub version: u64,
    /// The hash of the version before ([`KeySetVersion::hash`]), if there was one.
    pub previous: Option<&'a [u8; 32]>,
    /// When it is made.
    pub issued_at: UnixTime,
    /// For how long it counts: seven days at most.
    pub lifetime: Duration,
}

impl StatementRequest<'_> {
    /// Makes all of the statement but its signature, which the key named `id` will make with
    /// `algorithm`.
    ///
    /// It fails with [`IssueError::Json`] if the key set is none that a verifier would take.
    pub fn prepare(&self, id: &KeyId, algorithm: Algorithm) -> Result<Unsigned, IssueError> {
        let set = Object::parse(self.key_set.as_bytes())?;
        let keys = keys_of(&set).ok_or(JsonError::Syntax)?;
        let issued_at = self.issued_at.floor_secs();
        let lifetime = self.lifetime.min(KeySetStatement::MAX_LIFETIME);
        let expires_at = issued_at.saturating_add(lifetime).floor_secs();
        if expires_at <= issued_at {
            return Err(IssueError::AlreadyEnded);
        }
        let issuer = Value::from(self.issuer.as_str());
        let (iat, exp, version) = (issued_at.as_secs(), expires_at.as_secs(), self.version);
        let previous = self
            .previous
            .map(|hash| format!(r#","prev":"{}""#, b64::encode(hash)))
            .unwrap_or_default();
        let payload = format!(
            r#"{{"iss":{issuer},"sub":{issuer},"iat":{iat},"exp":{exp},"version":{version}{previous},"keys":{keys}}}"#
        );
        let most = LIMITS.key_set_statement_bytes.saturating_sub(Unsigned::LONGEST_SIGNATURE);
        Unsigned::of_payload(KeySetStatement::TYPE, (id, algorithm), &payload, most, expires_at)
    }
}

impl KeySetVersion {
    /// Version `number` of the published `key_set`; `None` if it is no key set that a verifier would take.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeySet, KeySetVersion, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256).verifying_key().clone();
    /// let published = KeySet::from_keys([key])?.to_json();
    /// let version = KeySetVersion::of(7, &published).ok_or("it is a key set")?;
    /// assert_eq!(version.number(), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of(number: u64, key_set: &str) -> Option<Self> {
        let set = Object::parse(key_set.as_bytes()).ok()?;
        keys_of(&set)?;
        Some(Self::new(number, hash(set.get("keys")?)))
    }
}

/// The text of the keys, if they may be published.
fn keys_of<'a>(set: &Object<'a>) -> Option<&'a str> {
    let keys = set.get("keys")?;
    published(keys)?;
    match keys {
        Raw::Array(text) => Some(text),
        _ => None,
    }
}
