//! The builder of issuers, which has no `build` before all that matters was said.

use std::collections::{BTreeMap, BTreeSet};

use super::{AccessLifetime, Issuer, Sensitive};
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
    admitted: BTreeMap<String, Vec<Sensitive>>,
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
            admitted: BTreeMap::new(),
        }
    }
}

impl<I, A, L> IssuerBuilder<I, A, L> {
    /// The `iss` of its tokens.
    pub fn issuer(self, issuer: IssuerId) -> IssuerBuilder<IssuerId, A, L> {
        let Self { audience, lifetime, allowed, admitted, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed, admitted }
    }

    /// The `aud` of its tokens.
    pub fn audience(self, audience: Audience) -> IssuerBuilder<I, Audience, L> {
        let Self { issuer, lifetime, allowed, admitted, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed, admitted }
    }

    /// How long its tokens live.
    pub fn lifetime(self, lifetime: AccessLifetime) -> IssuerBuilder<I, A, AccessLifetime> {
        let Self { issuer, audience, allowed, admitted, .. } = self;
        IssuerBuilder { issuer, audience, lifetime, allowed, admitted }
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

    /// Lets the private claim `claim` hold what looks like `kind`, which is refused otherwise.
    ///
    /// # Security
    ///
    /// Whoever gets hold of a token reads it, and so do the logs on its way that it should not be in.
    ///
    /// ```
    /// use tokenward::{Issuer, IssuerBuilder, Sensitive};
    ///
    /// let issuer: IssuerBuilder =
    ///     Issuer::builder().claims(["contact"]).admit("contact", Sensitive::Email);
    /// ```
    pub fn admit(mut self, claim: impl Into<String>, kind: Sensitive) -> Self {
        self.admitted.entry(claim.into()).or_default().push(kind);
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
            admitted: self.admitted,
        }
    }
}
