//! JSON Web Keys (RFC 7517, RFC 7518 § 6, RFC 8037 § 2).

use zeroize::Zeroizing;

use super::{KeyError, SigningKey, VerifyingKey};
use crate::alg::Algorithm;
use crate::b64;
use crate::crypto::{P256_LEN, PrivateKey, PublicKey, RSA_EXPONENT, RsaParts};
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::limits::LIMITS;

/// The private members of all key types (RFC 7518 § 6, RFC 9964: `priv`). `k` is apart: in a key of
/// type `oct` it is all there is, and in any other it is private material in the wrong place.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"];

/// A public or symmetric key.
pub(super) fn public(json: &[u8]) -> Result<VerifyingKey, KeyError> {
    let jwk = Jwk::parse(json)?;
    if jwk.kind != Kind::Secret && jwk.is_private() {
        return Err(KeyError::PrivateMembers);
    }
    jwk.check_use("verify")?;
    let key = match jwk.kind {
        Kind::P256 => PublicKey::es256(jwk.fixed("x")?, jwk.fixed("y")?),
        Kind::Rsa => PublicKey::rs256(&jwk.rsa_modulus()?),
        Kind::Ed25519 => PublicKey::ed25519(jwk.fixed("x")?),
        Kind::Secret => {
            return Ok(jwk.name(VerifyingKey::from_secret(Algorithm::Hs256, &jwk.bytes("k")?)?));
        }
    };
    Ok(jwk.name(VerifyingKey::new(key.ok_or(KeyError::Malformed)?)))
}

/// A private or symmetric key.
pub(super) fn private(json: &[u8]) -> Result<SigningKey, KeyError> {
    let jwk = Jwk::parse(json)?;
    if !jwk.is_private() {
        return Err(KeyError::NotPrivate);
    }
    jwk.check_use("sign")?;
    let key = match jwk.kind {
        Kind::P256 => {
            let d = Zeroizing::new(jwk.fixed("d")?);
            PrivateKey::es256_from_parts(&d, &jwk.fixed("x")?, &jwk.fixed("y")?)
        }
        Kind::Rsa => jwk.rsa_private()?,
        Kind::Ed25519 => {
            let d = Zeroizing::new(jwk.fixed("d")?);
            PrivateKey::ed25519_from_parts(&d, &jwk.fixed("x")?)
        }
        Kind::Secret => Some(PrivateKey::hs256(&jwk.bytes("k")?)),
    };
    let key = SigningKey::new(key.ok_or(KeyError::Malformed)?)?;
    Ok(match jwk.id {
        Some(id) => key.with_key_id(id),
        None => key,
    })
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

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    P256,
    Rsa,
    Ed25519,
    Secret,
}

impl Kind {
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::P256 => Algorithm::Es256,
            Self::Rsa => Algorithm::Rs256,
            Self::Ed25519 => Algorithm::EdDsa,
            Self::Secret => Algorithm::Hs256,
        }
    }
}

/// A JWK whose type, algorithm and name have been read.
struct Jwk<'a> {
    members: Object<'a>,
    kind: Kind,
    id: Option<KeyId>,
}

impl<'a> Jwk<'a> {
    fn parse(json: &'a [u8]) -> Result<Self, KeyError> {
        if json.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let members = Object::parse(json)?;
        let kty = text(&members, "kty")?.ok_or(KeyError::MissingMember("kty"))?;
        let crv = text(&members, "crv")?;
        let kind = match (kty.as_str(), crv.as_deref()) {
            ("EC", Some("P-256")) => Kind::P256,
            ("OKP", Some("Ed25519")) => Kind::Ed25519,
            ("RSA", None) => Kind::Rsa,
            ("oct", None) => Kind::Secret,
            ("EC" | "OKP", None) => return Err(KeyError::MissingMember("crv")),
            _ => return Err(KeyError::Unsupported),
        };
        if let Some(name) = text(&members, "alg")? {
            let algorithm = Algorithm::from_name(&name).ok_or(KeyError::Unsupported)?;
            if algorithm != kind.algorithm() {
                return Err(KeyError::WrongAlgorithm(algorithm));
            }
        }
        let id = text(&members, "kid")?
            .map(|id| KeyId::new(id).map_err(|_| KeyError::InvalidMember("kid")))
            .transpose()?;
        Ok(Self { members, kind, id })
    }

    fn name(&self, key: VerifyingKey) -> VerifyingKey {
        match &self.id {
            Some(id) => key.with_key_id(id.clone()),
            None => key,
        }
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

    /// A member of exactly 32 bytes: leading zeros count (RFC 7518 § 6.2.1.2).
    fn fixed(&self, name: &'static str) -> Result<[u8; P256_LEN], KeyError> {
        self.bytes(name)?.as_slice().try_into().map_err(|_| KeyError::InvalidMember(name))
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
        Ok(PrivateKey::rs256_from_parts(&RsaParts {
            n: &n,
            d: &d,
            p: &p,
            q: &q,
            dp: &dp,
            dq: &dq,
            qi: &qi,
        }))
    }
}

/// A member that is a string if it is there.
fn text(members: &Object<'_>, name: &'static str) -> Result<Option<String>, KeyError> {
    members
        .get(name)
        .map(|value| value.as_str().map(Into::into).ok_or(KeyError::InvalidMember(name)))
        .transpose()
}
