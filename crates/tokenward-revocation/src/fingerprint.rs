//! How subjects and sessions are named to those who need not know them.
//!
//! A verifier must recognise a revoked session when it meets it; it need not learn who logged out
//! where. So the feed names subjects and sessions by keyed fingerprints, under a secret that each
//! audience's feed has for itself: fingerprints of two audiences cannot be compared.

use std::fmt;
use std::str::FromStr;

use tokenward::crypto::{Secret256, hmac_sha256};
use tokenward::{SessionId, Subject, b64};

/// 128 bits that stand for a subject or a session: the first half of an HMAC-SHA-256.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Fingerprint([u8; 16]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&b64::encode(&self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let bytes = b64::decode(text).map_err(|_| InvalidFingerprint)?;
        bytes.try_into().map(Self).map_err(|_| InvalidFingerprint)
    }
}

/// A fingerprint on the feed is not 16 bytes in base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a fingerprint must be 16 bytes in base64url")]
#[non_exhaustive]
pub struct InvalidFingerprint;

/// The secret of one audience's feed, which turns subjects and sessions into fingerprints.
#[derive(Clone, Debug)]
pub struct Fingerprints(Secret256);

impl Fingerprints {
    /// Fingerprints under `secret`.
    #[must_use]
    pub const fn new(secret: Secret256) -> Self {
        Self(secret)
    }

    /// Fingerprints under a secret that nobody else has, for a set that is never sent anywhere.
    #[must_use]
    pub fn random() -> Self {
        Self(Secret256::random())
    }

    /// The fingerprint of a session.
    #[must_use]
    pub fn session(&self, id: &SessionId) -> Fingerprint {
        self.of("sid:", id.as_str())
    }

    /// The fingerprint of a subject.
    #[must_use]
    pub fn subject(&self, id: &Subject) -> Fingerprint {
        self.of("sub:", id.as_str())
    }

    /// The secret, for the snapshot that hands it to verifiers.
    pub(crate) const fn secret(&self) -> &Secret256 {
        &self.0
    }

    // The prefix keeps a session and a subject of the same name apart.
    fn of(&self, prefix: &str, id: &str) -> Fingerprint {
        let digest = hmac_sha256(self.0.expose(), [prefix, id].concat().as_bytes());
        let mut short = [0; 16];
        for (to, from) in short.iter_mut().zip(digest) {
            *to = from;
        }
        Fingerprint(short)
    }
}
