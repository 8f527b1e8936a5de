//! Keys that verify.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{KeyError, der, jwk, pem, roca, secret, uncompressed_point};
use crate::alg::{Algorithm, Family};
use crate::b64;
use crate::crypto::{self, Curve, Numbers, PublicKey, RSA_EXPONENT};
use crate::ids::KeyId;
use crate::limits::LIMITS;

/// A public key, or a shared secret, that verifies with one algorithm. Clones are cheap.
///
/// Put it into a [`KeySet`](crate::KeySet) for a [`Verifier`](crate::Verifier). Out of PEM, DER or a
/// secret it has no name, and verifies tokens that name no key: see [`Self::with_key_id`].
#[derive(Clone)]
pub struct VerifyingKey {
    id: Option<Arc<KeyId>>,
    key: Arc<PublicKey>,
}

impl VerifyingKey {
    /// The key in a JWK (RFC 7517), which must be public unless it is symmetric.
    ///
    /// `kty`, `crv`, `alg`, `use` and `key_ops` are enforced. Without `alg`, the algorithm is the
    /// curve's own, RS256 or HS256, by the key's type: never what a token says. An ML-DSA key needs it.
    ///
    /// ```
    /// use tokenward::{Algorithm, VerifyingKey};
    ///
    /// let key = VerifyingKey::from_jwk(
    ///     br#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
    /// )?;
    /// assert_eq!(key.algorithm(), Algorithm::EdDsa);
    /// assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"); // RFC 8037 § A.3
    /// # Ok::<(), tokenward::KeyError>(())
    /// ```
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        jwk::public(json, None)
    }

    /// The key in a JWK that need not say its `alg`, for `algorithm` alone: for RSA keys and secrets of
    /// publishers who leave it out.
    ///
    /// ```
    /// # fn f(jwk_of_an_rsa_key: &[u8]) -> Result<(), tokenward::KeyError> {
    /// use tokenward::{Algorithm, VerifyingKey};
    ///
    /// let key = VerifyingKey::from_jwk_for(Algorithm::Ps256, jwk_of_an_rsa_key)?; // not RS256
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_jwk_for(algorithm: Algorithm, json: &[u8]) -> Result<Self, KeyError> {
        jwk::public(json, Some(algorithm))
    }

    /// The key in the `PUBLIC KEY` or `RSA PUBLIC KEY` block of a PEM text, which must be of
    /// `algorithm`.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeyError, VerifyingKey};
    ///
    /// let pem = "-----BEGIN PUBLIC KEY-----
    /// MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
    /// -----END PUBLIC KEY-----
    /// ";
    /// let key = VerifyingKey::from_spki_pem(Algorithm::EdDsa, pem)?;
    /// assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"); // RFC 8037 § A.3
    /// # Ok::<(), KeyError>(())
    /// ```
    pub fn from_spki_pem(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let pem = pem::parse(text)?;
        match pem.label {
            "PUBLIC KEY" => Self::from_spki_der(algorithm, &pem.der),
            "RSA PUBLIC KEY" if algorithm.family() == Family::Rsa => {
                Self::from_pkcs1(algorithm, &pem.der)
            }
            "RSA PUBLIC KEY" => Err(KeyError::wrong_algorithm(algorithm, Algorithm::Rs256)),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(KeyError::PrivateMembers),
            "CERTIFICATE" => Err(KeyError::Certificate),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// The key in a `SubjectPublicKeyInfo` (RFC 5280 § 4.1), which must be of `algorithm`.
    ///
    /// An RSA key's document names no signature scheme, so any algorithm of RSA may be asked of it.
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey, VerifyingKey};
    ///
    /// let key = SigningKey::generate(Algorithm::Es384);
    /// let der = key.verifying_key().to_spki_der().ok_or("a secret has no public form")?;
    /// let read = VerifyingKey::from_spki_der(Algorithm::Es384, &der)?;
    /// assert_eq!(read.thumbprint(), key.verifying_key().thumbprint());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_spki_der(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        if document.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let (id, bytes) = der::subject_public_key_info(document).ok_or(KeyError::Malformed)?;
        let found = der::algorithm(id).ok_or(KeyError::Unsupported)?;
        if der::identifier(algorithm) != der::identifier(found) {
            return Err(KeyError::wrong_algorithm(algorithm, found));
        }
        match algorithm.family() {
            Family::Ec => Self::from_point(bytes),
            Family::Rsa => Self::from_pkcs1(algorithm, bytes),
            Family::Okp => Self::ed25519(bytes),
            Family::Akp => Self::ml_dsa(algorithm, bytes),
            Family::Secret => Err(KeyError::Unsupported),
        }
    }

    /// A shared secret, at least as long as the hash of `algorithm` and at most 1024 bytes.
    ///
    /// The text of a key, what stands in tutorials, and what has far less entropy than length is
    /// refused, each by its own [`KeyError`].
    ///
    /// # Security
    ///
    /// Use random bytes. Whoever can verify with this key can also sign: it is for one service alone.
    ///
    /// ```
    /// use tokenward::{Algorithm, KeyError, VerifyingKey};
    ///
    /// let weak = VerifyingKey::from_secret(Algorithm::Hs256, b"your-256-bit-secret-your-256-bit");
    /// assert_eq!(weak.unwrap_err(), KeyError::DictionarySecret);
    ///
    /// let secret = tokenward::crypto::random::<32>(); // or what `openssl rand 32` wrote
    /// let key = VerifyingKey::from_secret(Algorithm::Hs256, &secret)?;
    /// # Ok::<(), KeyError>(())
    /// ```
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::hmac(algorithm, secret)
            .ok_or_else(|| KeyError::wrong_algorithm(algorithm, Algorithm::Hs256))?;
        secret::check(algorithm, secret)?;
        Ok(Self::new(key))
    }

    /// The one algorithm of this key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    /// The `kid` that tokens name this key by.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.id.as_deref()
    }

    /// The same key under the name `id`, which is the `kid` of the tokens that it verifies.
    ///
    /// ```
    /// # fn f(pem: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use tokenward::{Algorithm, KeyId, VerifyingKey};
    ///
    /// let key = VerifyingKey::from_spki_pem(Algorithm::Rs256, pem)?.with_key_id(KeyId::new("2026-08")?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { id: Some(Arc::new(id)), key: self.key }
    }

    /// The same key named by its thumbprint, unless it has a name: the name that
    /// [`SigningKey::named_by_thumbprint`](super::SigningKey::named_by_thumbprint) gives its other half.
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey, VerifyingKey};
    ///
    /// let private = SigningKey::generate(Algorithm::Es256); // it has this name
    /// let pem = private.verifying_key().to_spki_pem().ok_or("a secret has no public form")?;
    ///
    /// let public = VerifyingKey::from_spki_pem(Algorithm::Es256, &pem)?; // PEM holds no name
    /// assert_eq!(public.named_by_thumbprint().key_id(), private.key_id());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
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
        match self.required_members() {
            Some(members) => {
                // A map of serde_json writes its names in order and without spaces, as § 3.3 wants it.
                b64::encode(&crypto::sha256(Value::Object(members).to_string().as_bytes()))
            }
            None => b64::encode(&self.key.mac(b"tokenward key id").unwrap_or_default()),
        }
    }

    /// The key as a public JWK with `alg`, `use` and `kid`. A symmetric key has no public form.
    ///
    /// ```
    /// use tokenward::{Algorithm, SigningKey};
    ///
    /// let key = SigningKey::generate(Algorithm::EdDsa);
    /// let jwk = key.verifying_key().to_jwk().ok_or("a secret has no public form")?;
    /// assert_eq!(jwk["crv"], "Ed25519");
    /// # Ok::<(), &str>(())
    /// ```
    #[must_use]
    pub fn to_jwk(&self) -> Option<Map<String, Value>> {
        let mut jwk = self.required_members()?;
        jwk.insert("alg".to_owned(), self.algorithm().as_str().into());
        jwk.insert("use".to_owned(), "sig".into());
        if let Some(id) = &self.id {
            jwk.insert("kid".to_owned(), id.as_str().into());
        }
        Some(jwk)
    }

    /// Whether `signature`, in JOSE form, was made over `input` by this key's private half.
    ///
    /// For bytes that are no token; a [`Verifier`](crate::Verifier) checks all the rest as well.
    #[must_use]
    pub fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.key.verify(input, signature)
    }

    /// The key as a `SubjectPublicKeyInfo` (RFC 5280 § 4.1). A symmetric key has no public form.
    #[must_use]
    pub fn to_spki_der(&self) -> Option<Vec<u8>> {
        let id = der::identifier(self.algorithm())?;
        let key = match self.key.numbers() {
            Numbers::Point { x, y } => [&[0x04], &**x, y].concat(),
            Numbers::Modulus(modulus) => der::write_rsa_public_key(modulus, &RSA_EXPONENT),
            Numbers::Edwards(bytes) => bytes.to_vec(),
            Numbers::Lattice(bytes) => bytes.to_vec(),
            Numbers::Secret => return None,
        };
        Some(der::write_public_key_info(id, &key))
    }

    /// The key as PEM (`PUBLIC KEY`, RFC 7468 § 13). A symmetric key has no public form.
    #[must_use]
    pub fn to_spki_pem(&self) -> Option<String> {
        Some(pem::write("PUBLIC KEY", &self.to_spki_der()?).to_string())
    }

    pub(super) fn new(key: PublicKey) -> Self {
        Self { id: None, key: Arc::new(key) }
    }

    pub(super) fn from_point(point: &[u8]) -> Result<Self, KeyError> {
        let (curve, x, y) = uncompressed_point(point).ok_or(KeyError::Malformed)?;
        Ok(Self::new(PublicKey::ecdsa(curve, x, y).ok_or(KeyError::Malformed)?))
    }

    pub(super) fn from_pkcs1(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        let (modulus, exponent) = der::rsa_public_key(document).ok_or(KeyError::Malformed)?;
        if exponent != RSA_EXPONENT {
            return Err(KeyError::Malformed);
        }
        Self::rsa(algorithm, modulus)
    }

    pub(super) fn rsa(algorithm: Algorithm, modulus: &[u8]) -> Result<Self, KeyError> {
        let key = PublicKey::rsa(algorithm, modulus).ok_or(KeyError::Malformed)?;
        if roca::has_fingerprint(modulus) { Err(KeyError::Roca) } else { Ok(Self::new(key)) }
    }

    pub(super) fn ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = bytes.try_into().map_err(|_| KeyError::InvalidMember("x"))?;
        Ok(Self::new(PublicKey::ed25519(bytes).ok_or(KeyError::Malformed)?))
    }

    pub(super) fn ml_dsa(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        Ok(Self::new(PublicKey::ml_dsa(algorithm, bytes).ok_or(KeyError::Malformed)?))
    }

    pub(crate) fn shared_id(&self) -> Option<Arc<KeyId>> {
        self.id.clone()
    }

    pub(crate) fn signature_len(&self) -> usize {
        self.key.signature_len()
    }

    /// The members that make the key what it is, in the order of their names (RFC 7638 § 3.2, RFC
    /// 8037 § 2, RFC 9964 § 6).
    pub(super) fn required_members(&self) -> Option<Map<String, Value>> {
        let algorithm = self.algorithm();
        let members = match self.key.numbers() {
            Numbers::Point { x, y } => vec![
                ("crv", Curve::of(algorithm)?.name().to_owned()),
                ("kty", "EC".to_owned()),
                ("x", b64::encode(x)),
                ("y", b64::encode(y)),
            ],
            Numbers::Modulus(modulus) => vec![
                ("e", b64::encode(&RSA_EXPONENT)),
                ("kty", "RSA".to_owned()),
                ("n", b64::encode(modulus)),
            ],
            Numbers::Edwards(x) => vec![
                ("crv", "Ed25519".to_owned()),
                ("kty", "OKP".to_owned()),
                ("x", b64::encode(x)),
            ],
            Numbers::Lattice(bytes) => vec![
                ("alg", algorithm.as_str().to_owned()),
                ("kty", "AKP".to_owned()),
                ("pub", b64::encode(bytes)),
            ],
            Numbers::Secret => return None,
        };
        Some(members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("algorithm", &self.algorithm())
            .field("key_id", &self.key_id().map(KeyId::as_str))
            .finish_non_exhaustive()
    }
}
