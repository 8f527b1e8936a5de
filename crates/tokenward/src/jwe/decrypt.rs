//! Decryption: from a token to a [`Decrypted`], or to a [`Rejected`] and nothing else.

mod builder;

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

pub use builder::DecrypterBuilder;

use super::algorithm::{ContentEncryption, KeyAlgorithm};
use super::compact::{Compact, Parts};
use super::content_type::ContentType;
use super::header::Header;
use super::key::{DecryptionKey, Holder};
use super::keys::DecryptionKeys;
use crate::crypto::{self, DerivationInfo};
use crate::ids::KeyId;
use crate::reject::{Reason, Rejected};

/// What a JWE held.
///
/// # Security
///
/// Under a recipient's public key anybody encrypts: this is secret, not genuine. Only a shared key
/// ([`KeyAlgorithm::Dir`]) says who may have written it. For tokens, use
/// [`NestedVerifier`](super::NestedVerifier).
pub struct Decrypted {
    content: Zeroizing<Vec<u8>>,
    key_id: Option<Arc<KeyId>>,
}

impl Decrypted {
    /// The content, which is overwritten when this is dropped.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.content
    }

    /// The content, to keep.
    #[must_use]
    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.content
    }

    /// The name of the key that decrypted it.
    #[must_use]
    pub fn key_id(&self) -> Option<&KeyId> {
        self.key_id.as_deref()
    }
}

impl fmt::Debug for Decrypted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypted")
            .field("key_id", &self.key_id().map(KeyId::as_str))
            .finish_non_exhaustive()
    }
}

/// Decrypts what is sent to one recipient. Clones are cheap.
///
/// ```
/// use tokenward::{ContentType, Curve, Decrypter, DecryptionKey, Encrypter, KeyAlgorithm};
///
/// let key = DecryptionKey::generate(KeyAlgorithm::EcdhEsA256Kw(Curve::P256));
/// let encrypter = Encrypter::new(key.encryption_key().ok_or("read alone")?);
/// let text = ContentType::new("text/plain")?;
/// let token = encrypter.encrypt(b"attack at dawn", Some(&text))?;
///
/// let decrypter = Decrypter::builder().keys(key.into()).content_type(text).build();
/// assert_eq!(decrypter.decrypt(&token)?.as_bytes(), b"attack at dawn");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Decrypter {
    keys: DecryptionKeys,
    /// What `cty` must say; `None` if it must not be there.
    content_type: Option<ContentType>,
    pub(super) accept_a128gcm: bool,
}

impl Decrypter {
    /// Decrypts `token`.
    ///
    /// All that is wrong with what is encrypted has one reason, [`Reason::BadDecryption`], and takes
    /// the same path.
    pub fn decrypt(&self, token: &str) -> Result<Decrypted, Rejected> {
        self.open(token).map_err(Rejected::from_reason)
    }

    /// The same policy with other keys.
    #[must_use]
    pub fn with_keys(&self, keys: DecryptionKeys) -> Self {
        Self { keys, ..self.clone() }
    }

    /// The keys that it has.
    #[must_use]
    pub const fn keys(&self) -> &DecryptionKeys {
        &self.keys
    }

    fn open(&self, token: &str) -> Result<Decrypted, Reason> {
        let token = Compact::split(token)?;
        let json = token.decode_header()?;
        let header = Header::parse(&json)?;
        self.check_policy(&header)?;
        let key = match &header.key_id {
            Some(id) => self.keys.find_str(id).ok_or(Reason::UnknownKey)?,
            None => self.keys.only().ok_or(Reason::NoKeyId)?,
        };
        header.agrees_with(key.algorithm())?;
        let mut parts = token.decode_parts()?;
        let content_key = content_key(key, &header, &parts)?;
        let Parts { content, iv, tag, .. } = &mut parts;
        crypto::open_content(&content_key, *iv, token.header.as_bytes(), content, tag)
            .ok_or(Reason::BadDecryption)?;
        Ok(Decrypted { content: parts.content, key_id: key.shared_id() })
    }

    fn check_policy(&self, header: &Header<'_>) -> Result<(), Reason> {
        if header.encryption == ContentEncryption::A128Gcm && !self.accept_a128gcm {
            return Err(Reason::UnsupportedAlgorithm);
        }
        match (&self.content_type, &header.content_type) {
            (None, None) => Ok(()),
            (Some(wanted), Some(found)) if wanted.is_named(found) => Ok(()),
            _ => Err(Reason::WrongContentType),
        }
    }
}

/// The key that the content is encrypted with, or a random one in its place.
fn content_key(
    key: &DecryptionKey,
    header: &Header<'_>,
    parts: &Parts,
) -> Result<Zeroizing<Vec<u8>>, Reason> {
    let length = header.encryption.key_len();
    match key.holder() {
        Holder::Secret(secret) => {
            nothing(&parts.encrypted_key)?;
            // The key has one content encryption, by its length.
            if secret.len() == length { Ok(secret.clone()) } else { Err(Reason::WrongAlgorithm) }
        }
        Holder::Agreement(curve, own) => {
            let ephemeral = header.ephemeral(*curve)?;
            let parties = header.parties()?;
            let wrapped = matches!(key.algorithm(), KeyAlgorithm::EcdhEsA256Kw(_));
            let (algorithm, derived_length) = if wrapped {
                (key.algorithm().as_str(), 32)
            } else {
                nothing(&parts.encrypted_key)?;
                (header.encryption.as_str(), length)
            };
            let info = DerivationInfo { algorithm, party_u: &parties.u, party_v: &parties.v };
            let derived = own.derive(&ephemeral, info, derived_length);
            let derived = derived.ok_or(Reason::InvalidEphemeralKey)?;
            if !wrapped {
                return Ok(derived);
            }
            Ok(or_random(length, || {
                let kek = derived.as_slice().try_into().ok()?;
                crypto::unwrap_key(kek, &parts.encrypted_key)
            }))
        }
        Holder::Rsa(own) => Ok(or_random(length, || own.decrypt(&parts.encrypted_key))),
    }
}

/// The content key of `length` bytes that `unwrap` gives, or a random one, with which the tag will not
/// verify (RFC 7516 § 11.5).
///
/// A sender who could tell a bad encrypted key from bad content would have the recipient decrypt for
/// him, one question at a time (Bleichenbacher 1998, Manger 2001, CVE-2016-6298).
fn or_random(
    length: usize,
    unwrap: impl FnOnce() -> Option<Zeroizing<Vec<u8>>>,
) -> Zeroizing<Vec<u8>> {
    // Drawn in either case, so that time does not tell either.
    let mut random = Zeroizing::new(crypto::random::<32>().to_vec());
    random.truncate(length);
    match unwrap() {
        Some(key) if key.len() == length => key,
        _ => random,
    }
}

/// Checks that no key is sent along where none belongs (RFC 7516 § 5.2, step 10).
fn nothing(encrypted_key: &[u8]) -> Result<(), Reason> {
    if encrypted_key.is_empty() { Ok(()) } else { Err(Reason::Malformed) }
}
