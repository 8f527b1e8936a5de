//! Verification: from a token to a [`Verified`], or to a [`Rejected`] and nothing else.

mod bound;
mod builder;
mod scratch;
mod sealed;
mod shown;
mod unproven;

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use serde::de::DeserializeOwned;

pub(crate) use builder::LEEWAY;
pub use builder::VerifierBuilder;
pub use scratch::Scratch;
pub use shown::Shown;
pub use unproven::Unproven;

use crate::b64;
use crate::claims::{AccessClaims, AccessClaimsRef, Proven};
use crate::compact::Compact;
use crate::header::{self, Header};
use crate::ids::{Audience, IssuerId, KeyId};
use crate::key::VerifyingKey;
use crate::keyset::KeySet;
use crate::limits::LIMITS;
use crate::profile::{AccessToken, Policy, Profile, SelfContained, Times, Token, Typed, access};
use crate::reject::{Reason, Rejected};
use crate::time::UnixTime;

/// Claims that a [`Verifier`] has found true.
///
/// There is no other way to make one: a handler that takes it cannot be reached with a token that
/// nobody verified.
///
/// ```
/// use tokenward::Verified;
///
/// fn refund(claims: &Verified) -> String {
///     format!("refunded by {}, under key {:?}", claims.subject(), claims.key_id())
/// }
/// ```
///
/// ```compile_fail,E0451
/// # fn f(claims: tokenward::AccessClaims) -> tokenward::Verified {
/// tokenward::Verified { claims, key_id: None }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Verified<C = AccessClaims> {
    claims: C,
    key_id: Option<Arc<KeyId>>,
}

impl<C> Verified<C> {
    pub(crate) const fn new(claims: C, key_id: Option<Arc<KeyId>>) -> Self {
        Self { claims, key_id }
    }

    pub(crate) const fn claims_mut(&mut self) -> &mut C {
        &mut self.claims
    }

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

impl Verified<AccessClaimsRef<'_>> {
    /// The same in a value that borrows nothing.
    #[must_use]
    pub fn to_owned_claims(&self) -> Verified {
        Verified { claims: self.claims.to_owned_claims(), key_id: self.key_id.clone() }
    }
}

impl<C> Deref for Verified<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.claims
    }
}

/// Decides about the tokens of one issuer for one audience, of one kind (its [`Profile`]). Clones are
/// cheap.
///
/// No check can be turned off. Revocation is not its business: whoever holds the revocations asks
/// them about the [`Verified`] claims. [`Verifier::builder`] begins one for access tokens; for other
/// kinds, see [`profile`](crate::profile).
pub struct Verifier<P: Profile = AccessToken> {
    policy: Arc<Policy<P>>,
    keys: KeySet,
    /// For each key, the encoded header of the tokens that are made with it.
    headers: Arc<[Option<Box<str>>]>,
}

impl<P: Profile> Verifier<P> {
    /// The same policy with other keys.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, fetched: &[u8]) -> Result<(), tokenward::KeySetError> {
    /// let verifier = verifier.with_keys(tokenward::KeySet::parse(fetched)?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_keys(&self, keys: KeySet) -> Self {
        Self::new(Arc::clone(&self.policy), keys)
    }

    /// The issuer whose tokens it takes.
    #[must_use]
    pub fn issuer(&self) -> &IssuerId {
        &self.policy.issuer
    }

    /// The keys that it trusts.
    #[must_use]
    pub const fn keys(&self) -> &KeySet {
        &self.keys
    }

    fn new(policy: Arc<Policy<P>>, keys: KeySet) -> Self {
        let encode = |key: &VerifyingKey| {
            Some(header::encode(key.algorithm(), key.key_id()?, P::TYPE).into())
        };
        let recognized: &[VerifyingKey] =
            if policy.profile.form().plain_header { keys.keys() } else { &[] };
        let headers = recognized.iter().map(encode).collect();
        Self { policy, keys, headers }
    }

    /// Verifies all that is the same for every kind of token.
    ///
    /// The signature is checked before any claim is read (OWASP ASVS 9.1.1).
    pub(crate) fn authenticate<'a>(
        &self,
        token: &str,
        scratch: &'a mut Scratch,
    ) -> Result<(Token<'a>, &VerifyingKey), Reason> {
        let form = self.policy.profile.form();
        let mut token = Compact::split_within(token, form.bytes, LIMITS.header_bytes)?;
        if form.padded {
            token = token.without_padding()?;
        }
        let (key, typed) = self.key_for(&token, &mut scratch.header)?;
        check_signature(key, &token, &mut scratch.bytes)?;
        b64::decode_into(token.payload, &mut scratch.bytes).map_err(|_| Reason::Malformed)?;
        let Scratch { header, bytes: payload, .. } = scratch;
        Ok((Token { header, payload, typed, algorithm: key.algorithm() }, key))
    }

    /// The key of this token, and how the token is of the right type. Puts the decoded header into
    /// `json`, if it must be decoded.
    fn key_for(
        &self,
        token: &Compact<'_>,
        json: &mut Vec<u8>,
    ) -> Result<(&VerifyingKey, Typed), Reason> {
        json.clear();
        // A header that we made is recognized by its bytes, before anything is decoded. It names the
        // key, its algorithm and the right type, so nothing is left to compare.
        let same = |header: &Option<Box<str>>| header.as_deref() == Some(token.header);
        if let Some(index) = self.headers.iter().position(same) {
            let key = self.keys.keys().get(index).ok_or(Reason::UnknownKey)?;
            return Ok((key, Typed::Itself));
        }
        token.check_parts()?;
        b64::decode_into(token.header, json).map_err(|_| Reason::Malformed)?;
        let header = Header::parse(json)?;
        let typed = self.policy.profile.admits(header.typ.as_deref()).ok_or(Reason::WrongType)?;
        let key = match &header.key_id {
            Some(id) => self.keys.find_str(id).ok_or(Reason::UnknownKey)?,
            None => self.keys.only().ok_or(Reason::NoKeyId)?,
        };
        if key.algorithm() == header.algorithm {
            Ok((key, typed))
        } else {
            Err(Reason::WrongAlgorithm)
        }
    }

    pub(crate) fn policy(&self) -> &Policy<P> {
        &self.policy
    }

    /// Verifies `token` by what is asked of every token of this kind, and tells its times.
    pub(crate) fn check_timed(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<(Verified<P::Claims>, Times), Reason> {
        let mut scratch = Scratch::default();
        let (token, key) = self.authenticate(token, &mut scratch)?;
        let (claims, times) = P::read(token, &self.policy)?;
        Ok((self.judged(claims, &times, key, now)?, times))
    }

    pub(crate) fn judged<C>(
        &self,
        claims: C,
        times: &Times,
        key: &VerifyingKey,
        now: UnixTime,
    ) -> Result<Verified<C>, Reason> {
        self.policy.check_times(times, now)?;
        Ok(Verified { claims, key_id: key.shared_id() })
    }
}

