//! Whose messages count, and what they say once they do.

use serde::Deserialize;
use tokenward::crypto::sha256;
use tokenward::json::{self, ReadError};
use tokenward::{IssuerId, VerifyingKey, b64};

use super::jws::{Kind, Parts, header};
use super::signer::{BadFeedKey, check};
use super::{Frame, Heartbeat, Snapshot};

/// The feed that a verifier follows, and the keys that may sign it.
///
/// Keys are pinned, or told by the authority's snapshots. A pinned key is never replaced by what a
/// snapshot says.
///
/// [`FeedSigner`](super::FeedSigner) has an example.
#[derive(Clone, Debug)]
pub struct FeedTrust {
    issuer: IssuerId,
    keys: Vec<Trusted>,
    pinned: bool,
}

#[derive(Clone, Debug)]
struct Trusted {
    key: VerifyingKey,
    headers: [String; 3],
}

impl FeedTrust {
    /// The feed of `issuer`, signed by one of one or two `keys`: two while one is being changed.
    ///
    /// # Security
    ///
    /// Whoever can change these keys decides whose revocations count. Bring them with the program or
    /// its configuration, never from where the feed comes from.
    pub fn pinned(issuer: IssuerId, keys: Vec<VerifyingKey>) -> Result<Self, BadFeedKey> {
        let keys = trusted(keys)?;
        Ok(Self { issuer, keys, pinned: true })
    }

    /// The feed of `issuer`, signed by whom each snapshot names.
    ///
    /// # Security
    ///
    /// For snapshots that come from the authority itself, over TLS: who can answer in its name decides
    /// whose revocations count. What other carriers bring is still checked.
    #[must_use]
    pub const fn told(issuer: IssuerId) -> Self {
        Self { issuer, keys: Vec::new(), pinned: false }
    }

    /// Whose feed.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerId {
        &self.issuer
    }

    /// What the frame `jws` says, if it is one of this feed.
    pub fn frame(&self, jws: &str) -> Result<Frame, BadMessage> {
        let frame: Frame = read(&self.keys, Kind::Frame, jws)?;
        self.own(&frame.issuer)?;
        frame.checked()
    }

    /// What the heartbeat `jws` says, if it is one of this feed.
    pub fn heartbeat(&self, jws: &str) -> Result<Heartbeat, BadMessage> {
        let heartbeat: Heartbeat = read(&self.keys, Kind::Heartbeat, jws)?;
        self.own(&heartbeat.issuer)?;
        Ok(heartbeat)
    }

    /// What a snapshot says, if it is one of this feed, and its body.
    ///
    /// The trust does not change by it; see [`Self::learn`].
    pub fn snapshot<'a>(&self, bytes: &'a [u8]) -> Result<(Snapshot, &'a [u8]), BadMessage> {
        let line = bytes.iter().position(|&byte| byte == b'\n').ok_or(BadMessage::CutShort)?;
        let (line, rest) = bytes.split_at_checked(line).ok_or(BadMessage::CutShort)?;
        let body = rest.strip_prefix(b"\n").ok_or(BadMessage::CutShort)?;
        let jws = str::from_utf8(line).map_err(|_| BadMessage::NotSigned)?;
        let snapshot: Snapshot = if self.pinned {
            read(&self.keys, Kind::Snapshot, jws)?
        } else {
            let named: Snapshot = claims(Kind::Snapshot, parts(jws)?)?;
            read(&named_by(&named)?, Kind::Snapshot, jws)?
        };
        self.own(&snapshot.issuer)?;
        let is_whole = u64::try_from(body.len()) == Ok(snapshot.length)
            && b64::encode(&sha256(body)) == snapshot.digest;
        if is_whole { Ok((snapshot, body)) } else { Err(BadMessage::CutShort) }
    }

    /// Takes the keys that `snapshot` names, which this trust has read; unless keys are pinned.
    pub fn learn(&mut self, snapshot: &Snapshot) {
        if let (false, Ok(keys)) = (self.pinned, named_by(snapshot)) {
            self.keys = keys;
        }
    }

    fn own(&self, issuer: &IssuerId) -> Result<(), BadMessage> {
        if *issuer == self.issuer {
            return Ok(());
        }
        Err(BadMessage::Foreign { issuer: issuer.clone(), expected: self.issuer.clone() })
    }
}

