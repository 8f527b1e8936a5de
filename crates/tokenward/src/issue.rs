//! Issuing access tokens (RFC 9068).
//!
//! Signing is split for keys that live elsewhere: [`Issuer::prepare`] makes the bytes to sign, a vault
//! or an HSM signs them, [`Unsigned::assemble`] makes the token.
//!
//! **Invariant:** what we issue, a [`Verifier`](crate::Verifier) of the same issuer and audience takes:
//! the payload goes through the same strict reader before it is signed.

mod builder;
mod request;
mod screen;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

pub use builder::IssuerBuilder;
pub use request::TokenRequest;

use crate::alg::Algorithm;
use crate::claims::RESERVED_CLAIMS;
use crate::ids::{Audience, IssuerId, KeyId};
use crate::json::{JsonError, Object};
use crate::key::{SignFailed, SigningKey};
use crate::limits::LIMITS;
use crate::time::UnixTime;
use crate::{b64, header};

/// How long an access token lives: 30 seconds to 15 minutes.
///
/// The upper bound is what keeps revocation small: nothing has to be remembered for longer. The lower
/// one is where clock errors would begin to end tokens before they arrive.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct AccessLifetime(Duration);

/// The lifetime is not from 30 seconds to 15 minutes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an access token lives 30 seconds to 15 minutes")]
#[non_exhaustive]
pub struct InvalidLifetime;

impl AccessLifetime {
    /// The shortest.
    pub const MIN: Duration = Duration::from_secs(30);
    /// The longest.
    pub const MAX: Duration = Duration::from_secs(15 * 60);

    /// Checks `lifetime`; a fraction of a second is cut, for tokens carry none.
    pub const fn new(lifetime: Duration) -> Result<Self, InvalidLifetime> {
        let secs = lifetime.as_secs();
        if secs < Self::MIN.as_secs() || secs > Self::MAX.as_secs() {
            return Err(InvalidLifetime);
        }
        if secs == Self::MAX.as_secs() && lifetime.subsec_nanos() > 0 {
            return Err(InvalidLifetime);
        }
        Ok(Self(Duration::from_secs(secs)))
    }

    /// The lifetime, in whole seconds.
    #[must_use]
    pub const fn get(self) -> Duration {
        self.0
    }
}

/// A token was not issued.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The key has no `kid`, by which verifiers would find it.
    #[error("the signing key has no key id")]
    NoKeyId,
    /// A private claim is not on the audience's allow-list. Add it there, or keep it beside the
    /// session, where it is encrypted.
    #[error("the claim {0:?} is not on the audience's allow-list")]
    ClaimNotAllowed(String),
    /// A private claim has the name of a claim that the issuer alone sets.
    #[error("the claim {0:?} is set by the issuer alone")]
    ReservedClaim(String),
    /// A private claim holds what must not be in a token, which everybody on its way can read. Keep it
    /// beside the session, where it is encrypted.
    #[error("the claim {name:?} looks like {looks_like}, which does not belong into a token")]
    Confidential {
        /// The claim.
        name: String,
        /// What its value looks like.
        looks_like: &'static str,
    },
    /// The session or the key ends before the token would begin.
    #[error("the token would end before it begins")]
    AlreadyEnded,
    /// The private claims cannot be read back by strict readers.
    #[error("the private claims are not acceptable JSON")]
    Json(#[from] JsonError),
    /// The token would be longer than verifiers take.
    #[error("the token would be too long")]
    TooLong,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignFailed),
}

/// Issues the access tokens of one audience.
#[derive(Clone, Debug)]
pub struct Issuer {
    id: IssuerId,
    audience: Audience,
    lifetime: AccessLifetime,
    allowed: BTreeSet<String>,
}

/// A token that lacks only its signature.
#[derive(Debug)]
#[must_use = "an unsigned token is worth nothing"]
pub struct Unsigned {
    signing_input: String,
    expires_at: UnixTime,
}

impl Issuer {
    /// Signs a token as of `now` with a key at hand.
    pub fn issue(
        &self,
        request: TokenRequest,
        key: &SigningKey,
        now: UnixTime,
    ) -> Result<String, IssueError> {
        let id = key.key_id().ok_or(IssueError::NoKeyId)?;
        let unsigned = self.prepare(request, id, key.algorithm(), now)?;
        let signature = key.sign(unsigned.signing_input())?;
        Ok(unsigned.assemble(&signature))
    }

