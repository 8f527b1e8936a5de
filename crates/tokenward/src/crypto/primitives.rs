//! Randomness, digests and sealing for the crates above, which hash secrets and seal what they keep.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{constant_time, digest, hkdf, hmac, rand};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::alg::Algorithm;

/// `N` random bytes from the operating system's generator.
///
/// # Panics
///
/// If the operating system has no randomness to give: nothing safe could follow.
#[must_use]
#[expect(clippy::expect_used, reason = "a process without randomness must not go on")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// The SHA-256 digest of `data`.
///
/// ```
/// let digest = tokenward::crypto::sha256(b"abc"); // FIPS 180-4
/// assert_eq!(digest[..4], [0xba, 0x78, 0x16, 0xbf]);
/// ```
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    out
}

/// The SHA-2 digest of `data` of the size that goes with `algorithm` (OpenID Connect Core § 3.1.3.6);
/// for Ed25519 that is SHA-512 (RFC 8032 § 5.1). ML-DSA hashes with SHA-3 and has none.
pub(crate) fn sha2_of(algorithm: Algorithm, data: &[u8]) -> Option<Vec<u8>> {
    let hash = match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Hs256 => {
            &digest::SHA256
        }
        Algorithm::Es384 | Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Hs384 => {
            &digest::SHA384
        }
        Algorithm::Es512
        | Algorithm::Rs512
        | Algorithm::Ps512
        | Algorithm::Hs512
        | Algorithm::EdDsa => &digest::SHA512,
        Algorithm::MlDsa44 | Algorithm::MlDsa65 | Algorithm::MlDsa87 => return None,
    };
    Some(digest::digest(hash, data).as_ref().to_vec())
}

/// HMAC-SHA-256 of `data` under `key` (RFC 2104).
#[must_use]
pub fn hmac_sha256(key: &[u8; 32], data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref());
    out
}

/// Whether `a` and `b` are equal, in time that depends on their lengths alone.
///
/// ```
/// use tokenward::crypto::{constant_time_eq, sha256};
///
/// assert!(constant_time_eq(&sha256(b"abc"), &sha256(b"abc")));
/// assert!(!constant_time_eq(b"abc", b"abcd"));
/// ```
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// A 256-bit secret that zeroizes itself and has no way to be shown.
///
/// ```
/// use tokenward::crypto::Secret256;
///
/// let secret = Secret256::random();
/// let sealed = secret.seal(b"row 7", b"ada@example.com");
/// assert_eq!(secret.open(b"row 7", &sealed).as_deref(), Some(&b"ada@example.com".to_vec()));
/// assert_eq!(secret.open(b"row 8", &sealed), None); // it was sealed for another place
/// assert_eq!(format!("{secret:?}"), "Secret256(..)");
/// ```
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret256([u8; 32]);

impl Secret256 {
    /// A fresh random secret.
    #[must_use]
    pub fn random() -> Self {
        Self(random())
    }

    /// A secret with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes. Keep what you make of them as short as this borrow.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// A key for `purpose`, derived from this secret (HKDF-SHA-256, RFC 5869, no salt).
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "cannot happen")]
    #[expect(clippy::expect_used, reason = "32 bytes are far below HKDF's limit of 255 × 32")]
    pub fn derive(&self, purpose: &[u8]) -> Self {
        let mut out = [0; 32];
        hkdf::Salt::new(hkdf::HKDF_SHA256, &[])
            .extract(&self.0)
            .expand(&[purpose], hkdf::HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut out))
            .expect("HKDF gives 32 bytes");
        Self(out)
    }

    /// Seals `plaintext` under this secret (AES-256-GCM, random nonce first), bound to `context`.
    ///
    /// A random nonce is safe for 2³² messages under one secret (NIST SP 800-38D § 8.3); every caller
    /// derives a secret per record, or seals a handful.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "cannot happen")]
    #[expect(clippy::expect_used, reason = "GCM refuses only messages over 64 GiB")]
    pub fn seal(&self, context: &[u8], plaintext: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random();
        let mut body = plaintext.to_vec();
        self.aead()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut body,
            )
            .expect("the message is shorter than 64 GiB");
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        sealed
    }

    /// Opens what [`Self::seal`] made with the same `context`; `None` if anything was changed.
    #[must_use]
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Option<zeroize::Zeroizing<Vec<u8>>> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = zeroize::Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let len = self.aead().open_in_place(nonce, Aad::from(context), &mut body).ok()?.len();
        body.truncate(len);
        Some(body)
    }

    #[expect(clippy::expect_used, reason = "the key has the length that AES-256 takes")]
    fn aead(&self) -> LessSafeKey {
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &self.0).expect("32 bytes"))
    }
}

impl std::fmt::Debug for Secret256 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret256(..)")
    }
}
