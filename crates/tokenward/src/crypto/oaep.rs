//! RSA-OAEP with SHA-256 and MGF1 with SHA-256 (RFC 7518 § 4.3, `RSA-OAEP-256`).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{
    KeyPairComponents, KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey,
    OaepPublicEncryptingKey, PrivateDecryptingKey, PublicEncryptingKey,
};
use aws_lc_rs::signature::{KeyPair, RsaKeyPair, RsaPublicKeyComponents};
use zeroize::Zeroizing;

use super::{RSA_EXPONENT, RsaParts};

/// The public half of an RSA key with exponent 65537.
pub(crate) struct OaepPublic {
    key: OaepPublicEncryptingKey,
    modulus: Box<[u8]>,
}

impl OaepPublic {
    /// The key with this modulus, big-endian without leading zeros; `None` outside 2048 to 8192 bits,
    /// or if it is even.
    pub(crate) fn new(modulus: &[u8]) -> Option<Self> {
        let (first, last) = (modulus.first()?, modulus.last()?);
        if *first == 0 || last % 2 == 0 {
            return None;
        }
        // The library itself counts the bits (RFC 7518 § 4.3 wants 2048; above 8192 it computes nothing).
        let numbers = RsaPublicKeyComponents { n: modulus, e: RSA_EXPONENT.as_slice() };
        let key: PublicEncryptingKey = numbers.try_into().ok()?;
        Some(Self { key: OaepPublicEncryptingKey::new(key).ok()?, modulus: modulus.into() })
    }

    /// The modulus, big-endian.
    pub(crate) fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// Encrypts `message`, which is a key of at most 190 bytes; `None` if it is longer.
    pub(crate) fn encrypt(&self, message: &[u8]) -> Option<Vec<u8>> {
        let mut out = vec![0; self.key.ciphertext_size()];
        let length = self.key.encrypt(&OAEP_SHA256_MGF1SHA256, message, &mut out, None).ok()?.len();
        (length == out.len()).then_some(out)
    }
}

/// An RSA key that decrypts.
pub(crate) struct OaepPrivate {
    key: OaepPrivateDecryptingKey,
    /// The same key (one count on it more), for it cannot be had back from the other.
    whole: PrivateDecryptingKey,
    public_document: Box<[u8]>,
}

impl OaepPrivate {
    /// A fresh key of 3072 bits: 128-bit strength (NIST SP 800-57 part 1, table 2).
    pub(crate) fn generate() -> Option<Self> {
        Self::new(&RsaKeyPair::generate(KeySize::Rsa3072).ok()?)
    }

    /// The key in a PKCS#8 document.
    pub(crate) fn from_pkcs8(document: &[u8]) -> Option<Self> {
        Self::new(&RsaKeyPair::from_pkcs8(document).ok()?)
    }

    /// The key with these numbers, which must fit each other.
    pub(crate) fn from_parts(parts: &RsaParts<'_>) -> Option<Self> {
        let components = KeyPairComponents {
            public_key: RsaPublicKeyComponents { n: parts.n, e: RSA_EXPONENT.as_slice() },
            d: parts.d,
            p: parts.p,
            q: parts.q,
            dP: parts.dp,
            dQ: parts.dq,
            qInv: parts.qi,
        };
        Self::new(&RsaKeyPair::from_components(&components).ok()?)
    }

    /// The public half as an `RSAPublicKey` document (RFC 8017 § A.1.1).
    pub(crate) fn public_document(&self) -> &[u8] {
        &self.public_document
    }

    /// A PKCS#8 document.
    pub(crate) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        Some(Zeroizing::new(self.whole.as_der().ok()?.as_ref().to_vec()))
    }

    /// What [`OaepPublic::encrypt`] encrypted; `None` for anything else. The library decodes the
    /// padding in constant time.
    pub(crate) fn decrypt(&self, encrypted: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let mut out = Zeroizing::new(vec![0; self.key.min_output_size()]);
        let length =
            self.key.decrypt(&OAEP_SHA256_MGF1SHA256, encrypted, &mut out, None).ok()?.len();
        out.truncate(length);
        Some(out)
    }

    fn new(pair: &RsaKeyPair) -> Option<Self> {
        let whole = PrivateDecryptingKey::from_pkcs8(pair.as_der().ok()?.as_ref()).ok()?;
        let key = OaepPrivateDecryptingKey::new(whole.clone()).ok()?;
        Some(Self { key, whole, public_document: pair.public_key().as_ref().into() })
    }
}
