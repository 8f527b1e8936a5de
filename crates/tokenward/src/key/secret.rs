//! What may be an HMAC secret.
//!
//! The oldest forgery of all is a token whose MAC was made with the bytes of a public key, for a verifier that
//! takes any bytes as a secret (CVE-2015-9235 and its many children). Here key text is no secret, in
//! any dress: PEM, SSH, JWK, DER, points, with whatever before, between or around it.

use zeroize::Zeroizing;

use super::{KeyError, der};
use crate::b64;
use crate::crypto::PublicKey;
use crate::limits::LIMITS;

/// The least length of a secret, in bytes: the size of the hash (RFC 7518 § 3.2).
pub(super) const MIN_LEN: usize = 32;

/// Checks that `secret` may be used with HMAC-SHA-256.
pub(super) fn check(secret: &[u8]) -> Result<(), KeyError> {
    if secret.len() < MIN_LEN {
        return Err(KeyError::WeakSecret);
    }
    if secret.len() > LIMITS.secret_bytes {
        // Checked before the rest, whose time grows with the length. A key set or a certificate
        // ends here too.
        return Err(KeyError::TooLarge);
    }
    if secret.iter().all(|byte| Some(byte) == secret.first()) {
        return Err(KeyError::WeakSecret);
    }
    if is_key_text(secret) || is_key_bytes(secret) {
        return Err(KeyError::SecretIsKey);
    }
    Ok(())
}

/// Marks of key text, in upper case and without spaces.
const MARKS: &[&[u8]] = &[
    b"-----BEGIN",
    b"-----END",
    b"BEGINPUBLICKEY",
    b"BEGINRSA",
    b"BEGINCERTIFICATE",
    b"----BEGINSSH2",
    b"SSH-RSA",
    b"SSH-ED25519",
    b"SSH-DSS",
    b"ECDSA-SHA2-",
    b"\"KTY\"",
    b"\"KEYS\"",
];

/// Whether `secret` reads as a key once everything that does not show is taken out: byte order marks,
/// the zeros of UTF-16, line breaks of any kind.
fn is_key_text(secret: &[u8]) -> bool {
    let mut text = Zeroizing::new(Vec::with_capacity(secret.len()));
    text.extend(secret.iter().filter(|b| b.is_ascii_graphic()).map(u8::to_ascii_uppercase));
    MARKS.iter().any(|mark| text.windows(mark.len()).any(|window| window == *mark))
        || is_json(secret)
        || is_encoded_document(secret)
}

/// Whether `secret` is a JSON object or array: a JWK can spell `"kty"` with escapes.
fn is_json(secret: &[u8]) -> bool {
    let start = secret.iter().position(u8::is_ascii_graphic).unwrap_or_default();
    let text = secret.get(start..).unwrap_or_default().trim_ascii();
    matches!(text.first(), Some(b'{' | b'['))
        && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// Whether `secret` is the body of a PEM block, in either alphabet of base64.
fn is_encoded_document(secret: &[u8]) -> bool {
    // Sized first, so that no copy of the secret is left behind by growing.
    let mut text = Zeroizing::new(String::with_capacity(secret.len()));
    text.extend(secret.iter().filter(|byte| byte.is_ascii_graphic()).filter_map(
        |byte| match byte {
            b'=' => None,
            b'+' => Some('-'),
            b'/' => Some('_'),
            other => Some(char::from(*other)),
        },
    ));
    b64::decode(&text).map(Zeroizing::new).is_ok_and(|bytes| is_key_bytes(&bytes))
}

/// Whether `secret` is a DER document or a point of P-256.
fn is_key_bytes(secret: &[u8]) -> bool {
    if der::is_key_document(secret) {
        return true;
    }
    let Some((x, y)) = super::uncompressed_point(secret) else { return false };
    PublicKey::es256(x, y).is_some()
}
