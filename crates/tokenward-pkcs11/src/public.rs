//! Public halves, from the attributes of a token to keys of ours.

use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;
use serde_json::json;
use tokenward::{Algorithm, VerifyingKey, b64};

use crate::error::Pkcs11Error;
use crate::sessions::Failed;

/// The public half behind `object`, for `algorithm`.
pub(crate) fn read(
    session: &Session,
    object: ObjectHandle,
    algorithm: Algorithm,
) -> Result<VerifyingKey, Failed> {
    let name = algorithm.as_str();
    let jwk = match algorithm {
        Algorithm::Es256 => {
            let point = point(session, object)?;
            // SEC 1 § 2.3.3: 04, then both coordinates.
            let (x, y) = point
                .strip_prefix(&[0x04])
                .filter(|point| point.len() == 64)
                .and_then(|point| point.split_at_checked(32))
                .ok_or(Pkcs11Error::PublicKey("no uncompressed point of P-256"))?;
            json!({ "kty": "EC", "crv": "P-256", "x": b64::encode(x), "y": b64::encode(y), "alg": name })
        }
        Algorithm::EdDsa => {
            let x = point(session, object)?;
            if x.len() != 32 {
                return Err(Pkcs11Error::PublicKey("no point of Ed25519").into());
            }
            json!({ "kty": "OKP", "crv": "Ed25519", "x": b64::encode(&x), "alg": name })
        }
        _ => {
            let wanted = [AttributeType::Modulus, AttributeType::PublicExponent];
            let (mut n, mut e) = (Vec::new(), Vec::new());
            for attribute in session.get_attributes(object, &wanted)? {
                match attribute {
                    Attribute::Modulus(bytes) => n = bytes,
                    Attribute::PublicExponent(bytes) => e = bytes,
                    _ => {}
                }
            }
            json!({ "kty": "RSA", "n": number(&n), "e": number(&e), "alg": name })
        }
    };
    VerifyingKey::from_jwk(jwk.to_string().as_bytes())
        .map_err(|_| Pkcs11Error::PublicKey("its numbers are no key").into())
}

/// `CKA_EC_POINT` without its wrapping: PKCS #11 § 2.3.3 has a DER OCTET STRING, some tokens the bare point.
fn point(session: &Session, object: ObjectHandle) -> Result<Vec<u8>, Failed> {
    let attributes = session.get_attributes(object, &[AttributeType::EcPoint])?;
    let point = attributes.into_iter().find_map(|attribute| match attribute {
        Attribute::EcPoint(bytes) => Some(bytes),
        _ => None,
    });
    let point = point.ok_or(Pkcs11Error::PublicKey("it has no point"))?;
    Ok(match point.as_slice() {
        [0x04, length, inner @ ..] if usize::from(*length) == inner.len() => inner.to_vec(),
        _ => point,
    })
}

/// A number as a JWK writes it: base64url without leading zeros (RFC 7518 § 2).
fn number(bytes: &[u8]) -> String {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    b64::encode(bytes.get(zeros..).unwrap_or_default())
}
