//! RSA keys: whether what is published is one, and a good one.

use base64::Engine as _;

use super::{Told, roca};
use crate::finding::Severity;
use crate::token::{BASE64, Members};

/// Shorter texts are letters and digits of hex by chance.
const MIN_HEX: usize = 128;

pub(super) fn check(key: &Members, told: &mut Told<'_>) {
    let modulus = key.text("n").unwrap_or_default();
    match number(key, "n") {
        None => broken(told, "the key has no modulus that can be read"),
        Some(_) if modulus.len() >= MIN_HEX && modulus.bytes().all(|b| b.is_ascii_hexdigit()) => {
            broken(told, "the modulus is written in hex; verifiers read it as base64url");
        }
        Some(modulus) => of_modulus(&modulus, told),
    }
    of_exponent(number(key, "e"), told);
}

/// A number, big-endian and without leading zeros; none where it is zero, too.
fn number(key: &Members, name: &str) -> Option<Vec<u8>> {
    let bytes = BASE64.decode(key.text(name)?).ok()?;
    let start = bytes.iter().position(|byte| *byte != 0)?;
    bytes.get(start..).map(<[u8]>::to_vec)
}

fn of_modulus(modulus: &[u8], told: &mut Told<'_>) {
    let zeros = modulus.first().map_or(0, |byte| byte.leading_zeros());
    let bits =
        modulus.len().saturating_mul(8).saturating_sub(usize::try_from(zeros).unwrap_or_default());
    if bits < 2048 {
        let severity = if bits < 1024 { Severity::Critical } else { Severity::High };
        told.tell(
            ("jwks-short-key", 7),
            severity,
            format!("RSA of {bits} bits: NIST SP 800-131A asks for 2048 at least"),
            "a new key of 3072 bits, or ES256",
        );
    }
    if let Some(divisor) = roca::divisor(modulus) {
        told.tell(
            ("jwks-broken-key", 7),
            Severity::High,
            format!("the modulus is divisible by {divisor}: it is no product of two large primes"),
            "a new key, made by a library; see how this one came to be published",
        );
    }
    if roca::is_weak(modulus) {
        told.tell(
            ("jwks-roca", 7),
            Severity::Critical,
            "the modulus has the form of ROCA (CVE-2017-15361): its private half can be computed",
            "replace the key now, with one that other software made",
        );
    }
}

fn of_exponent(exponent: Option<Vec<u8>>, told: &mut Told<'_>) {
    let Some(bytes) = exponent else {
        return broken(told, "the key has no exponent that can be read, or one of zero");
    };
    let is_even = bytes.last().is_some_and(|last| last.is_multiple_of(2));
    // What is longer is larger than all that is compared with.
    let exponent = match bytes.len() {
        ..=8 => bytes.iter().fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte)),
        _ => u64::MAX,
    };
    let (rule, severity, message) = match exponent {
        1 => (
            "jwks-open-key",
            Severity::Critical,
            "the exponent is 1: a text is its own signature, so that anybody can sign for anybody",
        ),
        _ if is_even => (
            "jwks-broken-key",
            Severity::Medium,
            "the exponent is even: there is no key that signs for it",
        ),
        ..65_537 => ("jwks-odd-exponent", Severity::Low, "the exponent is smaller than 65537"),
        _ => return,
    };
    told.tell((rule, 7), severity, message, "a new key with the exponent 65537 (AQAB)");
}

fn broken(told: &mut Told<'_>, message: &str) {
    told.tell(("jwks-broken-key", 7), Severity::Medium, message, "");
}
