//! Keys that decrypt.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::encryption::{EncryptionKey, Recipient};
use super::{check_secret, generate_agreement};
use crate::crypto::{self, AgreementPrivate, OaepPrivate, RSA_EXPONENT};
use crate::ids::KeyId;
use crate::jwe::algorithm::{ContentEncryption, Curve, KeyAlgorithm};
use crate::jwe::jwk::{Half, Jwk};
use crate::key::{KeyError, rsa_public_key};
use crate::limits::LIMITS;

/// A private key, or a shared key, that decrypts with one algorithm.
///
/// It cannot be cloned or shown; what must leave goes through [`Self::to_secret_bytes`], by name. One key
/// is a [`DecryptionKeys`](crate::DecryptionKeys) by `into`.
pub struct DecryptionKey {
    id: Option<Arc<KeyId>>,
    algorithm: KeyAlgorithm,
    holder: Holder,
    public: Option<Arc<Recipient>>,
}

/// What decrypts.
pub(in crate::jwe) enum Holder {
    /// 16 or 32 bytes.
    Secret(Zeroizing<Vec<u8>>),
    Agreement(Curve, AgreementPrivate),
    Rsa(OaepPrivate),
}

impl DecryptionKey {
    /// A fresh key for `algorithm`, named by its thumbprint. RSA keys have 3072 bits.
    ///
    /// ```
    /// use tokenward::{DecryptionKey, KeyAlgorithm};
    ///
    /// let key = DecryptionKey::generate(KeyAlgorithm::RsaOaep256);
    /// let bytes = key.to_secret_bytes().ok_or("no memory")?; // to seal and to keep
    /// let same = DecryptionKey::from_secret_bytes(KeyAlgorithm::RsaOaep256, &bytes)?;
    /// assert_eq!(same.key_id(), None); // the bytes do not hold the name
    /// assert_eq!(same.named_by_thumbprint().key_id(), key.key_id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    ///
    /// If the operating system has no randomness to give: nothing safe could follow.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a process without randomness must not go on")]
    pub fn generate(algorithm: KeyAlgorithm) -> Self {
        let holder = match algorithm {
            KeyAlgorithm::Dir => {
                let secret = Zeroizing::new(crypto::random::<32>());
                Some(Holder::Secret(Zeroizing::new(secret.to_vec())))
            }
            KeyAlgorithm::EcdhEs(curve) | KeyAlgorithm::EcdhEsA256Kw(curve) => {
                let key = generate_agreement(curve);
                key.map(|key| Holder::Agreement(curve, key))
            }
            KeyAlgorithm::RsaOaep256 => OaepPrivate::generate().map(Holder::Rsa),
        };
        let holder = holder.expect("the operating system gives randomness");
        Self::new(algorithm, holder).expect("a fresh key is sound").named_by_thumbprint()
    }

