//! Verification: from a token to a [`Verified`], or to a [`Rejected`] and nothing else.

mod builder;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

pub use builder::VerifierBuilder;

use crate::b64;
use crate::claims::{self, AccessClaims, Expected};
use crate::compact::Compact;
use crate::header::{Header, TokenType};
use crate::ids::{Audience, IssuerId, KeyId};
use crate::key::VerifyingKey;
use crate::keyset::KeySet;
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;

/// Claims that a [`Verifier`] has found true.
///
/// There is no other way to make one: a handler that takes it cannot be reached with a token that
/// nobody verified.
#[derive(Clone, Debug)]
pub struct Verified<C = AccessClaims> {
    claims: C,
    key_id: Option<Arc<KeyId>>,
}

impl<C> Verified<C> {
    /// The name of the key whose signature it was.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.key_id.as_deref()
    }

    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &C {
        &self.claims
    }
}

impl<C> Deref for Verified<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.claims
    }
}

/// Decides about the tokens of one issuer for one audience. Clones are cheap.
///
/// No check can be turned off. Revocation is not its business: whoever holds the revocations asks
/// them about the [`Verified`] claims.
#[derive(Clone, Debug)]
pub struct Verifier {
    policy: Arc<Policy>,
    keys: KeySet,
}

#[derive(Debug)]
struct Policy {
    issuer: Arc<IssuerId>,
    audience: Arc<Audience>,
    accept: TokenType,
    leeway: Duration,
    max_lifetime: Duration,
}

impl Verifier {
    /// The most that clocks may be thought to differ by.
    pub const MAX_LEEWAY: Duration = Duration::from_secs(30);
    /// The longest lifetime that can be accepted at all.
    pub const MAX_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

    /// Verifies `token` as of `now`.
    ///
    /// The signature is checked before any claim is read (OWASP ASVS 9.1.1).
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Verified, Rejected> {
        self.check(token, now).map_err(Rejected::from_reason)
    }

    /// The same policy with other keys.
    #[must_use]
    pub fn with_keys(&self, keys: KeySet) -> Self {
        Self { policy: Arc::clone(&self.policy), keys }
    }

    /// The issuer whose tokens it takes.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.policy.issuer
    }

    /// The audience that tokens must be for.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.policy.audience
    }

    /// The keys that it trusts.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }

    fn check(&self, token: &str, now: UnixTime) -> Result<Verified, Reason> {
        let token = Compact::split(token)?;
        let (key, client_id) = self.key_for(&token)?;
        check_signature(key, &token)?;
        let expected =
            Expected { issuer: &self.policy.issuer, audience: &self.policy.audience, client_id };
        let claims = claims::read(&token.decode_payload()?, &expected)?;
        self.policy.check_times(&claims, now)?;
        Ok(Verified { claims, key_id: key.shared_id() })
    }

    /// The key of this token, and whether the token must have a `client_id`.
    fn key_for(&self, token: &Compact<'_>) -> Result<(&VerifyingKey, bool), Reason> {
        // A header that we made is recognized by its bytes, before anything is decoded. It names the
        // key, its algorithm and the type of an access token, so nothing is left to compare.
        if let Some(key) = self.keys.find_header(token.header) {
            return Ok((key, true));
        }
        let json = token.decode_header()?;
        let header = Header::parse(&json, self.policy.accept)?;
        let key = match &header.key_id {
            Some(id) => self.keys.find_str(id).ok_or(Reason::UnknownKey)?,
            None => self.keys.only().ok_or(Reason::NoKeyId)?,
        };
        if key.algorithm() == header.algorithm {
            Ok((key, header.is_access_token))
        } else {
            Err(Reason::WrongAlgorithm)
        }
    }
}

impl Policy {
    fn check_times(&self, claims: &AccessClaims, now: UnixTime) -> Result<(), Reason> {
        let latest = now.saturating_add(self.leeway);
        if now >= claims.expires_at().saturating_add(self.leeway) {
            return Err(Reason::Expired);
        }
        if claims.not_before().is_some_and(|not_before| not_before > latest) {
            return Err(Reason::NotYetValid);
        }
        if claims.issued_at() > latest {
            return Err(Reason::IssuedInFuture);
        }
        if claims.expires_at() <= claims.issued_at() {
            return Err(Reason::InvalidClaim("exp"));
        }
        if claims.expires_at().since(claims.issued_at()) > self.max_lifetime {
            return Err(Reason::LifetimeTooLong);
        }
        Ok(())
    }
}

fn check_signature(key: &VerifyingKey, token: &Compact<'_>) -> Result<(), Reason> {
    // The base64 decoder wants room for whole groups: 1024 bytes end inside one.
    let mut buffer = [0; 1026];
    let signature = b64::decode_into(token.signature, &mut buffer).ok_or(Reason::Malformed)?;
    if signature.len() == key.signature_len()
        && key.verify(token.signing_input.as_bytes(), signature)
    {
        Ok(())
    } else {
        Err(Reason::BadSignature)
    }
}
