//! Issuing access tokens (RFC 9068).
//!
//! Signing is split for keys that live elsewhere: [`Issuer::prepare`] makes the bytes to sign, a vault
//! or an HSM signs them, [`Unsigned::assemble`] makes the token.
//!
//! **Invariant:** what we issue, a [`Verifier`](crate::Verifier) of the same issuer and audience takes:
//! what others put into the payload goes through the same strict reader before it is signed.
//! **Invariant:** the same request at the same time with the same key gives the same bytes to sign.

mod builder;
mod guard;
mod payload;
mod request;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

pub use builder::IssuerBuilder;
pub use guard::{Sensitive, UnknownSensitive};
pub use request::TokenRequest;

use crate::alg::Algorithm;
use crate::claims::{ACT, RESERVED_CLAIMS};
use crate::ids::{Audience, IssuerId, KeyId};
use crate::json::{JsonError, Object};
use crate::key::{SignFailed, SigningKey};
use crate::limits::LIMITS;
use crate::profile::{AccessToken, Profile};
use crate::time::UnixTime;
use crate::verify::Scratch;
use crate::{b64, header};

/// How long an access token lives: 30 seconds to 15 minutes.
///
/// The upper bound is what keeps revocation small: nothing has to be remembered for longer. The lower
/// one is where clock errors would begin to end tokens before they arrive.
///
/// ```
/// use std::time::Duration;
///
/// use tokenward::AccessLifetime;
///
/// assert!(AccessLifetime::new(Duration::from_secs(300)).is_ok());
/// assert!(AccessLifetime::new(Duration::from_secs(24 * 60 * 60)).is_err());
/// ```
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
    /// The key has no `kid`, by which verifiers would find it: PEM, DER and secrets hold none. Give it
    /// one by [`SigningKey::with_key_id`] or [`SigningKey::named_by_thumbprint`], and its other half the
    /// same.
    #[error("the signing key has no key id; name it, by its thumbprint for example")]
    NoKeyId,
    /// A private claim is not on the audience's allow-list. Add it there ([`IssuerBuilder::claims`]), or
    /// keep it beside the session, where it is encrypted.
    #[error("the claim {0:?} is not on the audience's allow-list")]
    ClaimNotAllowed(String),
    /// A private claim has the name of a claim that the issuer alone sets.
    #[error("the claim {0:?} is set by the issuer alone")]
    ReservedClaim(String),
    /// A private claim holds what must not be in a token, which everybody on its way can read. Keep it
    /// beside the session, where it is encrypted; or say that this claim may hold it
    /// ([`IssuerBuilder::admit`]).
    #[error("the claim {name:?} looks like {looks_like}, which does not belong into a token")]
    Confidential {
        /// The claim.
        name: String,
        /// What its value looks like.
        looks_like: Sensitive,
    },
    /// The session or the key ends before the token would begin.
    #[error("the token would end before it begins")]
    AlreadyEnded,
    /// The claims cannot be read back by strict readers: the private ones, or a number or a time that is
    /// too large for them; or the private ones are no object.
    #[error("the claims are not acceptable JSON")]
    Json(#[from] JsonError),
    /// The token would be longer than verifiers take, 8 KiB. Keep what is long beside the session.
    #[error("the token would be too long")]
    TooLong,
    /// The key did not sign.
    #[error(transparent)]
    Sign(#[from] SignFailed),
}

/// Issues the access tokens of one audience.
///
/// ```
/// use std::time::Duration;
///
/// use tokenward::{
///     AccessLifetime, Algorithm, Audience, ClientId, IssueError, Issuer, IssuerId, Jti, SigningKey,
///     Subject, TokenRequest, UnixTime,
/// };
///
/// let issuer = Issuer::builder()
///     .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api")?)
///     .audience(Audience::new("billing-api")?)
///     .lifetime(AccessLifetime::new(Duration::from_secs(300))?)
///     .claims(["roles"])
///     .build();
/// let key = SigningKey::generate(Algorithm::Es256);
/// let request = TokenRequest::new(Subject::new("ada")?, ClientId::new("web")?, Jti::random());
/// issuer.issue(request.clone(), &key, UnixTime::from_secs(1_800_000_000))?;
///
/// let private = serde_json::json!({ "shoe_size": 38 });
/// let request = request.private(private.as_object().cloned().unwrap_or_default());
/// let refused = issuer.issue(request, &key, UnixTime::from_secs(1_800_000_000));
/// assert_eq!(refused, Err(IssueError::ClaimNotAllowed("shoe_size".to_owned())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Issuer {
    id: IssuerId,
    audience: Audience,
    lifetime: AccessLifetime,
    allowed: BTreeSet<String>,
    admitted: BTreeMap<String, Vec<Sensitive>>,
}

