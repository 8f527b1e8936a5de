//! JSON Web Keys that encrypt and decrypt (RFC 7517, RFC 7518 § 6, RFC 8037 § 2).

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::{Curve, KeyAlgorithm};
use super::key::{Holder, Recipient};
use crate::b64;
use crate::crypto::{
    AgreementPrivate, AgreementPublic, OaepPrivate, P256_LEN, RSA_EXPONENT, RsaParts,
};
use crate::ids::KeyId;
use crate::json::{Object, Raw};
use crate::key::KeyError;
use crate::limits::LIMITS;

/// The private members of all key types (RFC 7518 § 6, RFC 9964: `priv`). `k` is apart: in a key of
/// type `oct` it is all there is.
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "priv", "k"];

/// A JWK whose type, algorithm, use and name have been read.
pub(super) struct Jwk<'a> {
    members: Object<'a>,
    kind: Kind,
    pub(super) algorithm: KeyAlgorithm,
    pub(super) id: Option<KeyId>,
}

/// Which half of a key is wanted.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Half {
    Encrypts,
    Decrypts,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Kind {
    Agreement(Curve),
    Rsa,
    Secret,
}

impl<'a> Jwk<'a> {
    /// Reads `json` as a key of the algorithm `pinned`, or else of the one that its `alg` says; a key
    /// with neither would leave the choice to a token's header.
    pub(super) fn parse(
        json: &'a [u8],
        pinned: Option<KeyAlgorithm>,
        half: Half,
    ) -> Result<Self, KeyError> {
        if json.len() > LIMITS.key_bytes {
            return Err(KeyError::TooLarge);
        }
        let members = Object::parse(json)?;
        let kind = Kind::of(&members)?;
        let private = PRIVATE.iter().any(|name| members.has(name));
        match half {
            Half::Encrypts if private && kind != Kind::Secret => {
                return Err(KeyError::PrivateMembers);
            }
            Half::Decrypts if !private => return Err(KeyError::NotPrivate),
            _ => {}
        }
        let algorithm = match text(&members, "alg")? {
            Some(name) => kind.algorithm(&name).ok_or(KeyError::Unsupported)?,
            None => pinned.ok_or(KeyError::MissingMember("alg"))?,
        };
        let other = |pinned| pinned != algorithm || !kind.admits(pinned);
        if let Some(pinned) = pinned.filter(|pinned| other(*pinned)) {
            return Err(KeyError::NotForEncryption(pinned));
        }
        check_use(&members, kind, half)?;
        let id = text(&members, "kid")?
            .map(|id| KeyId::new(id).map_err(|_| KeyError::InvalidMember("kid")))
            .transpose()?;
        Ok(Self { members, kind, algorithm, id })
    }

    /// The half that encrypts.
    pub(super) fn recipient(&self) -> Result<Recipient, KeyError> {
        let recipient = match self.kind {
            Kind::Agreement(curve) => {
                public_key(&self.members, curve)?.map(|key| Recipient::Agreement(curve, key))
            }
            Kind::Rsa => return Recipient::rsa(&self.rsa_modulus()?),
            Kind::Secret => return Recipient::from_secret(&self.secret()?),
        };
        recipient.ok_or(KeyError::Malformed)
    }

    /// The half that decrypts. Whether a public half in the JWK belongs to it has been checked.
    pub(super) fn holder(&self) -> Result<Holder, KeyError> {
        let holder = match self.kind {
            Kind::Agreement(curve) => {
                let d = Zeroizing::new(fixed(&self.members, "d")?);
                let private = match curve {
                    Curve::P256 => AgreementPrivate::p256(&d),
                    Curve::X25519 => AgreementPrivate::x25519(&d),
                };
                let said = public_key(&self.members, curve)?.ok_or(KeyError::Malformed)?;
                private
                    .filter(|key| key.public().is_some_and(|own| own.bytes() == said.bytes()))
                    .map(|key| Holder::Agreement(curve, key))
            }
            Kind::Rsa => self.rsa_private()?.map(Holder::Rsa),
            Kind::Secret => return Holder::from_secret(&self.secret()?),
        };
        holder.ok_or(KeyError::Malformed)
    }

