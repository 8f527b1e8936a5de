//! Signature algorithms. `none` has no representation.

use std::fmt;
use std::str::FromStr;

/// What a key signs and verifies with: one per key, fixed when the key is parsed.
///
/// A token's header can only agree with its key's algorithm, or fail.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 § 3.4). The default of the authority.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 § 3.3), for clients that know nothing else.
    Rs256,
    /// Ed25519 (RFC 8037), in headers under its old name `EdDSA` or its new one (RFC 9864).
    EdDsa,
    /// HMAC with SHA-256 (RFC 7518 § 3.2), for one service alone.
    Hs256,
}

impl Algorithm {
    /// The name that stands in headers and JWKs that we make.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
        }
    }

    /// Whether the key that verifies can also sign.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::Hs256)
    }

    /// The algorithm with this name in a header or a JWK; names are case-sensitive (RFC 7515 § 4.1.1).
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "ES256" => Some(Self::Es256),
            "RS256" => Some(Self::Rs256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            "HS256" => Some(Self::Hs256),
            _ => None,
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
#[error("the algorithm must be ES256, RS256, EdDSA or HS256")]
#[non_exhaustive]
pub struct UnknownAlgorithm;

impl FromStr for Algorithm {
    type Err = UnknownAlgorithm;

    fn from_str(name: &str) -> Result<Self, UnknownAlgorithm> {
        Self::from_name(name).ok_or(UnknownAlgorithm)
    }
}