    /// Makes all of a token but its signature, which the key named `id` will make with `algorithm`.
    #[expect(clippy::needless_pass_by_value, reason = "a request is one token, and used up by it")]
    pub fn prepare(
        &self,
        request: TokenRequest,
        id: &KeyId,
        algorithm: Algorithm,
        now: UnixTime,
    ) -> Result<Unsigned, IssueError> {
        self.check_private(&request)?;
        let issued_at = now.floor_secs();
        let mut expires_at = issued_at.saturating_add(self.lifetime.get());
        if let Some(end) = request.expires_no_later_than {
            expires_at = expires_at.min(end.floor_secs());
        }
        if expires_at <= issued_at {
            return Err(IssueError::AlreadyEnded);
        }
        let payload = Payload { issuer: self, request: &request, issued_at, expires_at };
        // Values of serde_json have only string keys and finite numbers, so this cannot fail.
        let payload = serde_json::to_vec(&payload).map_err(|_| JsonError::Syntax)?;
        Object::parse(&payload)?;

        let mut signing_input = header::encode(algorithm, id);
        signing_input.push('.');
        b64::append(&payload, &mut signing_input);
        let longest = signing_input.len().saturating_add(LONGEST_SIGNATURE);
        if longest > LIMITS.token_bytes {
            return Err(IssueError::TooLong);
        }
        Ok(Unsigned { signing_input, expires_at })
    }

    /// The `iss` of its tokens.
    #[must_use]
    pub const fn issuer(&self) -> &IssuerId {
        &self.id
    }

    /// The `aud` of its tokens.
    #[must_use]
    pub const fn audience(&self) -> &Audience {
        &self.audience
    }

    /// How long its tokens live.
    #[must_use]
    pub const fn lifetime(&self) -> AccessLifetime {
        self.lifetime
    }

    /// Checks private claims by themselves, for a caller that keeps them until tokens are issued.
    pub fn check_claims(
        &self,
        claims: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), IssueError> {
        for (name, value) in claims {
            if RESERVED_CLAIMS.contains(&name.as_str()) {
                return Err(IssueError::ReservedClaim(name.clone()));
            }
            if !self.allowed.contains(name) {
                return Err(IssueError::ClaimNotAllowed(name.clone()));
            }
            if let Some(looks_like) = screen::confidential(name, value) {
                return Err(IssueError::Confidential { name: name.clone(), looks_like });
            }
        }
        Ok(())
    }

    fn check_private(&self, request: &TokenRequest) -> Result<(), IssueError> {
        self.check_claims(&request.private)
    }
}

impl Unsigned {
    /// The bytes to sign.
    #[must_use]
    pub const fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// When the token will end.
    #[must_use]
    pub const fn expires_at(&self) -> UnixTime {
        self.expires_at
    }

    /// The token, with a signature in JOSE form (for ECDSA: r and s, not DER).
    #[must_use]
    pub fn assemble(self, signature: &[u8]) -> String {
        let mut token = self.signing_input;
        token.push('.');
        b64::append(signature, &mut token);
        token
    }
}

/// The longest signature, encoded: the token's own is not known before a key elsewhere has made it.
const LONGEST_SIGNATURE: usize = LIMITS.signature_bytes.div_ceil(3) * 4;

struct Payload<'a> {
    issuer: &'a Issuer,
    request: &'a TokenRequest,
    issued_at: UnixTime,
    expires_at: UnixTime,
}

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let request = self.request;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("iss", self.issuer.id.as_str())?;
        map.serialize_entry("aud", self.issuer.audience.as_str())?;
        map.serialize_entry("sub", request.subject.as_str())?;
        map.serialize_entry("client_id", request.client_id.as_str())?;
        map.serialize_entry("jti", request.token_id.as_str())?;
        map.serialize_entry("iat", &self.issued_at.as_secs())?;
        map.serialize_entry("exp", &self.expires_at.as_secs())?;
        if let Some(id) = &request.session_id {
            map.serialize_entry("sid", id.as_str())?;
        }
        if let Some(version) = request.token_version {
            map.serialize_entry("ver", &version.get())?;
        }
        if !request.scope.is_empty() {
            map.serialize_entry("scope", request.scope.as_str())?;
        }
        if let Some(time) = request.auth_time {
            map.serialize_entry("auth_time", &time.as_secs())?;
        }
        for (name, value) in &request.private {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
