//! What travels from the authority to its verifiers, as JSON.
//!
//! | message | carried as | says |
//! | --- | --- | --- |
//! | [`Snapshot`] | `GET /revocations/{aud}/snapshot` | everything live, up to a number |
//! | [`Frame`] | SSE `event: frame`, `id: SEQ_TO` | what was revoked in a range of numbers |
//! | [`Heartbeat`] | SSE `event: heartbeat`, once a second | nothing has happened beyond this number |
//!
//! Numbers are the store's. A frame covers a range of them and leaves out what concerns other
//! audiences, so frames follow one another without a gap: `seq_from` is the last `seq_to` plus one.
//!
//! **Invariant, for whoever sends:** the `time` of a snapshot or heartbeat is read from the clock
//! *before* the store is read, so that everything committed before it is covered. A time read
//! afterwards would let a verifier claim a freshness that it does not have.
//!
//! `prev` and `sig` are the places of the hash chain and the signature; nothing fills them yet, and
//! a follower that is told to require them does not exist yet.
//!
//! Unknown members are ignored, but an unknown kind of fact makes the whole message unreadable: a
//! verifier that cannot understand a revocation must not go on as if it had not been sent.

use serde::{Deserialize, Serialize};
use tokenward::crypto::sha256;
use tokenward::{Audience, Jti, KeyId, TokenVersion, UnixTime, b64};

use crate::{Fingerprint, Fingerprints, Revocation, Scope, Seq};

mod wire;

#[cfg(test)]
mod tests;

/// The name of the SSE event that carries a [`Frame`].
pub const EVENT_FRAME: &str = "frame";
/// The name of the SSE event that carries a [`Heartbeat`].
pub const EVENT_HEARTBEAT: &str = "heartbeat";

/// The most items that one frame should carry, so that no single event grows without bound.
pub const FRAME_ITEMS: usize = 4_096;

/// Everything that is revoked for an audience, up to a number.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Snapshot {
    /// Whose feed.
    #[serde(with = "wire::text")]
    pub audience: Audience,
    /// The number up to which it is complete.
    #[serde(with = "wire::number")]
    pub head: Seq,
    /// The store's time, read before the store was.
    #[serde(with = "wire::number")]
    pub time: UnixTime,
    /// The secret under which its subjects and sessions, and those of the frames that follow, are
    /// fingerprinted. On the wire: `fingerprint_key`, 32 bytes in base64url.
    #[serde(rename = "fingerprint_key", with = "wire::secret")]
    pub fingerprints: Fingerprints,
    /// What is live.
    pub items: Vec<Item>,
    /// The signature's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
}

impl Snapshot {
    /// The snapshot of `live`, of which what concerns other audiences is left out.
    #[must_use]
    pub fn of<'a>(
        audience: &Audience,
        head: Seq,
        time: UnixTime,
        fingerprints: &Fingerprints,
        live: impl IntoIterator<Item = &'a Revocation>,
    ) -> Self {
        Self {
            audience: audience.clone(),
            head,
            time,
            items: items(audience, fingerprints, live),
            fingerprints: fingerprints.clone(),
            sig: None,
        }
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn parse(json: &[u8]) -> Result<Self, BadMessage> {
        parse("snapshot", json)
    }

    /// Its JSON. It holds the fingerprint secret: for verifiers with a credential, never for a log.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

/// What was revoked for an audience in a range of numbers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Frame {
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
    /// What was revoked, in ascending order.
    pub items: Vec<Item>,
    /// The place of the hash of the frame before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// The signature's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
}

impl Frame {
    /// The frame that follows the number `after` and reaches `seq_to`, made of `rows`: everything
    /// that the store holds in that range. What concerns other audiences is left out.
    #[must_use]
    pub fn of<'a>(
        audience: &Audience,
        after: Seq,
        seq_to: Seq,
        time: UnixTime,
        fingerprints: &Fingerprints,
        rows: impl IntoIterator<Item = &'a Revocation>,
    ) -> Self {
        let items = items(audience, fingerprints, rows);
        Self { seq_from: after.next(), seq_to, time, items, prev: None, sig: None }
    }

    /// Reads what [`Self::to_json`] wrote, and checks that the items lie in the range.
    pub fn parse(json: &[u8]) -> Result<Self, BadMessage> {
        let frame: Self = parse("frame", json)?;
        let mut last = None;
        let in_order = frame.items.iter().all(|item| {
            let follows = last.is_none_or(|last| last < item.seq);
            last = Some(item.seq);
            follows && (frame.seq_from..=frame.seq_to).contains(&item.seq)
        });
        if in_order && frame.seq_from <= frame.seq_to && frame.seq_from > Seq::ZERO {
            Ok(frame)
        } else {
            Err(BadMessage::OutOfRange)
        }
    }

    /// Its JSON, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

/// Nothing was revoked beyond `head` before `time`.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Heartbeat {
    /// The store's head, read after `time`.
    #[serde(with = "wire::number")]
    pub head: Seq,
    /// The store's time.
    #[serde(with = "wire::number")]
    pub time: UnixTime,
    /// The [`keys_digest`] of the published key set, so that verifiers fetch it when it changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<String>,
    /// The signature's place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sig: Option<String>,
}

