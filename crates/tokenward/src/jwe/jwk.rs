//! JSON Web Keys that encrypt and decrypt (RFC 7517, RFC 7518 § 6, RFC 8037 § 2).

use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::algorithm::{Curve, KeyAlgorithm};
use super::key::{Holder, Recipient};
use crate::b64;
use crate::crypto::{AgreementPrivate, AgreementPublic, OaepPrivate, P256_LEN};
use crate::ids::KeyId;
use crate::key::{KeyError, Members};

/// A JWK whose type, algorithm, use and name have been read.
pub(super) struct Jwk<'a> {
    members: Members<'a>,
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
        let members = Members::parse(json)?;
        let kind = Kind::of(&members)?;
        let private = members.are_private();
        match half {
            Half::Encrypts if private && kind != Kind::Secret => {
                return Err(KeyError::PrivateMembers);
            }
            Half::Decrypts if !private => return Err(KeyError::NotPrivate),
            _ => {}
        }
        let algorithm = match members.text("alg")? {
            Some(name) => kind.algorithm(&name).ok_or(KeyError::Unsupported)?,
            None => pinned.ok_or(KeyError::MissingMember("alg"))?,
        };
        let other = |pinned| pinned != algorithm || !kind.admits(pinned);
        if let Some(pinned) = pinned.filter(|pinned| other(*pinned)) {
            return Err(KeyError::NotForEncryption(pinned));
        }
        check_use(&members, kind, half)?;
        let id = members.key_id()?;
        Ok(Self { members, kind, algorithm, id })
    }

    /// The half that encrypts.
    pub(super) fn recipient(&self) -> Result<Recipient, KeyError> {
        let recipient = match self.kind {
            Kind::Agreement(curve) => {
                public_key(&self.members, curve)?.map(|key| Recipient::Agreement(curve, key))
            }
            Kind::Rsa => return Recipient::rsa(&self.members.rsa_modulus()?),
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
            Kind::Rsa => {
                OaepPrivate::from_parts(&self.members.rsa_numbers()?.parts()).map(Holder::Rsa)
            }
            Kind::Secret => return Holder::from_secret(&self.secret()?),
        };
        holder.ok_or(KeyError::Malformed)
    }

    /// `k`, whose length must be that of the content encryption where `alg` names one.
    fn secret(&self) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        let secret = self.members.bytes("k")?;
        let length = match self.members.text("alg")?.as_deref() {
            Some("A128GCM") => 16,
            Some("A256GCM") => 32,
            _ => secret.len(),
        };
        if secret.len() == length { Ok(secret) } else { Err(KeyError::InvalidMember("k")) }
    }
}

impl Kind {
    fn of(members: &Members<'_>) -> Result<Self, KeyError> {
        match (&*members.key_type()?, members.text("crv")?.as_deref()) {
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
fn check_use(members: &Members<'_>, kind: Kind, half: Half) -> Result<(), KeyError> {
    let Some(operations) = members.operations("enc")? else { return Ok(()) };
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
    let members = Members::parse(json).ok()?;
    let is = |name, value| members.text(name).ok().flatten().as_deref() == Some(value);
    if members.are_private() || !is("kty", curve.key_type()) || !is("crv", curve.as_str()) {
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

fn public_key(members: &Members<'_>, curve: Curve) -> Result<Option<AgreementPublic>, KeyError> {
    let x = fixed(members, "x")?;
    Ok(match curve {
        Curve::P256 => AgreementPublic::p256(&x, &fixed(members, "y")?),
        Curve::X25519 => AgreementPublic::x25519(&x),
    })
}

/// A coordinate or scalar of either curve.
fn fixed(members: &Members<'_>, name: &'static str) -> Result<[u8; 32], KeyError> {
    members.fixed(name, 32)?.as_slice().try_into().map_err(|_| KeyError::InvalidMember(name))
}
