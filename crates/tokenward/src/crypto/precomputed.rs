//! Verification with tables made once for each key: the keys are few and the tokens many.
//!
//! A table says exactly what aws-lc says, on every input, also on those that only the holder of the
//! private key can make. It is faster and nothing else; where FIPS 140-3 is asked for it stays off,
//! because the validated module has to do the arithmetic itself.
//!
//! Field and scalar arithmetic is fiat-crypto's, generated with its proof. The group laws, the windows
//! and the inversion on top of it are ours, and each is built so that a mistake is seen: the formulas
//! of Ed25519 have no special case, those of P-256 tell every one apart, and an inverse is multiplied
//! out before it is used.

mod comb;
pub(crate) mod ed25519;
mod inverse;
pub(crate) mod p256;

/// Whether tables may be used in this process: not if aws-lc runs in FIPS mode.
pub(crate) fn are_allowed() -> bool {
    aws_lc_rs::try_fips_mode().is_err()
}
