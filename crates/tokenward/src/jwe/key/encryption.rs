//! Keys that encrypt.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::check_secret;
use crate::b64;
use crate::crypto::{
    self, AgreementPrivate, AgreementPublic, DerivationInfo, OaepPublic, RSA_EXPONENT,
};
use crate::ids::KeyId;
use crate::jwe::algorithm::{Curve, KeyAlgorithm};
use crate::jwe::jwk::{self, Half, Jwk};
use crate::key::{KeyError, has_roca_fingerprint};

/// A recipient's public key, or a shared key, that encrypts with one algorithm. Clones are cheap.
///
/// ```
/// use tokenward::{Curve, DecryptionKey, EncryptionKey, KeyAlgorithm};
///
/// let private = DecryptionKey::generate(KeyAlgorithm::EcdhEs(Curve::X25519));
/// let published = private.encryption_key().and_then(|key| key.to_jwk()).ok_or("symmetric")?;
///
/// let jwk = serde_json::Value::Object(published).to_string();
/// let key = EncryptionKey::from_jwk(jwk.as_bytes())?;
/// assert_eq!(key.key_id(), private.key_id());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct EncryptionKey {
    id: Option<Arc<KeyId>>,
    algorithm: KeyAlgorithm,
    recipient: Arc<Recipient>,
}

/// What encrypts.
pub(in crate::jwe) enum Recipient {
    Secret(Zeroizing<[u8; 32]>),
    Agreement(Curve, AgreementPublic),
    Rsa(OaepPublic),
}

impl EncryptionKey {
    /// The key in a JWK (RFC 7517), public unless it is symmetric, for the algorithm that its `alg`
    /// says.
    ///
    /// `use` must be `enc` and `key_ops` must fit, where they are given. A symmetric key may also say
    /// `A256GCM` for `dir`.
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, None)
    }

    /// The key in a JWK that need not say its `alg`, for `algorithm` alone.
    pub fn from_jwk_for(algorithm: KeyAlgorithm, json: &[u8]) -> Result<Self, KeyError> {
        Self::read(json, Some(algorithm))
    }

    /// A shared key for [`KeyAlgorithm::Dir`]: 32 random bytes.
    ///
    /// # Security
    ///
    /// Whoever has it reads, and also makes, what is encrypted with it. Nonces are random, so it is good
    /// for 2³² messages (NIST SP 800-38D § 8.3). Bytes that are all one, or all printable, are
    /// refused: they are a placeholder, or a text where a key belongs.
    pub fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(KeyAlgorithm::Dir, Recipient::from_secret(secret)?))
    }

    /// The one algorithm of this key.
    #[must_use]
    pub const fn algorithm(&self) -> KeyAlgorithm {
        self.algorithm
    }

    /// The `kid` that what is encrypted with this key names it by.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.id.as_deref()
    }

    /// The same key under the name `id`.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { id: Some(Arc::new(id)), ..self }
    }

    /// The same key named by its thumbprint, unless it has a name: the name that
    /// [`DecryptionKey::named_by_thumbprint`](crate::DecryptionKey::named_by_thumbprint) gives its other half.
    #[must_use]
    pub fn named_by_thumbprint(self) -> Self {
        match KeyId::new(self.thumbprint()) {
            Ok(id) if self.id.is_none() => self.with_key_id(id),
            _ => self,
        }
    }

    /// The JWK thumbprint: base64url of SHA-256 over the key's required members (RFC 7638).
    ///
    /// For a symmetric key, whose thumbprint would be a hash of the secret (RFC 7638 § 7), it is a MAC
    /// under the key instead.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let digest = match (&*self.recipient, self.required_members()) {
            (Recipient::Secret(secret), _) => crypto::hmac_sha256(secret, b"tokenward key id"),
            // A map of serde_json writes its names in order and without spaces, as § 3.3 wants it.
            (_, members) => crypto::sha256(Value::Object(members).to_string().as_bytes()),
        };
        b64::encode(&digest)
    }

    /// The key as a public JWK with `alg`, `use` and `kid`. A symmetric key has no public form.
    #[must_use]
    pub fn to_jwk(&self) -> Option<Map<String, Value>> {
        let mut jwk = self.required_members();
        if jwk.is_empty() {
            return None;
        }
        jwk.insert("alg".to_owned(), self.algorithm.as_str().into());
        jwk.insert("use".to_owned(), "enc".into());
        if let Some(id) = &self.id {
            jwk.insert("kid".to_owned(), id.as_str().into());
        }
        Some(jwk)
    }

    pub(in crate::jwe) fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// The half that encrypts of a key that was read.
    pub(super) const fn of(
        id: Option<Arc<KeyId>>,
        algorithm: KeyAlgorithm,
        recipient: Arc<Recipient>,
    ) -> Self {
        Self { id, algorithm, recipient }
    }

    fn new(algorithm: KeyAlgorithm, recipient: Recipient) -> Self {
        Self::of(None, algorithm, Arc::new(recipient))
    }

    fn read(json: &[u8], algorithm: Option<KeyAlgorithm>) -> Result<Self, KeyError> {
        let jwk = Jwk::parse(json, algorithm, Half::Encrypts)?;
        let recipient = jwk.recipient()?;
        recipient.check_order()?;
        Ok(Self { id: jwk.id.map(Arc::new), ..Self::new(jwk.algorithm, recipient) })
    }

    /// The members that make the key what it is (RFC 7638 § 3.2); none for a secret.
    fn required_members(&self) -> Map<String, Value> {
        match &*self.recipient {
            Recipient::Secret(_) => Map::new(),
            Recipient::Agreement(curve, key) => jwk::public_members(*curve, key),
            Recipient::Rsa(key) => [
                ("e".to_owned(), b64::encode(&RSA_EXPONENT).into()),
                ("kty".to_owned(), "RSA".into()),
                ("n".to_owned(), b64::encode(key.modulus()).into()),
            ]
            .into_iter()
            .collect(),
        }
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionKey")
            .field("algorithm", &self.algorithm)
            .field("key_id", &self.key_id().map(KeyId::as_str))
            .finish_non_exhaustive()
    }
}

impl Recipient {
    pub(in crate::jwe) fn from_secret(secret: &[u8]) -> Result<Self, KeyError> {
        check_secret(secret)?;
        // A128GCM is only read.
        let secret = secret.try_into().map_err(|_| KeyError::Unsupported)?;
        Ok(Self::Secret(Zeroizing::new(secret)))
    }

    /// The RSA key with this modulus, which must not be one that can be factored.
    pub(in crate::jwe) fn rsa(modulus: &[u8]) -> Result<Self, KeyError> {
        let key = OaepPublic::new(modulus).ok_or(KeyError::Malformed)?;
        if has_roca_fingerprint(modulus) { Err(KeyError::Roca) } else { Ok(Self::Rsa(key)) }
    }

    /// Refuses a point of small order, with which every shared secret is zero (RFC 7748 § 6.1).
    fn check_order(&self) -> Result<(), KeyError> {
        let Self::Agreement(Curve::X25519, key) = self else { return Ok(()) };
        let info = DerivationInfo { algorithm: "", party_u: &[], party_v: &[] };
        let trial = AgreementPrivate::generate_x25519().and_then(|own| own.derive(key, info, 32));
        trial.map(|_| ()).ok_or(KeyError::Malformed)
    }
}
