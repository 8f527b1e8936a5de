//! Public keys as authenticators write them (RFC 9052 § 7, RFC 9053 § 7, WebAuthn § 6.5.1.1).

use serde_json::json;
use tokenward::{Algorithm, VerifyingKey, b64};

use super::PasskeyRefused;
use super::cbor::Reader;

/// The algorithms that we ask for, by their COSE numbers, in order of preference: those that WebAuthn § 5.4
/// recommends so that every authenticator has one.
pub(super) const ALGORITHMS: [(i64, Algorithm); 3] =
    [(-8, Algorithm::EdDsa), (-7, Algorithm::Es256), (-257, Algorithm::Rs256)];

const MALFORMED: PasskeyRefused = PasskeyRefused::Malformed("its public key");

/// The members that the three kinds of key have. A label stands for another thing in each, and all are read
/// before it is known which kind it is.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    /// Label -1: the curve, or the modulus.
    first: Option<Member<'a>>,
    /// Label -2: x, or the exponent.
    second: Option<&'a [u8]>,
    /// Label -3: y.
    third: Option<&'a [u8]>,
}

#[derive(Clone, Copy)]
enum Member<'a> {
    Number(i64),
    Bytes(&'a [u8]),
}

/// Reads the key at `reader`, and leaves what follows it.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<VerifyingKey, PasskeyRefused> {
    members(reader).ok_or(MALFORMED)?.key()
}

fn members<'a>(reader: &mut Reader<'a>) -> Option<Members<'a>> {
    let mut members = Members::default();
    // No key has more than five members, and WebAuthn forbids others.
    let pairs = reader.map().filter(|pairs| *pairs <= 5)?;
    for _ in 0..pairs {
        let is_new = match reader.integer()? {
            1 => members.kty.replace(reader.integer()?).is_none(),
            3 => members.alg.replace(reader.integer()?).is_none(),
            -1 => members.first.replace(member(reader)?).is_none(),
            -2 => members.second.replace(reader.bytes()?).is_none(),
            -3 => members.third.replace(reader.bytes()?).is_none(),
            _ => false,
        };
        if !is_new {
            return None;
        }
    }
    Some(members)
}

fn member<'a>(reader: &mut Reader<'a>) -> Option<Member<'a>> {
    let mut number = *reader;
    if let Some(value) = number.integer() {
        *reader = number;
        return Some(Member::Number(value));
    }
    reader.bytes().map(Member::Bytes)
}

impl Members<'_> {
    /// The key. Its algorithm, its type and its curve must be of one kind; the core then checks the numbers.
    fn key(&self) -> Result<VerifyingKey, PasskeyRefused> {
        let alg = self.alg.ok_or(MALFORMED)?;
        let known = ALGORITHMS.into_iter().find(|(number, _)| *number == alg);
        let (_, algorithm) = known.ok_or(PasskeyRefused::Unsupported)?;
        let jwk = match (algorithm, self.kty, self.first, self.second, self.third) {
            (Algorithm::EdDsa, Some(1), Some(Member::Number(6)), Some(x), None) => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": b64::encode(x)})
            }
            (Algorithm::Es256, Some(2), Some(Member::Number(1)), Some(x), Some(y)) => {
                json!({"kty": "EC", "crv": "P-256", "x": b64::encode(x), "y": b64::encode(y)})
            }
            (Algorithm::Rs256, Some(3), Some(Member::Bytes(n)), Some(e), None) => {
                json!({"kty": "RSA", "n": b64::encode(n), "e": b64::encode(e)})
            }
            _ => return Err(MALFORMED),
        };
        let jwk = jwk.to_string();
        VerifyingKey::from_jwk_for(algorithm, jwk.as_bytes()).map_err(|_| MALFORMED)
    }
}

/// Whether `signature` of `input`, in the form that authenticators give it, is by `key` (WebAuthn § 6.5.5).
pub(super) fn verifies(key: &VerifyingKey, input: &[u8], signature: &[u8]) -> bool {
    if key.algorithm() != Algorithm::Es256 {
        return key.verify(input, signature);
    }
    let signature = tokenward::crypto::ecdsa_from_der(signature, 32);
    signature.is_some_and(|signature| key.verify(input, &signature))
}