    /// `k`, whose length must be that of the content encryption where `alg` names one.
    fn secret(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let secret = bytes(&self.members, "k")?;
        let length = match text(&self.members, "alg")?.as_deref() {
            Some("A128GCM") => 16,
            Some("A256GCM") => 32,
            _ => secret.len(),
        };
        if secret.len() == length { Ok(secret) } else { Err(KeyError::InvalidMember("k")) }
    }

    fn rsa_modulus(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        if number(&self.members, "e")?.as_slice() != RSA_EXPONENT {
            return Err(KeyError::InvalidMember("e"));
        }
        number(&self.members, "n")
    }

    fn rsa_private(&self) -> Result<Option<OaepPrivate>, KeyError> {
        if self.members.has("oth") {
            // More than two primes (RFC 7518 § 6.3.2.7).
            return Err(KeyError::Unsupported);
        }
        let number = |name| number(&self.members, name);
        let (n, d, p, q) = (self.rsa_modulus()?, number("d")?, number("p")?, number("q")?);
        let (dp, dq, qi) = (number("dp")?, number("dq")?, number("qi")?);
        Ok(OaepPrivate::from_parts(&RsaParts {
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

impl Kind {
    fn of(members: &Object<'_>) -> Result<Self, KeyError> {
        let kty = text(members, "kty")?.ok_or(KeyError::MissingMember("kty"))?;
        match (kty.as_str(), text(members, "crv")?.as_deref()) {
            ("EC", Some("P-256")) => Ok(Self::Agreement(Curve::P256)),
            ("OKP", Some("X25519")) => Ok(Self::Agreement(Curve::X25519)),
            ("RSA", None) => Ok(Self::Rsa),
            ("oct", None) => Ok(Self::Secret),
            ("EC" | "OKP", None) => Err(KeyError::MissingMember("crv")),
            _ => Err(KeyError::Unsupported),
        }
    }

    /// The algorithm that `alg` is for a key of this kind. Shared keys are often named for what they
    /// do with the content (RFC 7520 § 5.6.1).
    fn algorithm(self, alg: &str) -> Option<KeyAlgorithm> {
        match (alg, self) {
            ("dir" | "A256GCM" | "A128GCM", Self::Secret) => Some(KeyAlgorithm::Dir),
            ("ECDH-ES", Self::Agreement(curve)) => Some(KeyAlgorithm::EcdhEs(curve)),
            ("ECDH-ES+A256KW", Self::Agreement(curve)) => Some(KeyAlgorithm::EcdhEsA256Kw(curve)),
            ("RSA-OAEP-256", Self::Rsa) => Some(KeyAlgorithm::RsaOaep256),
            _ => None,
        }
    }

    fn admits(self, algorithm: KeyAlgorithm) -> bool {
        match algorithm {
            KeyAlgorithm::Dir => self == Self::Secret,
            KeyAlgorithm::EcdhEs(curve) | KeyAlgorithm::EcdhEsA256Kw(curve) => {
                self == Self::Agreement(curve)
            }
            KeyAlgorithm::RsaOaep256 => self == Self::Rsa,
        }
    }

    /// What `key_ops` may call our use of this half (RFC 7517 § 4.3).
    const fn operations(self, half: Half) -> [&'static str; 2] {
        match (self, half) {
            (Self::Agreement(_), _) => ["deriveKey", "deriveBits"],
            (_, Half::Encrypts) => ["wrapKey", "encrypt"],
            (_, Half::Decrypts) => ["unwrapKey", "decrypt"],
        }
    }
}

/// Checks that `use` and `key_ops`, where given, allow encryption and nothing that signs.
fn check_use(members: &Object<'_>, kind: Kind, half: Half) -> Result<(), KeyError> {
    if text(members, "use")?.is_some_and(|usage| usage != "enc") {
        return Err(KeyError::WrongUse);
    }
    let Some(operations) = members.get("key_ops") else { return Ok(()) };
    let operations: Option<Vec<_>> =
        operations.as_array().and_then(|all| all.into_iter().map(Raw::as_str).collect());
    let operations = operations.ok_or(KeyError::InvalidMember("key_ops"))?;
    let signs = operations.iter().any(|name| name == "sign" || name == "verify");
    let wanted = kind.operations(half);
    let fits = operations.iter().any(|name| wanted.contains(&name.as_ref()));
    // The public half of an agreement does nothing by itself, and browsers write it down like that.
    let idle =
        operations.is_empty() && matches!(kind, Kind::Agreement(_)) && half == Half::Encrypts;
    if !signs && (fits || idle) { Ok(()) } else { Err(KeyError::WrongUse) }
}

/// The key in an `epk`: public, of exactly this curve, on it (RFC 7518 § 4.6.1.1).
pub(super) fn ephemeral(json: &[u8], curve: Curve) -> Option<AgreementPublic> {
    let members = Object::parse(json).ok()?;
    let is = |name, value| text(&members, name).ok().flatten().as_deref() == Some(value);
    let private = PRIVATE.iter().any(|name| members.has(name));
    if private || !is("kty", curve.key_type()) || !is("crv", curve.as_str()) {
        return None;
    }
    public_key(&members, curve).ok().flatten()
}

/// The members that make a key on `curve` what it is (RFC 7518 § 6.2.1, RFC 8037 § 2).
pub(super) fn public_members(curve: Curve, key: &AgreementPublic) -> Map<String, Value> {
    let mut members = Map::new();
    let mut add = |name: &str, value: String| members.insert(name.to_owned(), value.into());
    add("crv", curve.as_str().to_owned());
    add("kty", curve.key_type().to_owned());
    match (curve, key.bytes().strip_prefix(&[0x04]).and_then(|p| p.split_at_checked(P256_LEN))) {
        (Curve::P256, Some((x, y))) => {
            add("x", b64::encode(x));
            add("y", b64::encode(y));
        }
        _ => {
            add("x", b64::encode(key.bytes()));
        }
    }
    members
}

fn public_key(members: &Object<'_>, curve: Curve) -> Result<Option<AgreementPublic>, KeyError> {
    let x = fixed(members, "x")?;
    Ok(match curve {
        Curve::P256 => AgreementPublic::p256(&x, &fixed(members, "y")?),
        Curve::X25519 => AgreementPublic::x25519(&x),
    })
}

/// A member in base64url.
fn bytes(members: &Object<'_>, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = members.get(name).ok_or(KeyError::MissingMember(name))?;
    let text = text.as_str().ok_or(KeyError::InvalidMember(name))?;
    b64::decode(&text).map(Zeroizing::new).map_err(|_| KeyError::InvalidMember(name))
}

/// A member of exactly 32 bytes: leading zeros count (RFC 7518 § 6.2.1.2).
fn fixed(members: &Object<'_>, name: &'static str) -> Result<[u8; 32], KeyError> {
    bytes(members, name)?.as_slice().try_into().map_err(|_| KeyError::InvalidMember(name))
}

/// A positive number without leading zeros (RFC 7518 § 2, `Base64urlUInt`).
fn number(members: &Object<'_>, name: &'static str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let bytes = bytes(members, name)?;
    match bytes.first() {
        Some(1..) => Ok(bytes),
        _ => Err(KeyError::InvalidMember(name)),
    }
}

/// A member that is a string if it is there.
fn text(members: &Object<'_>, name: &'static str) -> Result<Option<String>, KeyError> {
    members
        .get(name)
        .map(|value| value.as_str().map(Into::into).ok_or(KeyError::InvalidMember(name)))
        .transpose()
}
