//! The builder of verifiers, which has no `build` before all that matters was said.

use std::sync::Arc;
use std::time::Duration;

use super::{Policy, Verifier};
use crate::Missing;
use crate::header::TokenType;
use crate::ids::{Audience, IssuerId};
use crate::issue::AccessLifetime;
use crate::keyset::KeySet;

/// Builds a [`Verifier`]: issuer, audience and keys in any order, then [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct VerifierBuilder<I = Missing, A = Missing, K = Missing> {
    issuer: I,
    audience: A,
    keys: K,
    accept: TokenType,
    leeway: Duration,
    max_lifetime: Duration,
}

impl Verifier {
    /// Begins a verifier.
    ///
    /// Leaving out the issuer, the audience or the keys does not compile:
    ///
    /// ```compile_fail,E0599
    /// # fn f(audience: tokenward::Audience, keys: tokenward::KeySet) {
    /// tokenward::Verifier::builder().audience(audience).keys(keys).build();
    /// # }
    /// ```
    ///
    /// ```compile_fail,E0599
    /// # fn f(issuer: tokenward::IssuerId, keys: tokenward::KeySet) {
    /// tokenward::Verifier::builder().issuer(issuer).keys(keys).build();
    /// # }
    /// ```
    ///
    /// ```compile_fail,E0599
    /// # fn f(issuer: tokenward::IssuerId, audience: tokenward::Audience) {
    /// tokenward::Verifier::builder().issuer(issuer).audience(audience).build();
    /// # }
    /// ```
    ///
    /// ```
    /// # fn f(issuer: tokenward::IssuerId, audience: tokenward::Audience, keys: tokenward::KeySet) {
    /// tokenward::Verifier::builder().issuer(issuer).audience(audience).keys(keys).build();
    /// # }
    /// ```
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder {
            issuer: Missing,
            audience: Missing,
            keys: Missing,
            accept: TokenType::AccessToken,
            leeway: Duration::from_secs(5),
            max_lifetime: AccessLifetime::MAX,
        }
    }
}

impl<I, A, K> VerifierBuilder<I, A, K> {
    /// Whose tokens to take: the exact `iss`.
    pub fn issuer(self, issuer: IssuerId) -> VerifierBuilder<IssuerId, A, K> {
        VerifierBuilder {
            issuer,
            audience: self.audience,
            keys: self.keys,
            accept: self.accept,
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
        }
    }

    /// For whom they must be: the `aud`, or one of them.
    pub fn audience(self, audience: Audience) -> VerifierBuilder<I, Audience, K> {
        VerifierBuilder {
            issuer: self.issuer,
            audience,
            keys: self.keys,
            accept: self.accept,
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
        }
    }

    /// The keys to trust.
    pub fn keys(self, keys: KeySet) -> VerifierBuilder<I, A, KeySet> {
        VerifierBuilder {
            issuer: self.issuer,
            audience: self.audience,
            keys,
            accept: self.accept,
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
        }
    }

    /// The type that tokens must have; [`TokenType::AccessToken`] unless said.
    pub fn accept_type(mut self, accept: TokenType) -> Self {
        self.accept = accept;
        self
    }

    /// How far clocks may differ: 5 seconds unless said, and never over [`Verifier::MAX_LEEWAY`], to
    /// which more is cut.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.leeway = leeway.min(Verifier::MAX_LEEWAY);
        self
    }

    /// The longest `exp - iat` to take: 15 minutes unless said, as our own tokens have at most, and
    /// never over [`Verifier::MAX_LIFETIME`], to which more is cut.
    pub fn max_lifetime(mut self, max_lifetime: Duration) -> Self {
        self.max_lifetime = max_lifetime.min(Verifier::MAX_LIFETIME);
        self
    }
}

impl VerifierBuilder<IssuerId, Audience, KeySet> {
    /// The verifier.
    #[must_use]
    pub fn build(self) -> Verifier {
        let policy = Policy {
            issuer: Arc::new(self.issuer),
            audience: Arc::new(self.audience),
            accept: self.accept,
            leeway: self.leeway,
            max_lifetime: self.max_lifetime,
        };
        Verifier { policy: Arc::new(policy), keys: self.keys }
    }
}
