//! The builder of issuers, which has no `build` before all that matters was said.

use std::collections::BTreeSet;

use super::{AccessLifetime, Issuer};
use crate::ids::{Audience, IssuerId};
use crate::missing::{HasAddressee, HasIssuer, HasLifetime, Missing};

/// Builds an [`Issuer`]: issuer, audience and lifetime in any order, then [`build`](Self::build).
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct IssuerBuilder<I = Missing, A = Missing, L = Missing> {
    issuer: I,
    audience: A,
    lifetime: L,
    allowed: BTreeSet<String>,
}

impl Issuer {
    /// Begins an issuer.
    ///
    /// Leaving out the issuer, the audience or the lifetime does not compile:
    ///
    /// ```compile_fail,E0277
    /// # fn f(issuer: tokenward::IssuerId, audience: tokenward::Audience) {
    /// tokenward::Issuer::builder().issuer(issuer).audience(audience).build();
    /// # }
    /// ```
    pub fn builder() -> IssuerBuilder {
        IssuerBuilder {
            issuer: Missing,
            audience: Missing,
            lifetime: Missing,
            allowed: BTreeSet::new(),
        }
    }
}

impl<I, A, L> IssuerBuilder<I, A, L> {
    /// The `iss` of its tokens.
    pub fn issuer(self, issuer: IssuerId) -> IssuerBuilder<IssuerId, A, L> {
        let Self { audience, lifetime, allowed, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed }
    }

    /// The `aud` of its tokens.
    pub fn audience(self, audience: Audience) -> IssuerBuilder<I, Audience, L> {
        let Self { issuer, lifetime, allowed, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed }
    }

    /// How long its tokens live.
    pub fn lifetime(self, lifetime: AccessLifetime) -> IssuerBuilder<I, A, AccessLifetime> {
        let Self { issuer, audience, allowed, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed }
    }

    /// The private claims that its tokens may have; none unless said.
    ///
    /// ```
    /// use tokenward::{Issuer, IssuerBuilder};
    ///
    /// let issuer: IssuerBuilder = Issuer::builder().claims(["roles", "locale"]);
    /// ```
    pub fn claims(mut self, allowed: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }
}

impl<I, A, L> IssuerBuilder<I, A, L> {
    /// The issuer.
    #[must_use]
    pub fn build(self) -> Issuer
    where
        I: HasIssuer,
        A: HasAddressee<Audience>,
        L: HasLifetime,
    {
        Issuer {
            id: self.issuer.into_issuer(),
            audience: self.audience.into_addressee(),
            lifetime: self.lifetime.into_lifetime(),
            allowed: self.allowed,
        }
    }
}