    /// The key in a private or symmetric JWK (RFC 7517), whose halves must match, for the algorithm
    /// that its `alg` says.
    ///
    /// A symmetric key may also say `A256GCM` or `A128GCM` for `dir`.
    ///
    /// ```
    /// use tokenward::{Curve, DecryptionKey, KeyAlgorithm};
    ///
    /// let key = DecryptionKey::from_jwk(
    ///     br#"{"kty":"OKP","crv":"X25519","alg":"ECDH-ES","use":"enc","kid":"a",
    ///          "d":"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo",
    ///          "x":"hSDwCYkwp1R0i33ctD73Wg2_Og0mOBr066SpjqqbTmo"}"#, // RFC 7748 § 6.1
    /// )?;
    /// assert_eq!(key.algorithm(), KeyAlgorithm::EcdhEs(Curve::X25519));
    /// # Ok::<(), tokenward::KeyError>(())
    /// ```
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, None)
    }

    /// The key in a private or symmetric JWK that need not say its `alg`, for `algorithm` alone.
    pub fn from_jwk_for(algorithm: KeyAlgorithm, json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, Some(algorithm))
    }

    /// A shared key for [`KeyAlgorithm::Dir`]: 32 random bytes, or 16 to read A128GCM. See
    /// [`EncryptionKey::from_secret`].
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        Self::new(KeyAlgorithm::Dir, Holder::from_secret(secret)?)
    }

    /// The key that [`Self::to_secret_bytes`] gave.
    pub fn from_secret_bytes(algorithm: KeyAlgorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let scalar = || <&[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Malformed);
        let holder = match algorithm {
            KeyAlgorithm::Dir => return Self::from_secret(bytes),
            KeyAlgorithm::EcdhEs(curve) | KeyAlgorithm::EcdhEsA256Kw(curve) => {
                let key = match curve {
                    Curve::P256 => AgreementPrivate::p256(scalar()?),
                    Curve::X25519 => AgreementPrivate::x25519(scalar()?),
                };
                key.map(|key| Holder::Agreement(curve, key))
            }
            KeyAlgorithm::RsaOaep256 => OaepPrivate::from_pkcs8(bytes).map(Holder::Rsa),
        };
        Self::new(algorithm, holder.ok_or(KeyError::Malformed)?)
    }

    /// The private half, for a custody to seal: the bytes of a secret, the 32 bytes of a scalar, or a
    /// PKCS#8 document for RSA; `None` if there is no memory.
    ///
    /// # Security
    ///
    /// Whoever has these bytes reads what is encrypted to this key.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        match &self.holder {
            Holder::Secret(secret) => Some(secret.clone()),
            Holder::Agreement(_, key) => key.to_bytes(),
            Holder::Rsa(key) => key.to_pkcs8(),
        }
    }

    /// The half that encrypts, under the same name. A key of 16 bytes has none: A128GCM is only read.
    #[must_use]
    pub fn encryption_key(&self) -> Option<EncryptionKey> {
        let recipient = Arc::clone(self.public.as_ref()?);
        Some(EncryptionKey::of(self.id.clone(), self.algorithm, recipient))
    }

    /// The one algorithm of this key.
    #[must_use]
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The `kid` that what is encrypted to this key names it by.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.id.as_deref()
    }

    /// The same key under the name `id`.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { id: Some(Arc::new(id)), ..self }
    }

    /// The same key named by the thumbprint of its public half, unless it has a name. A key of 16 bytes,
    /// which has no half that encrypts, stays as it is.
    #[must_use]
    pub fn named_by_thumbprint(self) -> Self {
        match self.encryption_key().map(|key| KeyId::new(key.thumbprint())) {
            Some(Ok(id)) if self.id.is_none() => self.with_key_id(id),
            _ => self,
        }
    }

    pub(in crate::jwe) const fn holder(&self) -> &Holder {
        &self.holder
    }

    pub(in crate::jwe) fn shared_id(&self) -> Option<Arc<KeyId>> {
        self.id.clone()
    }

    fn read(json: &[u8], algorithm: Option<KeyAlgorithm>) -> Result<Self, KeyError> {
        let jwk = Jwk::parse(json, algorithm, Half::Decrypts)?;
        let key = Self::new(jwk.algorithm, jwk.holder()?)?;
        Ok(Self { id: jwk.id.map(Arc::new), ..key })
    }

    /// The key, with its public half checked by the same rules as any public key.
    fn new(algorithm: KeyAlgorithm, holder: Holder) -> Result<Self, KeyError> {
        let public = holder.public()?.map(Arc::new);
        Ok(Self { id: None, algorithm, holder, public })
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id().map(KeyId::as_str))
            .finish_non_exhaustive()
    }
}

impl Holder {
    pub(in crate::jwe) fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        check_secret(secret)?;
        Ok(Self::Secret(Zeroizing::new(secret.to_vec())))
    }

    fn public(&self) -> Result<Option<Recipient>, KeyError> {
        let public = match self {
            Self::Secret(secret) if secret.len() == ContentEncryption::A128Gcm.key_len() => {
                return Ok(None);
            }
            Self::Secret(secret) => return Recipient::from_secret(secret).map(Some),
            Self::Agreement(curve, key) => {
                key.public().map(|public| Recipient::Agreement(*curve, public))
            }
            Self::Rsa(key) => match rsa_public_key(key.public_document()) {
                Some((modulus, exponent)) if exponent == RSA_EXPONENT => {
                    return Recipient::rsa(modulus).map(Some);
                }
                _ => None,
            },
        };
        public.map(Some).ok_or(KeyError::Malformed)
    }
}
