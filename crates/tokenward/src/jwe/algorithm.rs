//! How the content key comes about, and how it encrypts the content.

use std::fmt;

/// What an encryption key is for: one algorithm, fixed when the key is parsed (RFC 7518 § 4.1).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum KeyAlgorithm {
    /// A shared key encrypts the content itself (RFC 7518 § 4.5).
    Dir,
    /// A key agreed on encrypts the content (RFC 7518 § 4.6, RFC 8037 § 3.2).
    EcdhEs(Curve),
    /// A key agreed on wraps the content's key.
    EcdhEsA256Kw(Curve),
    /// RSA-OAEP with SHA-256 encrypts the content's key (RFC 7518 § 4.3).
    RsaOaep256,
}

/// The curve of a key that agrees.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256 (RFC 7518 § 6.2.1.1).
    P256,
    /// X25519 (RFC 7748 § 5, RFC 8037 § 2).
    X25519,
}

impl KeyAlgorithm {
    /// All `alg` that there are here.
    const NAMES: [&'static str; 4] = ["dir", "ECDH-ES", "ECDH-ES+A256KW", "RSA-OAEP-256"];

    /// The `alg` in headers and JWKs.
    ///
    /// ```
    /// use tokenward::{Curve, KeyAlgorithm};
    /// assert_eq!(KeyAlgorithm::EcdhEsA256Kw(Curve::X25519).as_str(), "ECDH-ES+A256KW");
    /// ```
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dir => "dir",
            Self::EcdhEs(_) => "ECDH-ES",
            Self::EcdhEsA256Kw(_) => "ECDH-ES+A256KW",
            Self::RsaOaep256 => "RSA-OAEP-256",
        }
    }

    /// Whether the key that encrypts can also decrypt.
    #[must_use]
    pub const fn is_symmetric(self) -> bool {
        matches!(self, Self::Dir)
    }

    /// Whether a header with this `alg` could belong to any key at all.
    pub(super) fn is_name(name: &str) -> bool {
        Self::NAMES.contains(&name)
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        match self {
            Self::EcdhEs(curve) | Self::EcdhEsA256Kw(curve) => write!(f, " on {curve}"),
            Self::Dir | Self::RsaOaep256 => Ok(()),
        }
    }
}

impl Curve {
    /// The `crv` of a JWK.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::X25519 => "X25519",
        }
    }

    /// The `kty` of a JWK.
    pub(super) const fn key_type(self) -> &'static str {
        match self {
            Self::P256 => "EC",
            Self::X25519 => "OKP",
        }
    }
}

impl fmt::Display for Curve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How content is encrypted (RFC 7518 § 5.3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ContentEncryption {
    A128Gcm,
    A256Gcm,
}

impl ContentEncryption {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name {
            "A128GCM" => Some(Self::A128Gcm),
            "A256GCM" => Some(Self::A256Gcm),
            _ => None,
        }
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }

    /// The length of its key, in bytes.
    pub(super) const fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm => 32,
        }
    }
}
