//! Keys on curves, and those of ML-DSA: whether what is published is one at all.

use base64::Engine as _;

use super::Told;
use super::edwards::{Point, point};
use crate::crypto::is_on_curve;
use crate::finding::Severity;
use crate::token::{BASE64, Members};

/// Below, a curve is too weak for signatures (NIST SP 800-186).
const MIN_BITS: u32 = 224;

/// A key of `kty` EC (RFC 7518, section 6.2; RFC 8812, section 3.1).
pub(super) fn of_curve(key: &Members, told: &mut Told<'_>) {
    let name = key.text("crv").unwrap_or_default();
    let bytes = match name {
        "P-256" | "secp256k1" => 32,
        "P-384" => 48,
        "P-521" => 66,
        _ => return unknown(name, told),
    };
    let [Some(x), Some(y)] = ["x", "y"].map(|name| coordinate(key, name)) else {
        return broken(told, "the key has no point that can be read");
    };
    if x.len() != bytes || y.len() != bytes {
        let message = format!(
            "`x` has {} bytes and `y` has {}, where {name} has {bytes} each (RFC 7518, section 6.2.1.2): verifiers may refuse the key",
            x.len(),
            y.len()
        );
        return broken(told, message);
    }
    if !is_on_curve(name, &x, &y) {
        broken(told, format!("the point does not lie on {name}: nothing can be verified with it"));
    }
}

/// A key of `kty` OKP (RFC 8037, section 2).
pub(super) fn of_pair(key: &Members, told: &mut Told<'_>) {
    let name = key.text("crv").unwrap_or_default();
    let bytes = match name {
        "Ed25519" | "X25519" => 32,
        "Ed448" => 57,
        "X448" => 56,
        _ => return unknown(name, told),
    };
    let Some(x) = sized(key, "x", bytes, told) else { return };
    if let ("Ed25519", Ok(encoded)) = (name, <[u8; 32]>::try_from(x)) {
        match point(encoded) {
            Point::Good => {}
            Point::None => {
                broken(told, "no point of Ed25519: nothing can be verified with it");
            }
            Point::Small => told.tell(
                ("jwks-open-key", 7),
                Severity::Critical,
                "the point has a small order: anybody can make signatures that it verifies",
                "a new key, made by a library",
            ),
        }
    }
}

/// A key of `kty` AKP, as ML-DSA has them.
pub(super) fn of_lattice(key: &Members, told: &mut Told<'_>) {
    // FIPS 204, table 2. Whether it is another algorithm is told by that.
    let bytes = match key.text("alg").unwrap_or_default() {
        "ML-DSA-44" => 1_312,
        "ML-DSA-65" => 1_952,
        "ML-DSA-87" => 2_592,
        _ => return,
    };
    sized(key, "pub", bytes, told);
}

/// A member of so many bytes.
fn sized(key: &Members, name: &str, bytes: usize, told: &mut Told<'_>) -> Option<Vec<u8>> {
    let Some(value) = coordinate(key, name) else {
        broken(told, format!("the key has no `{name}` that can be read"));
        return None;
    };
    if value.len() != bytes {
        broken(told, format!("`{name}` has {} bytes, and such keys have {bytes}", value.len()));
        return None;
    }
    Some(value)
}

fn coordinate(key: &Members, name: &str) -> Option<Vec<u8>> {
    BASE64.decode(key.text(name)?).ok().filter(|bytes| !bytes.is_empty())
}

fn unknown(curve: &str, told: &mut Told<'_>) {
    if curve.is_empty() {
        return broken(told, "the key does not name its curve (`crv`)");
    }
    let shown: String = curve.chars().take(40).collect();
    let digits = curve.trim_start_matches(|c: char| !c.is_ascii_digit());
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let bits = digits.get(..end).and_then(|digits| digits.parse::<u32>().ok());
    match bits {
        Some(bits @ 64..MIN_BITS) => told.tell(
            ("jwks-short-key", 7),
            Severity::High,
            format!(
                "`{shown}`: a curve of {bits} bits; NIST SP 800-186 asks for {MIN_BITS} at least"
            ),
            "a new key for ES256 or EdDSA",
        ),
        _ => told.tell(
            ("jwks-unknown-key", 8),
            Severity::Low,
            format!("`{shown}` is no curve that JOSE knows for such a key: verifiers pass it over"),
            "ES256 (P-256), or EdDSA (Ed25519)",
        ),
    }
}

fn broken(told: &mut Told<'_>, message: impl Into<String>) {
    told.tell(("jwks-broken-key", 7), Severity::Medium, message, "");
}
