//! How subjects and sessions are named to those who need not know them.
//!
//! A verifier must recognise a revoked session when it meets it; it need not learn who logged out
//! where. So the feed names subjects and sessions by keyed fingerprints, under a secret that each
//! audience's feed has for itself: fingerprints of two audiences cannot be compared.
//!
//! A fingerprint is `SipHash-1-3` (Aumasson and Bernstein, 2012) under a key of its own for each kind of
//! name, which HMAC-SHA-256 derives from the secret. HMAC itself costs a check ten times its budget, and
//! the longer 2-4 half of it. No attack on 1-3 is known that would do more than guess: whoever lacks the
//! secret can neither tell a name from its fingerprint nor find two names with the same one. 64 bits are enough: among 10⁵ revoked sessions, a good token is refused in one of 2·10¹⁴
//! checks.

use std::fmt;
use std::str::FromStr;

use tokenward::crypto::{Secret256, hmac_sha256};
use tokenward::{Jti, KeyId, SessionId, Subject, b64};

mod sip;

#[cfg(test)]
mod tests;

pub(crate) use sip::SipKey;

/// 64 bits that stand for a subject or a session. On the wire: 8 bytes in base64url, the lowest first.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Fingerprint(u64);

impl Fingerprint {
    pub(crate) const fn new(bits: u64) -> Self {
        // Zero is no fingerprint in a snapshot. One more name in 2⁶⁴ shares its own with another.
        Self(if bits == 0 { 1 } else { bits })
    }

    pub(crate) const fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&b64::encode(&self.0.to_le_bytes()))
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
        let bytes = bytes.try_into().map_err(|_| InvalidFingerprint)?;
        Ok(Self::new(u64::from_le_bytes(bytes)))
    }
}

/// A fingerprint on the feed is not 8 bytes in base64url.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a fingerprint must be 8 bytes in base64url")]
#[non_exhaustive]
pub struct InvalidFingerprint;

/// The secret of one audience's feed, which turns subjects and sessions into fingerprints.
#[derive(Clone, Debug)]
pub struct Fingerprints {
    secret: Secret256,
    prints: Prints,
}

impl Fingerprints {
    /// Fingerprints under `secret`.
    #[must_use]
    pub fn new(secret: Secret256) -> Self {
        let prints = Prints {
            session: SipKey::derive(&secret, "sid"),
            subject: SipKey::derive(&secret, "sub"),
            token: SipKey::derive(&secret, "jti"),
            key: SipKey::derive(&secret, "kid"),
        };
        Self { secret, prints }
    }

    /// Fingerprints under a secret that nobody else has, for a set that is never sent anywhere.
    #[must_use]
    pub fn random() -> Self {
        Self::new(Secret256::random())
    }

    /// The fingerprint of a session.
    #[must_use]
    pub fn session(&self, id: &SessionId) -> Fingerprint {
        self.prints.session(id)
    }

    /// The fingerprint of a subject.
    #[must_use]
    pub fn subject(&self, id: &Subject) -> Fingerprint {
        self.prints.subject(id)
    }

    /// The secret, for the snapshot that hands it to verifiers.
    pub(crate) const fn secret(&self) -> &Secret256 {
        &self.secret
    }

    pub(crate) const fn prints(&self) -> Prints {
        self.prints
    }
}

/// What a check needs of [`Fingerprints`]: one key for each kind of name.
#[derive(Clone, Copy)]
pub(crate) struct Prints {
    pub(crate) session: SipKey,
    pub(crate) subject: SipKey,
    pub(crate) token: SipKey,
    pub(crate) key: SipKey,
}

impl Prints {
    pub(crate) fn session(&self, id: &SessionId) -> Fingerprint {
        self.session.of(id.as_str())
    }

    pub(crate) fn subject(&self, id: &Subject) -> Fingerprint {
        self.subject.of(id.as_str())
    }

    pub(crate) fn token(&self, id: &Jti) -> Fingerprint {
        self.token.of(id.as_str())
    }

    pub(crate) fn key(&self, id: &KeyId) -> Fingerprint {
        self.key.of(id.as_str())
    }
}

impl fmt::Debug for Prints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prints").finish_non_exhaustive()
    }
}

impl SipKey {
    // A key for each kind keeps a session and a subject of the same name apart, and costs a check
    // nothing, as a prefix would.
    fn derive(secret: &Secret256, kind: &str) -> Self {
        let digest = hmac_sha256(secret.expose(), format!("{kind}:").as_bytes());
        let [first, second, ..] = digest.as_chunks::<8>().0 else { return Self(0, 0) };
        Self(u64::from_le_bytes(*first), u64::from_le_bytes(*second))
    }

    pub(crate) fn of(self, name: &str) -> Fingerprint {
        Fingerprint::new(sip::one(self, name.as_bytes()))
    }
}
