//! The objects of a key in the token: how they are made, found, judged and destroyed.

use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState};
use tokenward::{Algorithm, crypto};
use tokenward_keys::KeyLabel;

use crate::handle::Name;
use crate::sessions::Failed;

/// What a token must offer for keys of an algorithm: to make them, and to sign with them.
pub(crate) fn mechanisms(algorithm: Algorithm) -> Option<[MechanismType; 2]> {
    Some(match algorithm {
        Algorithm::Es256 => [MechanismType::ECC_KEY_PAIR_GEN, MechanismType::ECDSA],
        Algorithm::EdDsa => [MechanismType::ECC_EDWARDS_KEY_PAIR_GEN, MechanismType::EDDSA],
        Algorithm::Rs256 => [MechanismType::RSA_PKCS_KEY_PAIR_GEN, MechanismType::SHA256_RSA_PKCS],
        Algorithm::Ps256 => {
            [MechanismType::RSA_PKCS_KEY_PAIR_GEN, MechanismType::SHA256_RSA_PKCS_PSS]
        }
        _ => return None,
    })
}

/// Makes a pair called `label` and ordered under `order`, which answers its public and its private half.
pub(crate) fn make(
    session: &Session,
    algorithm: Algorithm,
    label: &str,
    order: KeyLabel,
) -> Result<(ObjectHandle, ObjectHandle), Error> {
    let label = Attribute::Label(label.as_bytes().to_vec());
    let id = Attribute::Id(order.as_bytes().to_vec());
    let public = [
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Verify(true),
        Attribute::Encrypt(false),
        Attribute::Wrap(false),
        label.clone(),
        id.clone(),
    ];
    let private = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
        label,
        id,
    ];
    let with = |extra: &[Attribute]| [public.as_slice(), extra].concat();
    match algorithm {
        Algorithm::Es256 => {
            let public = with(&[Attribute::EcParams(P256.to_vec())]);
            session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private)
        }
        Algorithm::EdDsa => {
            let mechanism = Mechanism::EccEdwardsKeyPairGen;
            let pair = |curve: &[u8]| {
                let public = with(&[Attribute::EcParams(curve.to_vec())]);
                session.generate_key_pair(&mechanism, &public, &private)
            };
            // PKCS #11 3.0 § 2.3.5 allows two forms, and tokens know one or the other.
            pair(ED25519_NAME).or_else(|_| pair(ED25519_OID))
        }
        _ => {
            let public = with(&[
                Attribute::ModulusBits(RSA_BITS.into()),
                Attribute::PublicExponent(vec![1, 0, 1]),
            ]);
            session.generate_key_pair(&Mechanism::RsaPkcsKeyPairGen, &public, &private)
        }
    }
}

/// Gives both halves their name.
pub(crate) fn rename(
    session: &Session,
    pair: (ObjectHandle, ObjectHandle),
    name: &Name,
) -> Result<(), Error> {
    let attributes =
        [Attribute::Label(name.label.as_bytes().to_vec()), Attribute::Id(name.id.clone())];
    session.update_attributes(pair.0, &attributes)?;
    session.update_attributes(pair.1, &attributes)
}

/// The private half called `name`.
pub(crate) fn find(session: &Session, name: &Name) -> Result<Option<ObjectHandle>, Failed> {
    let mut template = template(name).to_vec();
    template.push(Attribute::Class(ObjectClass::PRIVATE_KEY));
    if let Some(object) = find_all(session, &template)?.first() {
        return Ok(Some(*object));
    }
    must_show_some(session)?;
    Ok(None)
}

/// What is not found is believed to be gone of a token that shows others; else its library may have lost them all.
fn must_show_some(session: &Session) -> Result<(), Failed> {
    let any = [Attribute::Token(true), Attribute::Class(ObjectClass::PRIVATE_KEY)];
    if find_all(session, &any)?.is_empty() { Err(Failed::Bare) } else { Ok(()) }
}

/// Destroys everything called `name`; there may be nothing.
pub(crate) fn destroy(session: &Session, name: &Name) -> Result<(), Failed> {
    let found = find_all(session, &template(name))?;
    if found.is_empty() {
        return must_show_some(session);
    }
    Ok(found.into_iter().try_for_each(|one| destroy_one(session, one))?)
}

/// Destroys everything that was made for the order `label`, whatever it is called by now.
pub(crate) fn destroy_order(session: &Session, label: KeyLabel) -> Result<(), Failed> {
    must_show_some(session)?;
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        for object in find_all(session, &[Attribute::Token(true), Attribute::Class(class)])? {
            let mut name = Name { label: String::new(), id: Vec::new() };
            let wanted = [AttributeType::Id, AttributeType::Label];
            for attribute in session.get_attributes(object, &wanted)? {
                match attribute {
                    Attribute::Id(id) => name.id = id,
                    Attribute::Label(label) => {
                        name.label = String::from_utf8_lossy(&label).into_owned();
                    }
                    _ => {}
                }
            }
            if name.is_of_order(label) {
                destroy_one(session, object)?;
            }
        }
    }
    Ok(())
}

