//! Encryption, always with A256GCM.

use zeroize::Zeroizing;

use super::algorithm::{ContentEncryption, Curve, KeyAlgorithm};
use super::content_type::ContentType;
use super::header;
use super::key::{EncryptionKey, Recipient, generate_agreement};
use super::nested::NestedType;
use crate::b64;
use crate::crypto::{self, AgreementPublic, DerivationInfo, IV_LEN};
use crate::limits::LIMITS;

/// Something was not encrypted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptError {
    /// The token would be longer than recipients take. Keep what is long beside it.
    #[error("the encrypted token would be too long")]
    TooLong,
    /// What should be nested is not a signed token in the compact serialization.
    #[error("only a signed token, of three parts, can be nested")]
    NotSigned,
    /// The crypto library had no memory or no randomness.
    #[error("the token could not be encrypted")]
    Failed,
}

/// Encrypts to one recipient. Clones are cheap.
///
/// See [`Decrypter`](super::Decrypter) for an example of both sides.
#[derive(Clone, Debug)]
pub struct Encrypter {
    key: EncryptionKey,
}

/// The key that the content is encrypted with, and how the recipient gets it.
struct ContentKey {
    key: Zeroizing<[u8; 32]>,
    encrypted: Vec<u8>,
    ephemeral: Option<(Curve, AgreementPublic)>,
}

impl Encrypter {
    /// Encrypts with `key`.
    #[must_use]
    pub const fn new(key: EncryptionKey) -> Self {
        Self { key }
    }

    /// The key that it encrypts with.
    #[must_use]
    pub const fn key(&self) -> &EncryptionKey {
        &self.key
    }

    /// Encrypts `content` and says what it is. Two calls never give the same token.
    pub fn encrypt(
        &self,
        content: &[u8],
        content_type: Option<&ContentType>,
    ) -> Result<String, EncryptError> {
        if content.len() > LIMITS.token_bytes {
            return Err(EncryptError::TooLong);
        }
        let content_key = self.content_key().ok_or(EncryptError::Failed)?;
        let ephemeral = content_key.ephemeral.as_ref().map(|(curve, key)| (*curve, key));
        let mut token =
            header::encode(self.key.algorithm(), content_type, ephemeral, self.key.key_id());
        let iv = crypto::random::<IV_LEN>();
        // Encrypted in place, so that the ciphertext overwrites this copy.
        let mut content = Zeroizing::new(content.to_vec());
        let tag = crypto::seal_content(&content_key.key, iv, token.as_bytes(), &mut content)
            .ok_or(EncryptError::Failed)?;
        for part in [&content_key.encrypted, iv.as_slice(), &content, &tag] {
            token.push('.');
            b64::append(part, &mut token);
        }
        if token.len() > LIMITS.token_bytes { Err(EncryptError::TooLong) } else { Ok(token) }
    }

    /// Encrypts a signed token, for a [`NestedVerifier`](super::NestedVerifier).
    ///
    /// The signature is inside, where nobody can strip it, and nobody sees who signed (RFC 7519 § 11.2).
    ///
    /// ```
    /// # fn f(jwk: &[u8], access_token: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use tokenward::{Encrypter, EncryptionKey, NestedType};
    ///
    /// let encrypter = Encrypter::new(EncryptionKey::from_jwk(jwk)?); // the recipient's public key
    /// let sealed = encrypter.nest(access_token, NestedType::AccessToken)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn nest(&self, token: &str, nested: NestedType) -> Result<String, EncryptError> {
        let in_alphabet = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let signed = token.bytes().filter(|byte| *byte == b'.').count() == 2
            && token.bytes().all(in_alphabet)
            && token.split('.').all(|part| !part.is_empty());
        if !signed {
            return Err(EncryptError::NotSigned);
        }
        self.encrypt(token.as_bytes(), Some(&nested.content_type()))
    }

    fn content_key(&self) -> Option<ContentKey> {
        match self.key.recipient() {
            Recipient::Secret(secret) => {
                Some(ContentKey { key: secret.clone(), encrypted: Vec::new(), ephemeral: None })
            }
            Recipient::Agreement(curve, peer) => self.agree(*curve, peer),
            Recipient::Rsa(peer) => {
                let key = Zeroizing::new(crypto::random());
                let encrypted = peer.encrypt(key.as_slice())?;
                Some(ContentKey { key, encrypted, ephemeral: None })
            }
        }
    }

    fn agree(&self, curve: Curve, peer: &AgreementPublic) -> Option<ContentKey> {
        let own = generate_agreement(curve)?;
        let wrapped = matches!(self.key.algorithm(), KeyAlgorithm::EcdhEsA256Kw(_));
        let algorithm = if wrapped {
            self.key.algorithm().as_str()
        } else {
            ContentEncryption::A256Gcm.as_str()
        };
        let info = DerivationInfo { algorithm, party_u: &[], party_v: &[] };
        let derived = own.derive(peer, info, 32)?;
        let derived = Zeroizing::new(<[u8; 32]>::try_from(derived.as_slice()).ok()?);
        let ephemeral = Some((curve, own.public()?));
        if !wrapped {
            return Some(ContentKey { key: derived, encrypted: Vec::new(), ephemeral });
        }
        let key = Zeroizing::new(crypto::random());
        let encrypted = crypto::wrap_key(&derived, key.as_slice())?;
        Some(ContentKey { key, encrypted, ephemeral })
    }
}
