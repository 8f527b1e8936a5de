//! Signature algorithms. `none` has no representation.

use std::fmt;
use std::str::FromStr;

/// What a key signs and verifies with: one per key, fixed when the key is parsed.
///
/// A token's header can only agree with its key's algorithm, or fail.
///
/// ```
/// use tokenward::Algorithm;
///
/// assert_eq!("ES256".parse(), Ok(Algorithm::Es256));
/// assert!("none".parse::<Algorithm>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 § 3.4). The default of the authority.
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 § 3.4).
    Es384,
    /// ECDSA on P-521 with SHA-512 (RFC 7518 § 3.4).
    Es512,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 § 3.3), for clients that know nothing else.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384 (RFC 7518 § 3.3).
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512 (RFC 7518 § 3.3).
    Rs512,
    /// RSASSA-PSS with SHA-256, salt as long as the digest (RFC 7518 § 3.5).
    Ps256,
    /// RSASSA-PSS with SHA-384 (RFC 7518 § 3.5).
    Ps384,
    /// RSASSA-PSS with SHA-512 (RFC 7518 § 3.5).
    Ps512,
    /// Ed25519 (RFC 8037), in headers under its old name `EdDSA` or its new one (RFC 9864).
    EdDsa,
    /// HMAC with SHA-256 (RFC 7518 § 3.2), for one service alone.
    Hs256,
    /// HMAC with SHA-384 (RFC 7518 § 3.2), for one service alone.
    Hs384,
    /// HMAC with SHA-512 (RFC 7518 § 3.2), for one service alone.
    Hs512,
    /// ML-DSA-44 (RFC 9964, FIPS 204): secure against quantum computers, category 2.
    MlDsa44,
    /// ML-DSA-65 (RFC 9964, FIPS 204), category 3.
    MlDsa65,
    /// ML-DSA-87 (RFC 9964, FIPS 204), category 5. Its tokens have 6 KiB of signature.
    MlDsa87,
}

impl Algorithm {
    /// Every algorithm there is. Do not count on how many: take it as a slice.
    pub const ALL: [Self; 16] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::EdDsa,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
    ];

    /// The name that stands in headers and JWKs that we make.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// Whether the key that verifies can also sign.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256 | Self::Hs384 | Self::Hs512)
    }

    /// Whether it takes an RSA key, which is slow to make.
    #[must_use]
    pub const fn is_rsa(self) -> bool {
        matches!(self.family(), Family::Rsa)
    }

    /// The kind of key that it takes.
    pub(crate) const fn family(self) -> Family {
        match self {
            Self::Es256 | Self::Es384 | Self::Es512 => Family::Ec,
            Self::EdDsa => Family::Okp,
            Self::Hs256 | Self::Hs384 | Self::Hs512 => Family::Secret,
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => Family::Akp,
            _ => Family::Rsa,
        }
    }

    /// The algorithms that a key for this one can serve, if nothing else is said of it: an RSA key's
    /// numbers and a secret's bytes do not tell for which of their family they are.
    pub(crate) fn with_the_same_keys(self) -> &'static [Self] {
        match self.family() {
            family @ (Family::Rsa | Family::Secret) => family.algorithms(),
            Family::Ec | Family::Okp | Family::Akp => self.alone(),
        }
    }

    /// A list of this one.
    pub(crate) fn alone(self) -> &'static [Self] {
        let all: &'static [Self] = &Self::ALL;
        all.iter().find(|one| **one == self).map_or(&[], std::slice::from_ref)
    }

    /// The length of its signatures in JOSE form, in bytes; `None` for RSA, where the key decides.
    ///
    /// ```
    /// assert_eq!(tokenward::Algorithm::Es256.signature_len(), Some(64));
    /// ```
    #[must_use]
    pub const fn signature_len(self) -> Option<usize> {
        Some(match self {
            Self::Es256 | Self::EdDsa | Self::Hs512 => 64,
            Self::Es384 => 96,
            Self::Es512 => 132,
            Self::Hs256 => 32,
            Self::Hs384 => 48,
            // FIPS 204, table 2.
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
            _ => return None,
        })
    }

    /// The algorithm with this name in a header or a JWK; names are case-sensitive (RFC 7515 § 4.1.1).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        if name == "Ed25519" {
            return Some(Self::EdDsa);
        }
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// The kinds of keys: `kty` (RFC 7518 § 6.1, RFC 8037 § 2, RFC 9964 § 3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    Ec,
    Rsa,
    Okp,
    Akp,
    Secret,
}

impl Family {
    /// The algorithms that take such a key.
    pub(crate) const fn algorithms(self) -> &'static [Algorithm] {
        use Algorithm as A;
        match self {
            Self::Ec => &[A::Es256, A::Es384, A::Es512],
            Self::Rsa => &[A::Rs256, A::Rs384, A::Rs512, A::Ps256, A::Ps384, A::Ps512],
            Self::Okp => &[A::EdDsa],
            Self::Akp => &[A::MlDsa44, A::MlDsa65, A::MlDsa87],
            Self::Secret => &[A::Hs256, A::Hs384, A::Hs512],
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The name is of no algorithm that this crate has.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "the algorithm must be ES256, ES384, ES512, RS256, RS384, RS512, PS256, PS384, PS512, EdDSA, \
     HS256, HS384, HS512, ML-DSA-44, ML-DSA-65 or ML-DSA-87"
)]
#[non_exhaustive]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::from_name(name).ok_or(UnknownAlgorithm)
    }
}