impl<P: SelfContained> Verifier<P> {
    /// Verifies `token` as of `now`.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str) -> Result<(), tokenward::Rejected> {
    /// let claims = verifier.verify(token, std::time::SystemTime::now().into())?;
    /// println!("{} until {}", claims.subject(), claims.expires_at());
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify(&self, token: &str, now: UnixTime) -> Result<Verified<P::Claims>, Rejected> {
        Ok(self.check_timed(token, now)?.0)
    }
}

impl<P: Profile<Addressee = Audience>> Verifier<P> {
    /// The audience that tokens must be for.
    #[must_use]
    pub fn audience(&self) -> &Audience {
        &self.policy.addressee
    }
}

impl Verifier {
    /// The most that clocks may be thought to differ by.
    pub const MAX_LEEWAY: Duration = Duration::from_secs(30);
    /// The longest lifetime of an access token that can be accepted at all.
    pub const MAX_LIFETIME: Duration = AccessToken::LONGEST_LIFETIME;

    /// As [`Self::verify`], with the private claims read as `T`; a token whose private claims are not
    /// of that type is refused.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// #[derive(serde::Deserialize)]
    /// struct Private {
    ///     roles: Vec<String>,
    ///     locale: Option<String>,
    /// }
    ///
    /// let claims = verifier.verify_as::<Private>(token, now)?;
    /// if claims.private().roles.iter().any(|role| role == "admin") {
    ///     println!("{} may do everything", claims.subject());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_as<T: DeserializeOwned>(
        &self,
        token: &str,
        now: UnixTime,
    ) -> Result<Verified<AccessClaims<T>>, Rejected> {
        let mut scratch = Scratch::default();
        let verified = self.check_in(token, Proven::NOTHING, now, &mut scratch)?;
        let claims = verified.claims.to_owned_as()?;
        Ok(Verified { claims, key_id: verified.key_id })
    }

    /// As [`Self::verify`], without an allocation: the claims are slices of `scratch`, which is used
    /// again for the next token.
    ///
    /// ```
    /// # fn f(verifier: tokenward::Verifier, token: &str, now: tokenward::UnixTime) -> Result<(), tokenward::Rejected> {
    /// let mut scratch = tokenward::Scratch::default(); // one for each thread, say
    /// let claims = verifier.verify_in(token, now, &mut scratch)?;
    /// println!("{} may {}", claims.subject(), claims.scope().as_str());
    /// # Ok(())
    /// # }
    /// ```
    pub fn verify_in<'a>(
        &'a self,
        token: &str,
        now: UnixTime,
        scratch: &'a mut Scratch,
    ) -> Result<Verified<AccessClaimsRef<'a>>, Rejected> {
        self.check_in(token, Proven::NOTHING, now, scratch).map_err(Rejected::from_reason)
    }

    pub(crate) fn check_in<'a>(
        &'a self,
        token: &str,
        proven: Proven<'a>,
        now: UnixTime,
        scratch: &'a mut Scratch,
    ) -> Result<Verified<AccessClaimsRef<'a>>, Reason> {
        let (token, key) = self.authenticate(token, scratch)?;
        let claims = access::read(token, &self.policy, proven)?;
        let times = claims.times();
        self.judged(claims, &times, key, now)
    }
}

impl<P: Profile> Clone for Verifier<P> {
    fn clone(&self) -> Self {
        Self {
            policy: Arc::clone(&self.policy),
            keys: self.keys.clone(),
            headers: Arc::clone(&self.headers),
        }
    }
}

impl<P: Profile> fmt::Debug for Verifier<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("policy", &self.policy)
            .field("keys", &self.keys)
            .finish_non_exhaustive()
    }
}

pub(crate) fn check_signature(
    key: &VerifyingKey,
    token: &Compact<'_>,
    signature: &mut Vec<u8>,
) -> Result<(), Reason> {
    b64::decode_into(token.signature, signature).map_err(|_| Reason::Malformed)?;
    if signature.len() == key.signature_len()
        && key.verify(token.signing_input.as_bytes(), signature)
    {
        Ok(())
    } else {
        Err(Reason::BadSignature)
    }
}
