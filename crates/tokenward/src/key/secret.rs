//! What may be an HMAC secret.
//!
//! The oldest forgery of all is a token whose MAC was made with the bytes of a public key, for a verifier that
//! takes any bytes as a secret (CVE-2015-9235 and its many children). Here a key is no secret, in any
//! dress. The second oldest is a secret that stands in a tutorial; those, and what a person would type,
//! are none either.

use zeroize::Zeroizing;

use super::{KeyError, disguise};
use crate::alg::Algorithm;
use crate::limits::LIMITS;

/// Checks that `secret` may be used with `algorithm`.
pub(super) fn check(algorithm: Algorithm, secret: &[u8]) -> Result<(), KeyError> {
    // At least as long as the hash (RFC 7518 § 3.2), which is as long as the tag.
    let least = algorithm.signature_len().unwrap_or(usize::MAX);
    if secret.len() < least {
        return Err(KeyError::ShortSecret { least });
    }
    if secret.len() > LIMITS.secret_bytes {
        // Checked before the rest, whose time grows with the length. A key set or a certificate
        // ends here too.
        return Err(KeyError::TooLarge);
    }
    if disguise::is_key(secret) {
        return Err(KeyError::SecretIsKey);
    }
    if is_from_a_dictionary(secret) {
        return Err(KeyError::DictionarySecret);
    }
    if is_low_in_entropy(secret) {
        return Err(KeyError::LowEntropySecret);
    }
    Ok(())
}

/// What tutorials, templates and people use for a secret, in lower case, letters and digits alone.
///
/// A random secret of 43 base64 characters holds the shortest of them once in ten million.
const DICTIONARY: &[&[u8]] = &[
    b"secret",
    b"passwort",
    b"password",
    b"passphrase",
    b"changeme",
    b"changethis",
    b"replaceme",
    b"letmein",
    b"default",
    b"example",
    b"insecure",
    b"development",
    b"placeholder",
    b"signingkey",
    b"privatekey",
    b"atleast256bit",
    b"atleast32",
    b"256bit",
    b"512bit",
    b"qwertyuiop",
    b"abcdefghijkl",
    b"0123456789abc",
    b"1234567890123",
    b"deadbeef",
    b"cafebabe",
    b"loremipsum",
];

/// Whether `secret` is a text that holds what only a person would write.
fn is_from_a_dictionary(secret: &[u8]) -> bool {
    if !secret.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) {
        return false;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(secret.len()));
    text.extend(secret.iter().filter(|b| b.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase));
    disguise::holds_one_of(&text, DICTIONARY)
}

/// The fewest different bytes in a secret. 32 random hexadecimal digits have fewer once in ten
/// million; random bytes never do.
const FEWEST_DIFFERENT: usize = 8;

/// Whether `secret` has far less entropy than length: few different bytes, digits alone, a pattern
/// that comes again, or a sequence.
fn is_low_in_entropy(secret: &[u8]) -> bool {
    let mut seen = [false; 256];
    for byte in secret {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    let different = seen.iter().filter(|seen| **seen).count();
    different < FEWEST_DIFFERENT
        || secret.iter().all(u8::is_ascii_digit)
        || is_periodic(secret)
        || is_sequence(secret)
}

/// Whether `secret` is one block of at most half its length over and over.
fn is_periodic(secret: &[u8]) -> bool {
    (1..=secret.len() / 2).any(|period| {
        let shifted = secret.get(period..).unwrap_or_default();
        secret.iter().zip(shifted).all(|(byte, later)| byte == later)
    })
}

/// Whether most bytes follow from the one before by the same step, as in `abcd…` and 0, 1, 2, ….
fn is_sequence(secret: &[u8]) -> bool {
    let mut steps = [0_usize; 256];
    for (byte, next) in secret.iter().zip(secret.iter().skip(1)) {
        if let Some(count) = steps.get_mut(usize::from(next.wrapping_sub(*byte))) {
            *count = count.saturating_add(1);
        }
    }
    steps.iter().any(|count| *count > secret.len() / 2)
}
