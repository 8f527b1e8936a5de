//! Keys that sign.

use std::fmt;

use zeroize::Zeroizing;

use super::{KeyError, VerifyingKey, der, jwk, pem};
use crate::alg::{Algorithm, Family};
use crate::crypto::{Curve, PrivateKey};
use crate::header;
use crate::ids::KeyId;
use crate::limits::LIMITS;
use crate::profile::{AccessToken, Profile};

/// A private key, or a shared secret, that signs with one algorithm.
///
/// It cannot be cloned or shown; what must leave goes through [`Self::to_secret_bytes`], by name. Share it
/// behind an `Arc`.
pub struct SigningKey {
    key: PrivateKey,
    public: VerifyingKey,
    /// The encoded header of the access tokens that it signs, once it has a name.
    header: Option<Box<str>>,
}

/// The crypto library could not sign: it had no memory, or found its own result wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the signature could not be made")]
#[non_exhaustive]
pub struct SignFailed;

impl SigningKey {
    /// A fresh key for `algorithm`, named by its thumbprint. RSA keys have 3072 bits, secrets the
    /// length of the hash.
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es256);
    /// let signature = key.sign(b"input")?;
    /// assert!(key.verifying_key().verify(b"input", &signature));
    /// # Ok::<(), tokenward::SignFailed>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the operating system has no randomness to give: nothing safe could follow.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a process without randomness must not go on")]
    pub fn generate(algorithm: Algorithm) -> Self {
        let key = PrivateKey::generate(algorithm).expect("the operating system gives randomness");
        let key = Self::new(key).expect("a fresh key is sound");
        key.named_by_thumbprint()
    }

    /// The key in a PKCS#8 document (RFC 5958), which must be of `algorithm`. It has no name yet: see
    /// [`Self::named_by_thumbprint`].
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let der = SigningKey::generate(Algorithm::Es256).to_pkcs8_der().ok_or("no memory")?;
    /// let key = SigningKey::from_pkcs8_der(Algorithm::Es256, &der)?.named_by_thumbprint();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pkcs8_der(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        Self::from_any_pkcs8(document, Some(algorithm))
    }

    /// The private key in a PEM text: PKCS#8, SEC1 (`EC PRIVATE KEY`) or PKCS#1 (`RSA PRIVATE KEY`).
    ///
    /// With `algorithm`, the key must be of it; without, the key's type decides, and an RSA key is for
    /// RS256. The key has no name yet: see [`Self::named_by_thumbprint`].
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let pem = SigningKey::generate(Algorithm::Es256).to_pkcs8_pem().ok_or("no memory")?;
    ///
    /// let key = SigningKey::from_pem(&pem, None)?.named_by_thumbprint();
    /// assert_eq!(key.algorithm(), Algorithm::Es256);
    /// let wrong = SigningKey::from_pem(&pem, Some(Algorithm::EdDsa));
    /// assert_eq!(wrong.unwrap_err().to_string(), "the key is not for EdDSA, but for ES256");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_pem(text: &str, algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let pem = pem::parse(text)?;
        match pem.label {
            "PRIVATE KEY" => Self::from_any_pkcs8(&pem.der, algorithm),
            "EC PRIVATE KEY" => Self::from_sec1_der(&pem.der, algorithm),
            "RSA PRIVATE KEY" => {
                let algorithm = agreed(Algorithm::Rs256, algorithm)?;
                let whole = der::Der::only_sequence(&pem.der).is_some();
                let key = whole.then(|| PrivateKey::rsa_from_pkcs1(algorithm, &pem.der)).flatten();
                Self::new(key.ok_or(KeyError::Malformed)?)
            }
            "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => Err(KeyError::NotPrivate),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// The key in a private or symmetric JWK (RFC 7517, RFC 8037), whose halves must match. Without
    /// `alg`, the algorithm is as in [`VerifyingKey::from_jwk`].
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let key = SigningKey::from_jwk(
    ///     br#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    ///          "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#, // RFC 8037 § A.1
    /// )?;
    /// assert_eq!(key.algorithm(), Algorithm::EdDsa);
    /// # Ok::<(), tokenward::KeyError>(())
    /// ```
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        jwk::private(json, None)
    }

    /// The key in a JWK that need not say its `alg`, for `algorithm` alone; see
    /// [`VerifyingKey::from_jwk_for`].
    pub fn from_jwk_for(algorithm: Algorithm, json: &[u8]) -> Result<Self, KeyError> {
        jwk::private(json, Some(algorithm))
    }

    /// A shared secret; see [`VerifyingKey::from_secret`]. It has no name yet.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeySet, SigningKey};
    ///
    /// let secret = tokenward::crypto::random::<32>();
    /// let key = SigningKey::from_secret(Algorithm::Hs256, &secret)?.named_by_thumbprint();
    /// let keys = KeySet::from_keys([key.verifying_key().clone()])?; // for the same service's verifier
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let public = VerifyingKey::from_secret(algorithm, secret)?;
        let key = PrivateKey::hmac(algorithm, secret).ok_or(KeyError::Malformed)?;
        Ok(Self { key, public, header: None })
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
    ///
    /// ```
    /// use tokenward::crypto::Secret256;
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let (root, key) = (Secret256::random(), SigningKey::generate(Algorithm::Es256));
    /// let sealed = root.derive(b"signing keys").seal(b"key 1", &key.to_secret_bytes()?);
    ///
    /// let bytes = root.derive(b"signing keys").open(b"key 1", &sealed).ok_or("was changed")?;
    /// let same = SigningKey::from_secret_bytes(Algorithm::Es256, &bytes)?;
    /// assert_eq!(same.verifying_key().thumbprint(), key.verifying_key().thumbprint());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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

    /// The private half as PEM (`PRIVATE KEY`, RFC 7468 § 10); a symmetric key has none.
    ///
    /// # Security
    ///
    /// Whoever has this text signs as this key.
    #[must_use]
    pub fn to_pkcs8_pem(&self) -> Option<Zeroizing<String>> {
        Some(pem::write("PRIVATE KEY", &self.to_pkcs8_der()?))
    }

    /// The private half as PEM in the form of SEC1 (`EC PRIVATE KEY`, RFC 5915), for tools that know
    /// no other; ECDSA keys alone have it.
    ///
    /// # Security
    ///
    /// Whoever has this text signs as this key.
    #[must_use]
    pub fn to_sec1_pem(&self) -> Option<Zeroizing<String>> {
        Some(pem::write("EC PRIVATE KEY", &self.key.to_sec1()?))
    }

    /// The whole key as a private JWK (RFC 7517, RFC 7518 § 6, RFC 8037, RFC 9964), with `alg`, `use`
    /// and `kid`. `None` if there is no memory, or for an ML-DSA key that came without its seed.
    ///
    /// # Security
    ///
    /// Whoever has this text signs as this key.
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::EdDsa);
    /// let jwk = key.to_secret_jwk().ok_or("no memory")?; // overwritten when it is dropped
    /// let same = SigningKey::from_jwk(jwk.as_bytes())?;
    /// assert_eq!(same.key_id(), key.key_id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn to_secret_jwk(&self) -> Option<Zeroizing<String>> {
        jwk::write_private(self)
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

    /// The same key under the name `id`, which its tokens will have as `kid`.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        let header = header::encode(self.algorithm(), &id, AccessToken::TYPE).into();
        Self { key: self.key, public: self.public.with_key_id(id), header: Some(header) }
    }

    /// The same key named by its thumbprint, unless it has a name.
    #[must_use]
    pub fn named_by_thumbprint(self) -> Self {
        match KeyId::new(self.public.thumbprint()) {
            Ok(id) if self.key_id().is_none() => self.with_key_id(id),
            _ => self,
        }
    }

    /// The signature of `input` in JOSE form (ECDSA: r and s in full length, low s). Tokens are made by
    /// [`Issuer`](crate::Issuer).
    pub fn sign(&self, input: &[u8]) -> Result<Vec<u8>, SignFailed> {
        let mut signature = Vec::new();
        self.sign_into(input, &mut signature)?;
        Ok(signature)
    }

    /// Appends the signature of `input` to `out`, in the same form. Nothing is appended on an error.
    pub fn sign_into(&self, input: &[u8], out: &mut Vec<u8>) -> Result<(), SignFailed> {
        self.key.sign_into(input, out).ok_or(SignFailed)
    }

    /// The key, with its public half checked by the same rules as any public key.
    pub(super) fn new(key: PrivateKey) -> Result<Self, KeyError> {
        let algorithm = key.algorithm();
        let public = match (algorithm.family(), key.public_bytes(), key.secret()) {
            (Family::Ec, Some(point), _) => VerifyingKey::from_point(point)?,
            (Family::Rsa, Some(document), _) => VerifyingKey::from_pkcs1(algorithm, document)?,
            (Family::Okp, Some(bytes), _) => VerifyingKey::ed25519(bytes)?,
            (Family::Akp, Some(bytes), _) => VerifyingKey::ml_dsa(algorithm, bytes)?,
            (Family::Secret, _, Some(secret)) => VerifyingKey::from_secret(algorithm, secret)?,
            _ => return Err(KeyError::Malformed),
        };
        Ok(Self { key, public, header: None })
    }

    pub(crate) fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    pub(super) const fn private(&self) -> &PrivateKey {
        &self.key
    }

    fn from_sec1_der(document: &[u8], wanted: Option<Algorithm>) -> Result<Self, KeyError> {
        if der::is_on_another_curve(document) {
            return Err(KeyError::Unsupported);
        }
        let mut curves = Curve::ALL.into_iter();
        let key = curves.find_map(|curve| PrivateKey::ecdsa_from_der(curve, document));
        let key = key.ok_or(KeyError::Malformed)?;
        agreed(key.algorithm(), wanted)?;
        Self::new(key)
    }

    fn from_any_pkcs8(document: &[u8], wanted: Option<Algorithm>) -> Result<Self, KeyError> {
        if document.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let (id, _) = der::pkcs8(document).ok_or(KeyError::Malformed)?;
        let algorithm = agreed(der::algorithm(id).ok_or(KeyError::Unsupported)?, wanted)?;
        let key = match algorithm.family() {
            Family::Ec => {
                Curve::of(algorithm).and_then(|curve| PrivateKey::ecdsa_from_der(curve, document))
            }
            Family::Rsa => PrivateKey::rsa_from_pkcs8(algorithm, document),
            Family::Okp => PrivateKey::ed25519_from_pkcs8(document),
            Family::Akp => PrivateKey::ml_dsa_from_pkcs8(algorithm, document),
            Family::Secret => None,
        };
        Self::new(key.ok_or(KeyError::Malformed)?)
    }
}

/// The algorithm of a key in whose document `found` was read, if `wanted` is one that it can serve.
fn agreed(found: Algorithm, wanted: Option<Algorithm>) -> Result<Algorithm, KeyError> {
    match wanted {
        None => Ok(found),
        Some(wanted) if der::identifier(wanted) == der::identifier(found) => Ok(wanted),
        Some(wanted) => Err(KeyError::wrong_algorithm(wanted, found)),
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