fn destroy_one(session: &Session, object: ObjectHandle) -> Result<(), Error> {
    match session.destroy_object(object) {
        // Another replica was faster.
        Ok(()) | Err(Error::Pkcs11(RvError::ObjectHandleInvalid, _)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The objects of `template`, seen by somebody who is logged in.
///
/// To others a token shows no private object and no error either, and a key that is out of sight must not
/// pass for one that is gone.
fn find_all(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Error> {
    let found = session.find_objects(template)?;
    match session.get_session_info()?.session_state() {
        SessionState::RwUser => Ok(found),
        _ => Err(Error::Pkcs11(RvError::UserNotLoggedIn, Function::FindObjects)),
    }
}

fn template(name: &Name) -> [Attribute; 3] {
    [
        Attribute::Token(true),
        Attribute::Label(name.label.as_bytes().to_vec()),
        Attribute::Id(name.id.clone()),
    ]
}

/// What is wrong with the private half `object`, if anything is.
pub(crate) fn flaw(
    session: &Session,
    object: ObjectHandle,
    algorithm: Algorithm,
) -> Result<Option<&'static str>, Failed> {
    let wanted = [
        AttributeType::KeyType,
        AttributeType::Sign,
        AttributeType::Sensitive,
        AttributeType::AlwaysSensitive,
        AttributeType::Extractable,
        AttributeType::NeverExtractable,
        AttributeType::Decrypt,
        AttributeType::Unwrap,
        AttributeType::Derive,
    ];
    let kind = match algorithm {
        Algorithm::Es256 => KeyType::EC,
        Algorithm::EdDsa => KeyType::EC_EDWARDS,
        _ => KeyType::RSA,
    };
    let mut must = [false; 5];
    let flaw = session.get_attributes(object, &wanted)?.into_iter().find_map(|attribute| {
        let [typed, signs, sensitive, closed, never] = &mut must;
        match attribute {
            Attribute::KeyType(found) if found != kind => return Some("it is of another type"),
            Attribute::KeyType(_) => *typed = true,
            Attribute::Sign(true) => *signs = true,
            Attribute::Sensitive(true) => *sensitive = true,
            Attribute::Extractable(false) => *closed = true,
            Attribute::Extractable(true) => return Some("it is extractable"),
            Attribute::NeverExtractable(true) => *never = true,
            Attribute::NeverExtractable(false) => return Some("it was extractable once"),
            Attribute::AlwaysSensitive(false) => return Some("it was readable once"),
            Attribute::Decrypt(true) | Attribute::Unwrap(true) | Attribute::Derive(true) => {
                return Some("it may do more than sign");
            }
            _ => {}
        }
        None
    });
    Ok(flaw.or(match must {
        [false, ..] => Some("it has no type"),
        [_, false, ..] => Some("it may not sign"),
        [_, _, false, ..] => Some("it is not sensitive"),
        // A token that does not say so may keep a copy.
        [_, _, _, false, _] | [.., false] => {
            Some("the token does not say that it cannot be extracted")
        }
        _ => None,
    }))
}

/// Signs `input`; the result is in the form of a JWS.
pub(crate) fn sign(
    session: &Session,
    object: ObjectHandle,
    algorithm: Algorithm,
    input: &[u8],
) -> Result<Vec<u8>, Error> {
    match algorithm {
        // Hashed here, because not every token has a mechanism that hashes too. The result is r and s, each
        // with all its zeros: the form of RFC 7518 § 3.4.
        Algorithm::Es256 => session.sign(&Mechanism::Ecdsa, object, &crypto::sha256(input)),
        Algorithm::EdDsa => {
            let pure = EddsaParams::new(EddsaSignatureScheme::Ed25519);
            session.sign(&Mechanism::Eddsa(pure), object, input)
        }
        Algorithm::Ps256 => {
            // RFC 7518 § 3.5: the salt is as long as the digest.
            let params = PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            };
            session.sign(&Mechanism::Sha256RsaPkcsPss(params), object, input)
        }
        _ => session.sign(&Mechanism::Sha256RsaPkcs, object, input),
    }
}

/// The OID of P-256 (RFC 5480 § 2.1.1.1), in DER.
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// `edwards25519` as a `PrintableString`, in DER.
const ED25519_NAME: &[u8] = b"\x13\x0cedwards25519";

/// The OID of Ed25519 (RFC 8410 § 3), in DER.
const ED25519_OID: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

/// 128 bits of strength (NIST SP 800-57 part 1, table 2), as all RSA keys that we make.
const RSA_BITS: u64 = 3072;
