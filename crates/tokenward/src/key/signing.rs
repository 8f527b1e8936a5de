//! Keys that sign.

use std::fmt;

use zeroize::Zeroizing;

use super::{KeyError, VerifyingKey, der, jwk, pem};
use crate::alg::Algorithm;
use crate::crypto::PrivateKey;
use crate::ids::KeyId;
use crate::limits::LIMITS;

/// A private key, or a shared secret, that signs with one algorithm.
///
/// It cannot be cloned or shown; what must leave goes through [`Self::to_secret_bytes`], by name.
pub struct SigningKey {
    key: PrivateKey,
    public: VerifyingKey,
}

/// The crypto library could not sign: it had no memory, or found its own result wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature could not be made")]
#[non_exhaustive]
pub struct SignFailed;

impl SigningKey {
    /// A fresh key for `algorithm`, named by its thumbprint. RSA keys have 3072 bits.
    ///
    /// # Panics
    ///
    /// If the operating system has no randomness to give: nothing safe could follow.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a process without randomness must not go on")]
    pub fn generate(algorithm: Algorithm) -> Self {
        let key = match algorithm {
            Algorithm::Es256 => PrivateKey::generate_es256(),
            Algorithm::Rs256 => PrivateKey::generate_rs256(),
            Algorithm::EdDsa => PrivateKey::generate_ed25519(),
            Algorithm::Hs256 => {
                let secret = Zeroizing::new(crate::crypto::random::<32>());
                Some(PrivateKey::hs256(secret.as_slice()))
            }
        };
        let key = key.expect("the operating system gives randomness");
        let key = Self::new(key).expect("a fresh key is sound");
        key.named_by_thumbprint()
    }

    /// The key in a PKCS#8 document (RFC 5958), which must be of `algorithm`.
    pub fn from_pkcs8_der(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        let (found, key) = Self::from_any_pkcs8(document)?;
        if found == algorithm { Ok(key) } else { Err(KeyError::WrongAlgorithm(algorithm)) }
    }

    /// The private key in a PEM text: PKCS#8, SEC1 (`EC PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    ///
    /// With `algorithm`, the key must be of it; without, the key's type decides.
    pub fn from_pem(text: &str, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let pem = pem::parse(text)?;
        let (found, key) = match pem.label {
            "PRIVATE KEY" => Self::from_any_pkcs8(&pem.der)?,
            "EC PRIVATE KEY" => {
                let key = PrivateKey::es256_from_der(&pem.der);
                (Algorithm::Es256, Self::new(key.ok_or(KeyError::Malformed)?)?)
            }
            "RSA PRIVATE KEY" => {
                let whole = der::Der::only_sequence(&pem.der).is_some();
                let key = whole.then(|| PrivateKey::rs256_from_pkcs1(&pem.der)).flatten();
                (Algorithm::Rs256, Self::new(key.ok_or(KeyError::Malformed)?)?)
            }
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => return Err(KeyError::NotPrivate),
            _ => return Err(KeyError::Unsupported),
        };
        match algorithm {
            Some(wanted) if wanted != found => Err(KeyError::WrongAlgorithm(wanted)),
            _ => Ok(key),
        }
    }

    /// The key in a private or symmetric JWK (RFC 7517, RFC 8037), whose halves must match.
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        jwk::private(json)
    }

    /// A shared secret of 32 to 1024 bytes; see [`VerifyingKey::from_secret`].
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let public = VerifyingKey::from_secret(algorithm, secret)?;
        Ok(Self { key: PrivateKey::hs256(secret), public })
    }

    /// The key that [`Self::to_secret_bytes`] gave: a PKCS#8 document, or the bytes of a secret.
    pub fn from_secret_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if algorithm.is_symmetric() {
            Self::from_secret(algorithm, bytes)
        } else {
            Self::from_pkcs8_der(algorithm, bytes)
        }
    }

    /// The private half, for a custody to seal: a PKCS#8 document, or the bytes of a secret.
    ///
    /// # Security
    ///
    /// Whoever has these bytes signs as this key.
    pub fn to_secret_bytes(&self) -> Result<Zeroizing<Vec<u8>>, SignFailed> {
        self.key.to_bytes().ok_or(SignFailed)
    }

    /// The private half as a PKCS#8 document; a symmetric key has none.
    ///
    /// # Security
    ///
    /// Whoever has these bytes signs as this key.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Option<Zeroizing<Vec<u8>>> {
        if self.algorithm().is_symmetric() { None } else { self.key.to_bytes() }
    }

    /// The half that verifies, under the same name.
    #[must_use]
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// The one algorithm of this key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.public.algorithm()
    }

    /// The `kid` that tokens name this key by.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.public.key_id()
    }

    /// The same key under the name `id`.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { key: self.key, public: self.public.with_key_id(id) }
    }

    /// The same key named by its thumbprint, unless it has a name.
    #[must_use]
    pub fn named_by_thumbprint(self) -> Self {
        match KeyId::new(self.public.thumbprint()) {
            Ok(id) if self.key_id().is_none() => self.with_key_id(id),
            _ => self,
        }
    }

    /// The signature of `input` in JOSE form (ECDSA: r and s, 64 bytes, low s).
    pub fn sign(&self, input: &[u8]) -> Result<Vec<u8>, SignFailed> {
        self.key.sign(input).ok_or(SignFailed)
    }

    /// The key, with its public half checked by the same rules as any public key.
    pub(super) fn new(key: PrivateKey) -> Result<Self, KeyError> {
        let public = match (&key, key.public_bytes()) {
            (PrivateKey::Es256(_), Some(point)) => VerifyingKey::es256_from_point(point)?,
            (PrivateKey::Rs256(_), Some(document)) => VerifyingKey::from_pkcs1(document)?,
            (PrivateKey::Ed25519(_), Some(bytes)) => VerifyingKey::ed25519_from_bytes(bytes)?,
            (PrivateKey::Hs256 { secret, .. }, _) => {
                VerifyingKey::from_secret(Algorithm::Hs256, secret)?
            }
            (_, None) => return Err(KeyError::Malformed),
        };
        Ok(Self { key, public })
    }

    fn from_any_pkcs8(document: &[u8]) -> Result<(Algorithm, Self), KeyError> {
        if document.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let (algorithm, key) = match der::pkcs8_algorithm(document).ok_or(KeyError::Malformed)? {
            der::ID_P256 => (Algorithm::Es256, PrivateKey::es256_from_der(document)),
            der::ID_RSA => (Algorithm::Rs256, PrivateKey::rs256_from_pkcs8(document)),
            der::ID_ED25519 => (Algorithm::EdDsa, PrivateKey::ed25519_from_pkcs8(document)),
            _ => return Err(KeyError::Unsupported),
        };
        Ok((algorithm, Self::new(key.ok_or(KeyError::Malformed)?)?))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id().map(KeyId::as_str))
            .finish_non_exhaustive()
    }
}