/// Set by the issuer where tokens name a status list, and a private claim like any other elsewhere.
const STATUS: &str = "status";

/// A token that lacks only its signature. [`Issuer::prepare`] makes one.
#[must_use = "an unsigned token is worth nothing"]
pub struct Unsigned {
    signing_input: String,
    expires_at: UnixTime,
}

impl Issuer {
    /// Signs a token as of `now` with a key at hand. The [type](Self) has an example.
    #[expect(clippy::needless_pass_by_value, reason = "a request is one token, and used up by it")]
    pub fn issue(
        &self,
        request: TokenRequest,
        key: &SigningKey,
        now: UnixTime,
    ) -> Result<String, IssueError> {
        let mut scratch = Scratch::default();
        self.issue_in(&request, key, now, &mut scratch)?;
        Ok(scratch.token)
    }

    /// As [`Self::issue`], without an allocation of ours: the token stands in `scratch`, which is used
    /// again for the next one.
    ///
    /// ```
    /// # use tokenward::{IssueError, Issuer, SigningKey, TokenRequest, UnixTime};
    /// # fn f(issuer: Issuer, requests: &[TokenRequest], key: SigningKey, now: UnixTime) -> Result<(), IssueError> {
    /// let mut scratch = tokenward::Scratch::default();
    /// for request in requests {
    ///     println!("{}", issuer.issue_in(request, &key, now, &mut scratch)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn issue_in<'a>(
        &self,
        request: &TokenRequest,
        key: &SigningKey,
        now: UnixTime,
        scratch: &'a mut Scratch,
    ) -> Result<&'a str, IssueError> {
        let header = key.header().ok_or(IssueError::NoKeyId)?;
        let Scratch { bytes, token, .. } = scratch;
        self.write(request, header, key.algorithm(), now, bytes, token)?;
        bytes.clear();
        key.sign_into(token.as_bytes(), bytes)?;
        token.push('.');
        b64::append(bytes, token);
        Ok(token)
    }

    /// Makes all of a token but its signature, which the key named `id` will make with `algorithm`.
    ///
    /// ```
    /// # use tokenward::{Algorithm, IssueError, Issuer, KeyId, TokenRequest, UnixTime};
    /// # fn vault_signs(_: &[u8]) -> Vec<u8> { vec![] }
    /// # fn f(issuer: Issuer, request: TokenRequest, id: KeyId, now: UnixTime) -> Result<(), IssueError> {
    /// let unsigned = issuer.prepare(request, &id, Algorithm::Es256, now)?;
    /// let signature = vault_signs(unsigned.signing_input());
    /// let token = unsigned.assemble(&signature);
    /// # Ok(())
    /// # }
    /// ```
    #[expect(clippy::needless_pass_by_value, reason = "a request is one token, and used up by it")]
    pub fn prepare(
        &self,
        request: TokenRequest,
        id: &KeyId,
        algorithm: Algorithm,
        now: UnixTime,
    ) -> Result<Unsigned, IssueError> {
        let header = header::encode(algorithm, id, AccessToken::TYPE);
        let mut signing_input = String::new();
        let mut payload = Vec::new();
        let expires_at =
            self.write(&request, &header, algorithm, now, &mut payload, &mut signing_input)?;
        Ok(Unsigned { signing_input, expires_at })
    }

    /// Writes what is signed into `input`, by way of `payload`; answers when the token will end.
    fn write(
        &self,
        request: &TokenRequest,
        header: &str,
        algorithm: Algorithm,
        now: UnixTime,
        payload: &mut Vec<u8>,
        input: &mut String,
    ) -> Result<UnixTime, IssueError> {
        self.check_claims(&request.private)?;
        if request.status.is_some() && request.private.contains_key(STATUS) {
            return Err(IssueError::ReservedClaim(STATUS.to_owned()));
        }
        if request.actor.is_some() && request.private.contains_key(ACT) {
            return Err(IssueError::ReservedClaim(ACT.to_owned()));
        }
        let (issued_at, expires_at) = (now.floor_secs(), self.expires_at(request, now)?);
        payload::write(self, request, issued_at, expires_at, payload)?;
        input.clear();
        input.push_str(header);
        input.push('.');
        b64::append(payload, input);
        // An RSA key elsewhere is not known before it has signed.
        let signature = algorithm.signature_len().unwrap_or(LIMITS.rsa_signature_bytes);
        let longest = signature.div_ceil(3).saturating_mul(4).saturating_add(input.len());
        if longest > LIMITS.token_bytes { Err(IssueError::TooLong) } else { Ok(expires_at) }
    }

    /// When the token of `request` will end if it is issued at `now`.
    ///
    /// ```
    /// # use tokenward::{IssueError, Issuer, Jti, TokenRequest, UnixTime};
    /// # fn name_of(expires_at: UnixTime) -> Jti { Jti::random() }
    /// # fn f(issuer: Issuer, request: TokenRequest, now: UnixTime) -> Result<(), IssueError> {
    /// let expires_at = issuer.expires_at(&request, now)?;
    /// let request = request.token_id(name_of(expires_at));
    /// # Ok(())
    /// # }
    /// ```
    pub fn expires_at(
        &self,
        request: &TokenRequest,
        now: UnixTime,
    ) -> Result<UnixTime, IssueError> {
        let issued_at = now.floor_secs();
        let mut expires_at = issued_at.saturating_add(self.lifetime.get());
        if let Some(end) = request.expires_no_later_than {
            expires_at = expires_at.min(end.floor_secs());
        }
        if expires_at > issued_at { Ok(expires_at) } else { Err(IssueError::AlreadyEnded) }
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
    ///
    /// ```
    /// # fn f(issuer: tokenward::Issuer) {
    /// use tokenward::IssueError;
    ///
    /// let claims = [("email".to_owned(), "ada@example.com".into())].into_iter().collect();
    /// if let Err(IssueError::ClaimNotAllowed(name)) = issuer.check_claims(&claims) {
    ///     println!("{name} does not belong into tokens of {}", issuer.audience());
    /// }
    /// # }
    /// ```
    pub fn check_claims(
        &self,
        claims: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<(), IssueError> {
        claims.iter().try_for_each(|(name, value)| self.check_claim(name, value))
    }

    /// As [`Self::check_claims`], of one claim.
    pub fn check_claim(&self, name: &str, value: &serde_json::Value) -> Result<(), IssueError> {
        if RESERVED_CLAIMS.contains(&name) {
            return Err(IssueError::ReservedClaim(name.to_owned()));
        }
        if !self.allowed.contains(name) {
            return Err(IssueError::ClaimNotAllowed(name.to_owned()));
        }
        let admitted = self.admitted.get(name).map_or(&[][..], Vec::as_slice);
        match guard::find(name, value, admitted) {
            Some(looks_like) => Err(IssueError::Confidential { name: name.to_owned(), looks_like }),
            None => Ok(()),
        }
    }
}

impl Unsigned {
    /// The longest signature, encoded, with its dot: ML-DSA-87 has 4,627 bytes (FIPS 204, table 2).
    pub(crate) const LONGEST_SIGNATURE: usize = 6_200;

    pub(crate) const fn new(signing_input: String, expires_at: UnixTime) -> Self {
        Self { signing_input, expires_at }
    }

    /// A token of type `typ` with this payload, whose bytes to sign are `most` at most.
    ///
    /// What strict readers refuse is not signed: a number beyond 2⁵³, or what is nested too deep.
    pub(crate) fn of_payload(
        typ: &str,
        (id, algorithm): (&KeyId, Algorithm),
        payload: &str,
        most: usize,
        expires_at: UnixTime,
    ) -> Result<Self, IssueError> {
        Object::parse(payload.as_bytes())?;
        let mut input = header::encode(algorithm, id, typ);
        input.push('.');
        b64::append(payload.as_bytes(), &mut input);
        if input.len() > most {
            return Err(IssueError::TooLong);
        }
        Ok(Self::new(input, expires_at))
    }

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

/// Shows when it will end, and nothing of its claims.
impl fmt::Debug for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unsigned")
            .field("expires_at", &self.expires_at.as_secs())
            .finish_non_exhaustive()
    }
}
