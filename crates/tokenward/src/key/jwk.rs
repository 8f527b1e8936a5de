//! JSON Web Keys (RFC 7517, RFC 7518 § 6, RFC 8037 § 2).

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::members::Members;
use super::{KeyError, SigningKey, VerifyingKey, der};
use crate::alg::{Algorithm, Family};
use crate::b64;
use crate::crypto::{Curve, PrivateKey, PublicKey};
use crate::ids::KeyId;
use crate::limits::LIMITS;

/// A public or symmetric key, of the algorithm `pinned` if it says none itself.
pub(super) fn public(json: &[u8], pinned: Option<Algorithm>) -> Result<VerifyingKey, KeyError> {
    let jwk = Jwk::parse(json, pinned)?;
    if jwk.family() != Family::Secret && jwk.members.are_private() {
        return Err(KeyError::PrivateMembers);
    }
    jwk.check_use("verify")?;
    jwk.verifying_key()
}

/// A private or symmetric key, of the algorithm `pinned` if it says none itself.
pub(super) fn private(json: &[u8], pinned: Option<Algorithm>) -> Result<SigningKey, KeyError> {
    let jwk = Jwk::parse(json, pinned)?;
    if !jwk.members.are_private() {
        return Err(KeyError::NotPrivate);
    }
    jwk.check_use("sign")?;
    let key = match jwk.family() {
        Family::Ec => {
            let curve = jwk.curve()?;
            let (d, x) = (jwk.coordinate(curve, "d")?, jwk.coordinate(curve, "x")?);
            PrivateKey::ecdsa_from_parts(curve, &d, &x, &jwk.coordinate(curve, "y")?)
        }
        Family::Rsa => {
            let numbers = jwk.members.rsa_numbers()?;
            PrivateKey::rsa_from_parts(jwk.algorithm, &numbers.parts())
        }
        Family::Okp => {
            PrivateKey::ed25519_from_parts(&jwk.members.bytes("d")?, &jwk.members.bytes("x")?)
        }
        Family::Akp => {
            let (seed, public) = (jwk.members.bytes("priv")?, jwk.members.bytes("pub")?);
            PrivateKey::ml_dsa_from_parts(jwk.algorithm, &seed, &public)
        }
        Family::Secret => PrivateKey::hmac(jwk.algorithm, &jwk.members.bytes("k")?),
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

/// What a member of a key set gives away.
pub(crate) struct Exposure {
    /// Whether it is symmetric.
    pub(crate) symmetric: bool,
    /// The key whose private half stands there.
    pub(crate) leaked: Option<Leaked>,
}

/// A key whose private half was published, as far as it can be told.
pub(crate) struct Leaked {
    id: Option<KeyId>,
    thumbprint: Option<String>,
}

/// What a member of a key set gives away, read even where the key itself is of no use to us.
pub(crate) fn exposure(json: &[u8]) -> Option<Exposure> {
    // A member that is too long to be a key of ours is left out, and does not end the set.
    let members = Members::of_any_size(json).ok()?;
    let symmetric = members.text("kty").ok().flatten().is_some_and(|kty| kty == "oct");
    let leaked = (members.are_private() && !symmetric).then(|| Leaked {
        id: members.key_id().ok().flatten(),
        thumbprint: Jwk::parse(json, None)
            .and_then(|jwk| jwk.verifying_key())
            .map(|key| key.thumbprint())
            .ok(),
    });
    Some(Exposure { symmetric, leaked })
}

impl Leaked {
    /// Whether `key` is the public half, or what tokens by the private half would name.
    pub(crate) fn is(&self, key: &VerifyingKey) -> bool {
        (self.id.is_some() && self.id.as_ref() == key.key_id())
            || self.thumbprint.as_ref().is_some_and(|own| *own == key.thumbprint())
    }
}

/// A JWK whose type, algorithm and name have been read.
struct Jwk<'a> {
    members: Members<'a>,
    algorithm: Algorithm,
    id: Option<KeyId>,
}

impl<'a> Jwk<'a> {
    fn parse(json: &'a [u8], pinned: Option<Algorithm>) -> Result<Self, KeyError> {
        let members = Members::parse(json)?;
        let algorithm = algorithm(&members, pinned)?;
        let id = members.key_id()?;
        Ok(Self { members, algorithm, id })
    }

    const fn family(&self) -> Family {
        self.algorithm.family()
    }

    fn curve(&self) -> Result<Curve, KeyError> {
        Curve::of(self.algorithm).ok_or(KeyError::Unsupported)
    }

    /// The key, or its public half, whatever it may be used for.
    fn verifying_key(&self) -> Result<VerifyingKey, KeyError> {
        let key = match self.family() {
            Family::Ec => {
                let curve = self.curve()?;
                let (x, y) = (self.coordinate(curve, "x")?, self.coordinate(curve, "y")?);
                PublicKey::ecdsa(curve, &x, &y).ok_or(KeyError::Malformed).map(VerifyingKey::new)
            }
            Family::Rsa => VerifyingKey::rsa(self.algorithm, &self.members.rsa_modulus()?),
            Family::Okp => VerifyingKey::ed25519(&self.members.bytes("x")?),
            Family::Akp => VerifyingKey::ml_dsa(self.algorithm, &self.members.bytes("pub")?),
            Family::Secret => VerifyingKey::from_secret(self.algorithm, &self.members.bytes("k")?),
        };
        Ok(match &self.id {
            Some(id) => key?.with_key_id(id.clone()),
            None => key?,
        })
    }

    /// Checks that `use` and `key_ops`, where given, allow `operation`.
    fn check_use(&self, operation: &str) -> Result<(), KeyError> {
        match self.members.operations("sig")? {
            Some(all) if !all.iter().any(|name| name == operation) => Err(KeyError::WrongUse),
            _ => Ok(()),
        }
    }

    fn coordinate(&self, curve: Curve, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        self.members.fixed(name, curve.coordinate_len())
    }
}

/// The one algorithm of a key: what its type and curve say, and `alg` and `pinned`, which can only agree.
fn algorithm(members: &Members<'_>, pinned: Option<Algorithm>) -> Result<Algorithm, KeyError> {
    let kty = members.key_type()?;
    let crv = members.text("crv")?;
    let named = members
        .text("alg")?
        .map(|name| Algorithm::from_name(&name).ok_or(KeyError::Unsupported))
        .transpose()?;
    let named = match (named, pinned) {
        (Some(named), Some(wanted)) if named != wanted => {
            return Err(KeyError::WrongAlgorithm { wanted, fits: named.alone() });
        }
        (named, pinned) => named.or(pinned),
    };
    let (family, implied) = match (&*kty, crv.as_deref()) {
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
        (Some(implied), Some(named)) if implied != named => {
            Err(KeyError::wrong_algorithm(named, implied))
        }
        (Some(implied), _) => Ok(implied),
        (None, Some(wanted)) if wanted.family() != family => {
            Err(KeyError::WrongAlgorithm { wanted, fits: family.algorithms() })
        }
        (None, Some(named)) => Ok(named),
        (None, None) => match family {
            Family::Rsa => Ok(Algorithm::Rs256),
            Family::Secret => Ok(Algorithm::Hs256),
            // RFC 9964 § 3 requires it: the same bytes may be a key of several algorithms.
            _ => Err(KeyError::MissingMember("alg")),
        },
    }
}
