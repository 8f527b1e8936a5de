//! What the messages claim.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokenward::crypto::sha256;
use tokenward::{Audience, IssuerId, UnixTime, b64};

use super::wire;
use super::{Item, trust::BadMessage};
use crate::{Fingerprints, Revocation, Seq};

/// The hash that names a frame: SHA-256 of its compact JWS, base64url on the wire.
///
/// ```
/// use tokenward_revocation::feed::FrameHash;
///
/// let hash = FrameHash::of("eyJ…"); // of the bytes as they travel
/// assert_eq!(hash.to_string().parse(), Ok(hash));
/// ```
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct FrameHash([u8; 32]);

impl FrameHash {
    /// The hash of the frame `jws`.
    #[must_use]
    pub fn of(jws: &str) -> Self {
        Self(sha256(jws.as_bytes()))
    }
}

impl fmt::Display for FrameHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&b64::encode(&self.0))
    }
}

impl fmt::Debug for FrameHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FrameHash({self})")
    }
}

impl FromStr for FrameHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let bytes = b64::decode(text).map_err(|_| InvalidHash)?;
        bytes.try_into().map(Self).map_err(|_| InvalidHash)
    }
}

/// The hash of a frame is not 32 bytes in base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the hash of a frame must be 32 bytes in base64url")]
#[non_exhaustive]
pub struct InvalidHash;

/// What was revoked for an audience in a range of numbers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a message is made of all of its members")]
pub struct Frame {
    /// Whose feed: the issuer of the audience's tokens.
    #[serde(rename = "iss", with = "wire::text")]
    pub issuer: IssuerId,
    /// The first number covered: one above the last frame's `seq_to`.
    #[serde(with = "wire::number")]
    pub seq_from: Seq,
    /// The last number covered.
    #[serde(with = "wire::number")]
    pub seq_to: Seq,
    /// The store's time when it was cut. It orders messages and promises nothing: another frame may
    /// follow at once.
    #[serde(with = "wire::number")]
    pub time: UnixTime,
    /// The frame before; `None` in the first one of a chain.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_text")]
    pub prev: Option<FrameHash>,
    /// What was revoked, in ascending order.
    pub items: Vec<Item>,
}

impl Frame {
    /// The items of `rows` that concern `audience`, as they travel.
    pub fn items_of<'a>(
        audience: &Audience,
        fingerprints: &Fingerprints,
        rows: impl IntoIterator<Item = &'a Revocation>,
    ) -> Vec<Item> {
        rows.into_iter()
            .filter(|row| row.concerns(audience))
            .map(|row| Item::of(row, fingerprints))
            .collect()
    }

    /// Checks that the items lie in the range, in order.
    pub(super) fn checked(self) -> Result<Self, BadMessage> {
        let mut last = None;
        let in_order = self.items.iter().all(|item| {
            let follows = last.is_none_or(|last| last < item.seq);
            last = Some(item.seq);
            follows && (self.seq_from..=self.seq_to).contains(&item.seq)
        });
        let is_range = self.seq_from <= self.seq_to && self.seq_from > Seq::ZERO;
        if in_order && is_range { Ok(self) } else { Err(BadMessage::OutOfRange) }
    }
}

/// Nothing was revoked beyond `head` before `time`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a message is made of all of its members")]
pub struct Heartbeat {
    /// Whose feed: the issuer of the audience's tokens.
    #[serde(rename = "iss", with = "wire::text")]
    pub issuer: IssuerId,
    /// The last number of the chain's last frame, 0 before the first; read after `time`.
    #[serde(with = "wire::number")]
    pub head: Seq,
    /// That frame.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_text")]
    pub head_hash: Option<FrameHash>,
    /// The store's time.
    #[serde(with = "wire::number")]
    pub time: UnixTime,
    /// The [`keys_digest`](super::keys_digest) of the published key set, so that verifiers fetch it
    /// when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
}

/// Everything that is revoked for an audience, up to a frame: what its signed first line says. The
/// body follows.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Whose feed: the issuer of the audience's tokens.
    #[serde(rename = "iss", with = "wire::text")]
    pub issuer: IssuerId,
    /// The last number of the chain's last frame, 0 before the first. The body may know more.
    #[serde(with = "wire::number")]
    pub head: Seq,
    /// That frame.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_text")]
    pub head_hash: Option<FrameHash>,
    /// The store's time, read before the store was.
    #[serde(with = "wire::number")]
    pub time: UnixTime,
    /// The secret under which its subjects and sessions, and those of the frames that follow, are
    /// fingerprinted. On the wire: `fingerprint_key`, 32 bytes in base64url.
    #[serde(rename = "fingerprint_key", with = "wire::secret")]
    pub fingerprints: Fingerprints,
    /// The feed keys, as JWKs: the one that signs, and the one that will.
    pub feed_keys: Vec<Map<String, Value>>,
    /// SHA-256 of the body, in base64url.
    pub digest: String,
    /// The length of the body in bytes.
    pub length: u64,
}
