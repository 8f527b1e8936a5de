//! JSON Web Keys (RFC 7517, RFC 7518 § 6, RFC 8037 § 2).

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::{KeyError, SigningKey, VerifyingKey, der};
use crate::alg::{Algorithm, Family};
use crate::b64;
use crate::crypto::{Curve, PrivateKey, PublicKey, RSA_EXPONENT, RsaParts};
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::limits::LIMITS;

/// The private members of all key types (RFC 7518 § 6, RFC 9964: `priv`). `k` is apart: in a key of
/// type `oct` it is all there is, and in any other it is private material in the wrong place.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"];

/// A public or symmetric key.
pub(super) fn public(json: &[u8]) -> Result<VerifyingKey, KeyError> {
    let jwk = Jwk::parse(json)?;
    if jwk.family() != Family::Secret && jwk.is_private() {
        return Err(KeyError::PrivateMembers);
    }
    jwk.check_use("verify")?;
    let key = match jwk.family() {
        Family::Ec => {
            let curve = jwk.curve()?;
            PublicKey::ecdsa(curve, &jwk.coordinate(curve, "x")?, &jwk.coordinate(curve, "y")?)
                .ok_or(KeyError::Malformed)
                .map(VerifyingKey::new)
        }
        Family::Rsa => VerifyingKey::rsa(jwk.algorithm, &jwk.rsa_modulus()?),
        Family::Okp => VerifyingKey::ed25519(&jwk.bytes("x")?),
        Family::Akp => VerifyingKey::ml_dsa(jwk.algorithm, &jwk.bytes("pub")?),
        Family::Secret => VerifyingKey::from_secret(jwk.algorithm, &jwk.bytes("k")?),
    };
    Ok(match jwk.id {
        Some(id) => key?.with_key_id(id),
        None => key?,
    })
}

/// A private or symmetric key.
pub(super) fn private(json: &[u8]) -> Result<SigningKey, KeyError> {
    let jwk = Jwk::parse(json)?;
    if !jwk.is_private() {
        return Err(KeyError::NotPrivate);
    }
    jwk.check_use("sign")?;
    let key = match jwk.family() {
        Family::Ec => {
            let curve = jwk.curve()?;
            let (d, x) = (jwk.coordinate(curve, "d")?, jwk.coordinate(curve, "x")?);
            PrivateKey::ecdsa_from_parts(curve, &d, &x, &jwk.coordinate(curve, "y")?)
        }
        Family::Rsa => jwk.rsa_private()?,
        Family::Okp => PrivateKey::ed25519_from_parts(&jwk.bytes("d")?, &jwk.bytes("x")?),
        Family::Akp => {
            let (seed, public) = (jwk.bytes("priv")?, jwk.bytes("pub")?);
            PrivateKey::ml_dsa_from_parts(jwk.algorithm, &seed, &public)
        }
        Family::Secret => PrivateKey::hmac(jwk.algorithm, &jwk.bytes("k")?),
    };
    let key = SigningKey::new(key.ok_or(KeyError::Malformed)?)?;
    Ok(match jwk.id {
        Some(id) => key.with_key_id(id),
        None => key,
    })
}

