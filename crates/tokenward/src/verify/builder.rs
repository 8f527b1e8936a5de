//! The builder of verifiers, which has no `build` before all that matters was said.

use std::sync::Arc;
use std::time::Duration;

use super::{Policy, Verifier};
use crate::ids::{Audience, IssuerId, Subject};
use crate::keyset::KeySet;
use crate::missing::{HasAddressee, HasIssuer, HasKeys, Missing};
use crate::profile::{AccessToken, Profile, TokenType};

/// How far clocks may differ unless said otherwise.
pub(crate) const LEEWAY: Duration = Duration::from_secs(5);

/// Builds a [`Verifier`]: issuer, audience and keys in any order, then [`build`](Self::build).
///
/// ```
/// # fn f(keys: tokenward::KeySet) -> Result<tokenward::Verifier, tokenward::InvalidId> {
/// use std::time::Duration;
///
/// use tokenward::{Audience, IssuerId, Verifier};
///
/// let verifier = Verifier::builder()
///     .issuer(IssuerId::new("https://auth.example.com/audiences/billing-api")?)
///     .audience(Audience::new("billing-api")?)
///     .keys(keys)
///     .leeway(Duration::from_secs(10))
///     .max_lifetime(Duration::from_secs(60 * 60))
///     .build();
/// # Ok(verifier)
/// # }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct VerifierBuilder<P = AccessToken, I = Missing, A = Missing, K = Missing> {
    pub(crate) profile: P,
    issuer: I,
    addressee: A,
    keys: K,
    leeway: Duration,
    max_lifetime: Duration,
}

impl Verifier {
    /// Begins a verifier of access tokens.
    ///
    /// Leaving out the issuer, the audience or the keys does not compile:
    ///
    /// ```compile_fail,E0277
    /// # fn f(audience: tokenward::Audience, keys: tokenward::KeySet) {
    /// tokenward::Verifier::builder().audience(audience).keys(keys).build();
    /// # }
    /// ```
    ///
    /// ```
    /// # fn f(issuer: tokenward::IssuerId, audience: tokenward::Audience, keys: tokenward::KeySet) {
    /// tokenward::Verifier::builder().issuer(issuer).audience(audience).keys(keys).build();
    /// # }
    /// ```
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::new(AccessToken::default())
    }
}

impl<P: Profile> VerifierBuilder<P> {
    pub(crate) fn new(profile: P) -> Self {
        let max_lifetime = profile.max_lifetime();
        Self {
            profile,
            issuer: Missing,
            addressee: Missing,
            keys: Missing,
            leeway: LEEWAY,
            max_lifetime,
        }
    }
}

impl<P: Profile, I, A, K> VerifierBuilder<P, I, A, K> {
    /// Whose tokens to take: the exact `iss`.
    pub fn issuer(self, issuer: IssuerId) -> VerifierBuilder<P, IssuerId, A, K> {
        let Self { profile, addressee, keys, leeway, max_lifetime, .. } = self;
        VerifierBuilder { profile, issuer, addressee, keys, leeway, max_lifetime }
    }

    /// The keys to trust. [`Verifier::with_keys`] changes them later.
    pub fn keys(self, keys: KeySet) -> VerifierBuilder<P, I, A, KeySet> {
        let Self { profile, issuer, addressee, leeway, max_lifetime, .. } = self;
        VerifierBuilder { profile, issuer, addressee, keys, leeway, max_lifetime }
    }

    /// How far clocks may differ: 5 seconds unless said, and never over [`Verifier::MAX_LEEWAY`], to
    /// which more is cut.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(Verifier::MAX_LEEWAY);
        self
    }

    /// The longest `exp - iat` to take: what the profile says unless said, 15 minutes for access
    /// tokens, and never over [`Profile::LONGEST_LIFETIME`], to which more is cut.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.max_lifetime = max_lifetime.min(P::LONGEST_LIFETIME);
        self
    }

    fn addressed<B>(self, addressee: B) -> VerifierBuilder<P, I, B, K> {
        let Self { profile, issuer, keys, leeway, max_lifetime, .. } = self;
        VerifierBuilder { profile, issuer, addressee, keys, leeway, max_lifetime }
    }
}

impl<P: Profile<Addressee = Audience>, I, A, K> VerifierBuilder<P, I, A, K> {
    /// For whom tokens must be: the `aud`, or one of them.
    pub fn audience(self, audience: Audience) -> VerifierBuilder<P, I, Audience, K> {
        self.addressed(audience)
    }
}

impl<P: Profile<Addressee = Subject>, I, A, K> VerifierBuilder<P, I, A, K> {
    /// What tokens must be about: the exact `sub`.
    pub fn subject(self, subject: Subject) -> VerifierBuilder<P, I, Subject, K> {
        self.addressed(subject)
    }
}

impl<I, A, K> VerifierBuilder<AccessToken, I, A, K> {
    /// The type that tokens must have; [`TokenType::AccessToken`] unless said.
    ///
    /// All that an access token must have is still asked for, but for `client_id`. A JWT that lacks more,
    /// or that names it otherwise, is for [`Verifier::foreign`]. [`TokenType`] has an example.
    pub fn accept_type(mut self, accept: TokenType) -> Self {
        self.profile.accept = accept;
        self
    }
}

impl<P, I, A, K> VerifierBuilder<P, I, A, K> {
    /// The verifier.
    #[must_use]
    pub fn build(self) -> Verifier<P>
    where
        P: Profile,
        I: HasIssuer,
        A: HasAddressee<P::Addressee>,
        K: HasKeys,
    {
        let policy = Policy {
            profile: self.profile,
            issuer: Arc::new(self.issuer.into_issuer()),
            addressee: Arc::new(self.addressee.into_addressee()),
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
        };
        Verifier::new(Arc::new(policy), self.keys.into_keys())
    }
}
