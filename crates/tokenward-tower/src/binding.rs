//! Whether the tokens of an audience are bound: to keys ([`dpop`](crate::dpop)), to client certificates
//! ([`certificate`](crate::certificate)).

use std::str::FromStr;

use tokenward::{AccessClaims, CertificateThumbprint, Reason, Rejected};

/// What an audience asks of its clients.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum BindingPolicy {
    /// No token is bound.
    Off,
    /// Whoever shows a key, or a certificate, gets tokens that are bound to it.
    Offered,
    /// Every token is bound.
    Required,
}

impl BindingPolicy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Off, Self::Offered, Self::Required];

    /// Its name, in configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Offered => "offered",
            Self::Required => "required",
        }
    }

    /// The certificate that counts, of one that was `shown`: none where certificates are off.
    #[must_use]
    pub const fn certificate(
        self,
        shown: Option<&CertificateThumbprint>,
    ) -> Option<&CertificateThumbprint> {
        match self {
            Self::Off => None,
            Self::Offered | Self::Required => shown,
        }
    }

    /// Refuses a token that is bound to no certificate, where every token is to be.
    pub fn check_certificate(self, claims: &AccessClaims) -> Result<(), Rejected> {
        if self == Self::Required && claims.certificate_thumbprint().is_none() {
            return Err(Reason::NotBound.into());
        }
        Ok(())
    }
}

/// No policy is called like that.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("must be off, offered or required")]
#[non_exhaustive]
pub struct UnknownBindingPolicy;

impl FromStr for BindingPolicy {
    type Err = UnknownBindingPolicy;

    fn from_str(name: &str) -> Result<Self, UnknownBindingPolicy> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == name).ok_or(UnknownBindingPolicy)
    }
}