impl Heartbeat {
    /// The heartbeat of `head` as it was read after `time`.
    #[must_use]
    pub const fn new(head: Seq, time: UnixTime) -> Self {
        Self { head, time, keys: None, sig: None }
    }

    /// The same, which also tells the digest of the published key set.
    #[must_use]
    pub fn with_keys(mut self, digest: impl Into<String>) -> Self {
        self.keys = Some(digest.into());
        self
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn parse(json: &[u8]) -> Result<Self, BadMessage> {
        parse("heartbeat", json)
    }

    /// Its JSON, on one line.
    #[must_use]
    pub fn to_json(&self) -> String {
        to_json(self)
    }
}

/// One revocation, as it travels.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::exhaustive_structs, reason = "a message is made of all of its members")]
pub struct Item {
    /// Its number.
    #[serde(with = "wire::number")]
    pub seq: Seq,
    /// When it may be forgotten.
    #[serde(with = "wire::number")]
    pub ends_at: UnixTime,
    /// What is revoked.
    #[serde(rename = "scope")]
    pub fact: Fact,
}

impl Item {
    /// `revocation` as it travels: without the reason and without who decided.
    #[must_use]
    pub fn of(revocation: &Revocation, fingerprints: &Fingerprints) -> Self {
        Self {
            seq: revocation.seq,
            ends_at: revocation.ends_at,
            fact: Fact::of(&revocation.scope, fingerprints),
        }
    }
}

/// What a revocation is about, as it travels: [`Scope`] with subjects and sessions fingerprinted.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Fact {
    /// [`Scope::Jti`].
    #[serde(rename = "jti", with = "wire::text")]
    Jti(Jti),
    /// [`Scope::Session`].
    #[serde(rename = "sid", with = "wire::text")]
    Session(Fingerprint),
    /// [`Scope::Subject`].
    #[serde(rename = "sub")]
    Subject {
        /// Whose tokens.
        #[serde(rename = "id", with = "wire::text")]
        subject: Fingerprint,
        /// The lowest version still accepted.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "wire::optional_number")]
        version: Option<TokenVersion>,
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
    /// [`Scope::Version`].
    #[serde(rename = "ver")]
    Version {
        /// Whose tokens.
        #[serde(rename = "id", with = "wire::text")]
        subject: Fingerprint,
        /// The lowest version still accepted.
        #[serde(with = "wire::number")]
        below: TokenVersion,
    },
    /// [`Scope::Key`].
    #[serde(rename = "kid", with = "wire::text")]
    Key(KeyId),
    /// [`Scope::Audience`].
    #[serde(rename = "aud")]
    Audience {
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
    /// [`Scope::Issuer`].
    #[serde(rename = "iss")]
    Issuer {
        /// The last `iat` that is refused.
        #[serde(with = "wire::number")]
        issued_up_to: UnixTime,
    },
}

impl Fact {
    /// `scope` with its subject or session fingerprinted.
    #[must_use]
    pub fn of(scope: &Scope, fingerprints: &Fingerprints) -> Self {
        match scope {
            Scope::Jti(jti) => Self::Jti(jti.clone()),
            Scope::Session(id) => Self::Session(fingerprints.session(id)),
            Scope::Subject { subject, version, issued_up_to } => Self::Subject {
                subject: fingerprints.subject(subject),
                version: *version,
                issued_up_to: *issued_up_to,
            },
            Scope::Version { subject, below } => {
                Self::Version { subject: fingerprints.subject(subject), below: *below }
            }
            Scope::Key(id) => Self::Key(id.clone()),
            Scope::Audience { issued_up_to } => Self::Audience { issued_up_to: *issued_up_to },
            Scope::Issuer { issued_up_to } => Self::Issuer { issued_up_to: *issued_up_to },
        }
    }
}

/// A message of the feed cannot be understood. Nothing of it was applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadMessage {
    /// It is not JSON, or not of the form that this version knows.
    #[error("the {what} of the revocation feed cannot be read")]
    Unreadable {
        /// Which message.
        what: &'static str,
        /// What the reader tripped over.
        #[source]
        source: serde_json::Error,
    },
    /// A frame whose items are out of order or outside its range.
    #[error("a frame of the revocation feed holds items that are not in its range")]
    OutOfRange,
}

/// The digest of a published key set by which a heartbeat tells that it has changed: SHA-256 of the
/// body that `jwks.json` answers, in base64url.
#[must_use]
pub fn keys_digest(body: &[u8]) -> String {
    b64::encode(&sha256(body))
}

fn items<'a>(
    audience: &Audience,
    fingerprints: &Fingerprints,
    rows: impl IntoIterator<Item = &'a Revocation>,
) -> Vec<Item> {
    rows.into_iter()
        .filter(|row| row.concerns(audience))
        .map(|row| Item::of(row, fingerprints))
        .collect()
}

fn parse<T: for<'de> Deserialize<'de>>(what: &'static str, json: &[u8]) -> Result<T, BadMessage> {
    serde_json::from_slice(json).map_err(|source| BadMessage::Unreadable { what, source })
}

#[expect(clippy::expect_used, reason = "strings, numbers and lists alone, so JSON can hold them")]
fn to_json<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("a message of the feed is JSON")
}