impl Trusted {
    fn header(&self, kind: Kind) -> &str {
        let [frame, heartbeat, snapshot] = &self.headers;
        match kind {
            Kind::Frame => frame,
            Kind::Heartbeat => heartbeat,
            Kind::Snapshot => snapshot,
        }
    }
}

/// A message of the feed does not count. Nothing of it was applied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadMessage {
    /// It is no compact JWS.
    #[error("a message of the revocation feed is no compact JWS")]
    NotSigned,
    /// It is a message of another kind.
    #[error("another message of the revocation feed stands in the place of a {expected}")]
    OtherKind {
        /// What should be there.
        expected: &'static str,
    },
    /// It bears the name of a key that is not trusted. If the feed key was changed, pin the new one.
    #[error("a message of the revocation feed is signed by a key that is not trusted")]
    UnknownKey,
    /// The key that it names has not signed it.
    #[error("the signature of a message of the revocation feed is wrong")]
    Forged,
    /// It is of another issuer or audience.
    #[error("the revocation feed is that of {issuer}, and not of {expected}")]
    Foreign {
        /// Whose it is.
        issuer: IssuerId,
        /// Whose it should be.
        expected: IssuerId,
    },
    /// It is signed, and not of the form that this version knows. Run a newer one.
    #[error("the {what} of the revocation feed cannot be read")]
    Unreadable {
        /// Which message.
        what: &'static str,
        /// What the reader tripped over.
        #[source]
        source: ReadError,
    },
    /// A frame whose items are out of order or outside its range.
    #[error("a frame of the revocation feed holds items that are not in its range")]
    OutOfRange,
    /// A snapshot whose body is not the one that was signed: it broke off, or was changed.
    #[error("the snapshot of revocations is cut short or was changed")]
    CutShort,
}

/// What a message says, once one of `keys` has signed it as one of `kind`.
fn read<T>(keys: &[Trusted], kind: Kind, jws: &str) -> Result<T, BadMessage>
where
    T: for<'de> Deserialize<'de>,
{
    let parts = parts(jws)?;
    let is_named = |trusted: &&Trusted| trusted.header(kind) == parts.header;
    let Some(trusted) = keys.iter().find(is_named) else {
        let other = keys.iter().any(|one| one.headers.iter().any(|own| own == parts.header));
        let expected = kind.name();
        return Err(if other {
            BadMessage::OtherKind { expected }
        } else {
            BadMessage::UnknownKey
        });
    };
    if !parts.is_by(&trusted.key) {
        return Err(BadMessage::Forged);
    }
    claims(kind, parts)
}

fn parts(jws: &str) -> Result<Parts<'_>, BadMessage> {
    Parts::split(jws).ok_or(BadMessage::NotSigned)
}

fn claims<T: for<'de> Deserialize<'de>>(kind: Kind, parts: Parts<'_>) -> Result<T, BadMessage> {
    let json = b64::decode(parts.payload).map_err(|_| BadMessage::NotSigned)?;
    json::from_slice(&json).map_err(|source| BadMessage::Unreadable { what: kind.name(), source })
}

fn named_by(snapshot: &Snapshot) -> Result<Vec<Trusted>, BadMessage> {
    let jwks = snapshot.feed_keys.iter().take(MOST_KEYS.saturating_add(1));
    let keys: Result<_, _> = jwks
        .map(|jwk| serde_json::to_vec(jwk).ok().and_then(|jwk| VerifyingKey::from_jwk(&jwk).ok()))
        .map(|key| key.ok_or(BadMessage::UnknownKey))
        .collect();
    trusted(keys?).map_err(|_| BadMessage::UnknownKey)
}

fn trusted(keys: Vec<VerifyingKey>) -> Result<Vec<Trusted>, BadFeedKey> {
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(BadFeedKey);
    }
    keys.into_iter()
        .map(|key| {
            check(&key)?;
            let id = key.key_id().ok_or(BadFeedKey)?;
            let headers = Kind::ALL.map(|kind| header(id, kind));
            Ok(Trusted { key, headers })
        })
        .collect()
}

/// The key that signs, and the one that will.
const MOST_KEYS: usize = 2;
