//! ECDH on P-256 and X25519, and the key derivation that JOSE puts behind it (RFC 7518 § 4.6).
//!
//! **Invariant:** the shared secret itself never leaves this file; only keys derived from it do.

#[cfg(test)]
mod tests;

use aws_lc_rs::agreement::{
    Algorithm, ECDH_P256, ParsedPublicKey, PrivateKey, UnparsedPublicKey, X25519, agree,
};
use aws_lc_rs::encoding::{AsBigEndian, Curve25519SeedBin, EcPrivateKeyBin};
use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use zeroize::Zeroizing;

/// The length of a P-256 coordinate and of an X25519 key, in bytes.
pub(crate) const P256_LEN: usize = 32;

/// The public half of a key that agrees.
pub(crate) struct AgreementPublic(ParsedPublicKey);

/// The private half of a key that agrees, of a recipient or of one message.
pub(crate) struct AgreementPrivate(PrivateKey);

/// What a derived key is bound to (RFC 7518 § 4.6.2).
#[derive(Clone, Copy)]
pub(crate) struct DerivationInfo<'a> {
    /// The algorithm that the key is for.
    pub(crate) algorithm: &'a str,
    /// `apu`, decoded; empty if absent.
    pub(crate) party_u: &'a [u8],
    /// `apv`, decoded; empty if absent.
    pub(crate) party_v: &'a [u8],
}

impl AgreementPublic {
    /// The P-256 point with these coordinates; `None` if it is not on the curve.
    pub(crate) fn p256(x: &[u8; P256_LEN], y: &[u8; P256_LEN]) -> Option<Self> {
        Self::parse(&ECDH_P256, &[&[0x04], x.as_slice(), y.as_slice()].concat())
    }

    /// The X25519 key with this u-coordinate (RFC 7748 § 5). A point of small order is found when it
    /// is used.
    pub(crate) fn x25519(u: &[u8; 32]) -> Option<Self> {
        Self::parse(&X25519, u)
    }

    /// An uncompressed point of P-256 (SEC 1 § 2.3.3), or the 32 bytes of an X25519 key.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    fn parse(algorithm: &'static Algorithm, bytes: &[u8]) -> Option<Self> {
        Some(Self(UnparsedPublicKey::new(algorithm, bytes).try_into().ok()?))
    }
}

impl AgreementPrivate {
    /// A fresh P-256 key; `None` if there is no randomness or no memory.
    pub(crate) fn generate_p256() -> Option<Self> {
        Some(Self(PrivateKey::generate(&ECDH_P256).ok()?))
    }

    /// A fresh X25519 key; `None` if there is no randomness or no memory.
    pub(crate) fn generate_x25519() -> Option<Self> {
        Some(Self(PrivateKey::generate(&X25519).ok()?))
    }

    /// The P-256 key with this scalar; `None` if it is zero or not below the order.
    pub(crate) fn p256(d: &[u8; P256_LEN]) -> Option<Self> {
        Some(Self(PrivateKey::from_private_key(&ECDH_P256, d).ok()?))
    }

    /// The X25519 key with these bytes.
    pub(crate) fn x25519(d: &[u8; 32]) -> Option<Self> {
        Some(Self(PrivateKey::from_private_key(&X25519, d).ok()?))
    }

    /// The public half.
    pub(crate) fn public(&self) -> Option<AgreementPublic> {
        let public = self.0.compute_public_key().ok()?;
        AgreementPublic::parse(self.0.algorithm(), public.as_ref())
    }

    /// The 32 bytes of the scalar, which [`Self::p256`] or [`Self::x25519`] takes.
    pub(crate) fn to_bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let bytes = if *self.0.algorithm() == X25519 {
            let seed: Curve25519SeedBin<'_> = self.0.as_be_bytes().ok()?;
            seed.as_ref().to_vec()
        } else {
            let scalar: EcPrivateKeyBin<'_> = self.0.as_be_bytes().ok()?;
            scalar.as_ref().to_vec()
        };
        Some(Zeroizing::new(bytes))
    }

    /// A key of `length` bytes that both halves can derive.
    ///
    /// `None` if `peer` is on another curve, or a point of small order, with which the shared secret
    /// is zero whatever the private key (RFC 7748 § 6.1): that says nothing about the private key.
    pub(crate) fn derive(
        &self,
        peer: &AgreementPublic,
        info: DerivationInfo<'_>,
        length: usize,
    ) -> Option<Zeroizing<Vec<u8>>> {
        agree(&self.0, peer.0.clone(), (), |secret| concat_kdf(secret, info, length).ok_or(())).ok()
    }
}

/// The Concat KDF (RFC 7518 § 4.6.2), which is the one-step derivation of NIST SP 800-56C with
/// SHA-256.
fn concat_kdf(
    secret: &[u8],
    info: DerivationInfo<'_>,
    length: usize,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut other_info = Vec::new();
    for part in [info.algorithm.as_bytes(), info.party_u, info.party_v] {
        other_info.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        other_info.extend_from_slice(part);
    }
    let bits = u32::try_from(length).ok()?.checked_mul(8)?;
    other_info.extend_from_slice(&bits.to_be_bytes());

    let mut key = Zeroizing::new(vec![0; length]);
    let sha256 = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256)?;
    sskdf_digest(sha256, secret, &other_info, &mut key).ok()?;
    Some(key)
}
