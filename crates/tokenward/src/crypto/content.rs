//! AES-GCM as a JWE uses it: nonce and tag stand apart from the ciphertext (RFC 7518 § 5.3).

use aws_lc_rs::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, LessSafeKey, NONCE_LEN, Nonce, UnboundKey,
};

/// The length of a nonce, in bytes.
pub(crate) const IV_LEN: usize = NONCE_LEN;

/// The length of a tag, in bytes. Nothing shorter can be passed on: a tag cut to one byte is forged
/// in 256 tries (CVE-2023-37464).
pub(crate) const TAG_LEN: usize = 16;

/// Encrypts `content` in place with AES-256-GCM and gives the tag; `None` above 64 GiB.
///
/// No nonce may come twice under one key.
pub(crate) fn seal(
    key: &[u8; 32],
    iv: [u8; IV_LEN],
    aad: &[u8],
    content: &mut [u8],
) -> Option<[u8; TAG_LEN]> {
    let nonce = Nonce::assume_unique_for_key(iv);
    let tag = cipher(key)?.seal_in_place_separate_tag(nonce, Aad::from(aad), content).ok()?;
    tag.as_ref().try_into().ok()
}

/// Decrypts `content` in place with AES-128-GCM or AES-256-GCM, as the length of `key` says.
///
/// `None` if the tag is not that of the content, the nonce and `aad` under the key; `content` is of
/// no use then.
pub(crate) fn open(
    key: &[u8],
    iv: [u8; IV_LEN],
    aad: &[u8],
    content: &mut [u8],
    tag: &[u8; TAG_LEN],
) -> Option<()> {
    let nonce = Nonce::assume_unique_for_key(iv);
    cipher(key)?.open_in_place_separate_tag(nonce, Aad::from(aad), tag, content).ok()?;
    Some(())
}

fn cipher(key: &[u8]) -> Option<LessSafeKey> {
    let algorithm: &'static Algorithm = match key.len() {
        16 => &AES_128_GCM,
        32 => &AES_256_GCM,
        _ => return None,
    };
    Some(LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?))
}
