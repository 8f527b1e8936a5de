//! Which algorithms are compared: those that the core has.

use tokenward::Algorithm;

/// Every name that RFC 7518, RFC 8037 and RFC 9964 have for what could be ours.
///
/// Longest HMAC first: its secret then serves the others too.
const NAMES: [&str; 16] = [
    "HS512",
    "HS384",
    "HS256",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "ML-DSA-44",
    "ML-DSA-65",
    "ML-DSA-87",
];

/// The algorithms that the core knows by name.
#[must_use]
pub fn algorithms() -> Vec<Algorithm> {
    NAMES.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Whether the algorithm stands for its kind where only the claims or the encoding differ.
#[must_use]
pub fn is_first_of_its_kind(algorithm: Algorithm) -> bool {
    matches!(algorithm.as_str(), "HS256" | "RS256" | "ES256" | "EdDSA" | "ML-DSA-44")
}

/// All names, also of algorithms that the core lacks, for headers that lie.
pub(crate) const fn names() -> [&'static str; 16] {
    NAMES
}