/// A private or symmetric key as JSON.
pub(super) fn write_private(key: &SigningKey) -> Option<Zeroizing<String>> {
    let algorithm = key.algorithm();
    let document = key.private().to_bytes()?;
    let mut members: Vec<(&str, Zeroizing<String>)> = Vec::new();
    let mut put = |name, bytes: &[u8]| members.push((name, Zeroizing::new(b64::encode(bytes))));
    match algorithm.family() {
        Family::Ec | Family::Okp => put("d", &key.private().scalar()?),
        Family::Rsa => {
            let (_, numbers) = der::pkcs8(&document)?;
            let [_, _, d, p, q, dp, dq, qi] = der::rsa_private_key(numbers)?;
            for (name, number) in [("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)]
            {
                put(name, number);
            }
        }
        Family::Akp => put("priv", der::ml_dsa_seed(der::pkcs8(&document)?.1)?),
        Family::Secret => put("k", &document),
    }
    let public = match key.verifying_key().to_jwk() {
        Some(public) => Value::Object(public),
        None => secret_frame(key),
    };
    // Written by hand, so that no map keeps a copy of the private members.
    let public = public.to_string();
    let mut text = Zeroizing::new(String::with_capacity(LIMITS.key_bytes));
    text.push_str(public.strip_suffix('}')?);
    for (name, value) in &members {
        text.push_str(",\"");
        text.push_str(name);
        text.push_str("\":\"");
        text.push_str(value);
        text.push('"');
    }
    text.push('}');
    Some(text)
}

/// The members of a symmetric key that are no secret.
fn secret_frame(key: &SigningKey) -> Value {
    let mut frame = json!({ "alg": key.algorithm().as_str(), "kty": "oct", "use": "sig" });
    if let (Some(id), Some(frame)) = (key.key_id(), frame.as_object_mut()) {
        frame.insert("kid".to_owned(), id.as_str().into());
    }
    frame
}

/// Whether a member of a key set is symmetric, and whether it holds what must stay private.
pub(crate) struct Exposure {
    pub(crate) symmetric: bool,
    pub(crate) private: bool,
}

/// What a member of a key set gives away, read even where the key itself is of no use to us.
pub(crate) fn exposure(json: &[u8]) -> Option<Exposure> {
    let object = Object::parse(json).ok()?;
    let symmetric = object.get("kty").and_then(Raw::as_str).is_some_and(|kty| kty == "oct");
    let private = PRIVATE.iter().any(|name| object.has(name));
    Some(Exposure { symmetric, private: private && !symmetric })
}

/// A JWK whose type, algorithm and name have been read.
struct Jwk<'a> {
    members: Object<'a>,
    algorithm: Algorithm,
    id: Option<KeyId>,
}

impl<'a> Jwk<'a> {
    fn parse(json: &'a [u8]) -> Result<Self, KeyError> {
        if json.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let members = Object::parse(json)?;
        let algorithm = algorithm(&members)?;
        let id = text(&members, "kid")?
            .map(|id| KeyId::new(id).map_err(|_| KeyError::InvalidMember("kid")))
            .transpose()?;
        Ok(Self { members, algorithm, id })
    }

    const fn family(&self) -> Family {
        self.algorithm.family()
    }

    fn curve(&self) -> Result<Curve, KeyError> {
        Curve::of(self.algorithm).ok_or(KeyError::Unsupported)
    }

    fn is_private(&self) -> bool {
        PRIVATE.iter().any(|name| self.members.has(name))
    }

    /// Checks that `use` and `key_ops`, where given, allow `operation` (RFC 7517 §§ 4.2, 4.3).
    fn check_use(&self, operation: &str) -> Result<(), KeyError> {
        if text(&self.members, "use")?.is_some_and(|usage| usage != "sig") {
            return Err(KeyError::WrongUse);
        }
        let Some(operations) = self.members.get("key_ops") else { return Ok(()) };
        let invalid = || KeyError::InvalidMember("key_ops");
        let operations = operations.as_array().ok_or_else(invalid)?;
        let operations: Option<Vec<_>> = operations.into_iter().map(Raw::as_str).collect();
        let operations = operations.ok_or_else(invalid)?;
        if operations.iter().any(|name| name == operation) {
            Ok(())
        } else {
            Err(KeyError::WrongUse)
        }
    }

    /// A member in base64url.
    fn bytes(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let text = self.members.get(name).ok_or(KeyError::MissingMember(name))?;
        let text = text.as_str().ok_or(KeyError::InvalidMember(name))?;
        b64::decode(&text).map(Zeroizing::new).map_err(|_| KeyError::InvalidMember(name))
    }

    /// A coordinate or scalar, of exactly the curve's length: leading zeros count (RFC 7518 § 6.2.1.2).
    fn coordinate(&self, curve: Curve, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = self.bytes(name)?;
        if bytes.len() == curve.coordinate_len() {
            Ok(bytes)
        } else {
            Err(KeyError::InvalidMember(name))
        }
    }

    /// A positive number without leading zeros (RFC 7518 § 2, `Base64urlUInt`).
    fn number(&self, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let bytes = self.bytes(name)?;
        match bytes.first() {
            Some(1..) => Ok(bytes),
            _ => Err(KeyError::InvalidMember(name)),
        }
    }

    fn rsa_modulus(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        if self.number("e")?.as_slice() != RSA_EXPONENT {
            return Err(KeyError::InvalidMember("e"));
        }
        self.number("n")
    }

    fn rsa_private(&self) -> Result<Option<PrivateKey>, KeyError> {
        if self.members.has("oth") {
            // More than two primes (RFC 7518 § 6.3.2.7).
            return Err(KeyError::Unsupported);
        }
        let (n, d) = (self.rsa_modulus()?, self.number("d")?);
        let (p, q) = (self.number("p")?, self.number("q")?);
        let (dp, dq, qi) = (self.number("dp")?, self.number("dq")?, self.number("qi")?);
        let parts = RsaParts { n: &n, d: &d, p: &p, q: &q, dp: &dp, dq: &dq, qi: &qi };
        Ok(PrivateKey::rsa_from_parts(self.algorithm, &parts))
    }
}

/// The one algorithm of a key: what its type and curve say, and `alg`, which can only agree.
fn algorithm(members: &Object<'_>) -> Result<Algorithm, KeyError> {
    let kty = text(members, "kty")?.ok_or(KeyError::MissingMember("kty"))?;
    let crv = text(members, "crv")?;
    let named = text(members, "alg")?
        .map(|name| Algorithm::from_name(&name).ok_or(KeyError::Unsupported))
        .transpose()?;
    let (family, implied) = match (kty.as_str(), crv.as_deref()) {
        ("EC", Some(crv)) => {
            let curve = Curve::ALL.into_iter().find(|curve| curve.name() == crv);
            (Family::Ec, Some(curve.ok_or(KeyError::Unsupported)?.algorithm()))
        }
        ("OKP", Some("Ed25519")) => (Family::Okp, Some(Algorithm::EdDsa)),
        ("RSA", None) => (Family::Rsa, None),
        ("oct", None) => (Family::Secret, None),
        ("AKP", None) => (Family::Akp, None),
        ("EC" | "OKP", None) => return Err(KeyError::MissingMember("crv")),
        _ => return Err(KeyError::Unsupported),
    };
    match (implied, named) {
        (Some(implied), Some(named)) if implied != named => Err(KeyError::WrongAlgorithm(named)),
        (Some(implied), _) => Ok(implied),
        (None, Some(named)) if named.family() != family => Err(KeyError::WrongAlgorithm(named)),
        (None, Some(named)) => Ok(named),
        (None, None) => match family {
            Family::Rsa => Ok(Algorithm::Rs256),
            Family::Secret => Ok(Algorithm::Hs256),
            // RFC 9964 § 3 requires it: the same bytes may be a key of several algorithms.
            _ => Err(KeyError::MissingMember("alg")),
        },
    }
}

/// A member that is a string if it is there.
fn text(members: &Object<'_>, name: &'static str) -> Result<Option<String>, KeyError> {
    members
        .get(name)
        .map(|value| value.as_str().map(Into::into).ok_or(KeyError::InvalidMember(name)))
        .transpose()
}
