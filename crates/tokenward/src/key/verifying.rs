//! Keys that verify.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{KeyError, der, jwk, pem, secret, uncompressed_point};
use crate::alg::Algorithm;
use crate::b64;
use crate::crypto::{self, PublicKey, RSA_EXPONENT};
use crate::ids::KeyId;
use crate::limits::LIMITS;

/// A public key, or a shared secret, that verifies with one algorithm. Clones are cheap.
#[derive(Clone)]
pub struct VerifyingKey {
    id: Option<Arc<KeyId>>,
    key: Arc<PublicKey>,
}

impl VerifyingKey {
    /// The key in a JWK (RFC 7517), which must be public unless it is symmetric.
    ///
    /// `kty`, `crv`, `alg`, `use` and `key_ops` are enforced. Without `alg`, the algorithm is ES256,
    /// RS256, `EdDSA` or HS256, by the key's type: never what a token says.
    pub fn from_jwk(json: &[u8]) -> Result<Self, KeyError> {
        jwk::public(json)
    }

    /// The key in the `PUBLIC KEY` block of a PEM text, which must be of `algorithm`.
    pub fn from_spki_pem(algorithm: Algorithm, text: &str) -> Result<Self, KeyError> {
        let pem = pem::parse(text)?;
        match pem.label {
            "PUBLIC KEY" => Self::from_spki_der(algorithm, &pem.der),
            "RSA PUBLIC KEY" if algorithm == Algorithm::Rs256 => Self::from_pkcs1(&pem.der),
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(KeyError::PrivateMembers),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// The key in a `SubjectPublicKeyInfo` (RFC 5280 § 4.1), which must be of `algorithm`.
    pub fn from_spki_der(algorithm: Algorithm, document: &[u8]) -> Result<Self, KeyError> {
        if document.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let (id, bytes) = der::subject_public_key_info(document).ok_or(KeyError::Malformed)?;
        let (found, key) = match id {
            der::ID_P256 => (Algorithm::Es256, es256(bytes)),
            der::ID_RSA => (Algorithm::Rs256, rs256(bytes)),
            der::ID_ED25519 => (Algorithm::EdDsa, ed25519(bytes)),
            _ => return Err(KeyError::Unsupported),
        };
        if found == algorithm {
            key.map(Self::new).ok_or(KeyError::Malformed)
        } else {
            Err(KeyError::WrongAlgorithm(algorithm))
        }
    }

    /// A shared secret of 32 to 1024 bytes.
    ///
    /// # Security
    ///
    /// Use random bytes. Whoever can verify with this key can also sign: it is for one service alone.
    pub fn from_secret(algorithm: Algorithm, secret: &[u8]) -> Result<Self, KeyError> {
        if algorithm != Algorithm::Hs256 {
            return Err(KeyError::WrongAlgorithm(algorithm));
        }
        secret::check(secret)?;
        Ok(Self::new(PublicKey::hs256(secret)))
    }

    /// The one algorithm of this key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match *self.key {
            PublicKey::Es256 { .. } => Algorithm::Es256,
            PublicKey::Rs256 { .. } => Algorithm::Rs256,
            PublicKey::Ed25519 { .. } => Algorithm::EdDsa,
            PublicKey::Hs256 { .. } => Algorithm::Hs256,
        }
    }

    /// The `kid` that tokens name this key by.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.id.as_deref()
    }

    /// The same key under the name `id`.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { id: Some(Arc::new(id)), key: self.key }
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
    #[must_use]
    pub fn verify(&self, input: &[u8], signature: &[u8]) -> bool {
        self.key.verify(input, signature)
    }

    pub(super) fn new(key: PublicKey) -> Self {
        Self { id: None, key: Arc::new(key) }
    }

    pub(super) fn from_pkcs1(document: &[u8]) -> Result<Self, KeyError> {
        rs256(document).map(Self::new).ok_or(KeyError::Malformed)
    }

    pub(super) fn es256_from_point(point: &[u8]) -> Result<Self, KeyError> {
        es256(point).map(Self::new).ok_or(KeyError::Malformed)
    }

    pub(super) fn ed25519_from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        ed25519(bytes).map(Self::new).ok_or(KeyError::Malformed)
    }

    pub(crate) fn shared_id(&self) -> Option<Arc<KeyId>> {
        self.id.clone()
    }

    pub(crate) fn signature_len(&self) -> usize {
        self.key.signature_len()
    }

    /// The members that make the key what it is (RFC 7638 § 3.2, RFC 8037 § 2).
    fn required_members(&self) -> Option<Map<String, Value>> {
        let members = match &*self.key {
            PublicKey::Es256 { x, y, .. } => vec![
                ("crv", "P-256".to_owned()),
                ("kty", "EC".to_owned()),
                ("x", b64::encode(x)),
                ("y", b64::encode(y)),
            ],
            PublicKey::Rs256 { modulus, .. } => vec![
                ("e", b64::encode(&RSA_EXPONENT)),
                ("kty", "RSA".to_owned()),
                ("n", b64::encode(modulus)),
            ],
            PublicKey::Ed25519 { x, .. } => vec![
                ("crv", "Ed25519".to_owned()),
                ("kty", "OKP".to_owned()),
                ("x", b64::encode(x)),
            ],
            PublicKey::Hs256 { .. } => return None,
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

fn es256(point: &[u8]) -> Option<PublicKey> {
    let (x, y) = uncompressed_point(point)?;
    PublicKey::es256(x, y)
}

fn rs256(document: &[u8]) -> Option<PublicKey> {
    let (modulus, exponent) = der::rsa_public_key(document)?;
    if exponent == RSA_EXPONENT { PublicKey::rs256(modulus) } else { None }
}

fn ed25519(bytes: &[u8]) -> Option<PublicKey> {
    PublicKey::ed25519(bytes.try_into().ok()?)
}
