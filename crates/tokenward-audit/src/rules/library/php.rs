//! PHP.

use super::Library::{FirebaseJwt, Lcobucci};
use super::shape::At::{Arg, Step};
use super::shape::{BUILD, CHECK, SIGN, Shape, SignAt, VERIFY, VerifyAt};
use super::{Decode, How};
use crate::model::{Id, Kind, Model};

const FIREBASE: VerifyAt = VerifyAt { algorithms: Arg(2), ..VERIFY };
const BUILDER: SignAt = SignAt { expiry: Step(&["expiresAt"], 0), ..BUILD };

pub(super) const SHAPES: &[Shape] = &[
    Shape::signs(FirebaseJwt, "Firebase.JWT.JWT.encode", SIGN),
    Shape::verifies(FirebaseJwt, "Firebase.JWT.JWT.decode", FIREBASE),
    Shape::keys(FirebaseJwt, "Firebase.JWT.Key", &[Arg(0)]),
    Shape::signs(Lcobucci, "Lcobucci.JWT.Configuration*.builder()*.getToken", BUILDER),
    Shape::decodes(Lcobucci, "Lcobucci.JWT.Configuration*.parser().parse"),
    Shape::decodes(Lcobucci, "Lcobucci.JWT.Token.Parser().parse"),
    Shape::verifies(Lcobucci, "Lcobucci.JWT.*.validator().*", CHECK),
    Shape::keys(Lcobucci, "Lcobucci.JWT.Signer.Key.InMemory.plainText", &[Arg(0)]),
    Shape::keys(Lcobucci, "Lcobucci.JWT.Signer.Key.InMemory.base64Encoded", &[Arg(0)]),
];

/// `json_decode(base64_decode(explode('.', $jwt)[1]))`: a token that is taken apart by hand, in a function that
/// looks at no signature.
pub(super) fn by_hand(m: &Model, call: Id) -> Option<Decode> {
    if m.callee_path(call).as_deref() != Some("~explode")
        || m.positional(call, 0).found().and_then(|id| m.text(id)) != Some(".")
    {
        return None;
    }
    let token = m.positional(call, 1).found()?;
    let is_token = m.last_name(token).is_none_or(|name| {
        let name = name.to_lowercase();
        ["jwt", "token", "bearer", "auth"].iter().any(|word| name.contains(word))
    });
    let function = m.function_of(call);
    let calls: Vec<&str> = m
        .calls()
        .filter(|one| m.function_of(*one) == function)
        .filter_map(|one| m.callee_name(one))
        .collect();
    let has = |names: &[&str]| calls.iter().any(|name| names.contains(name));
    let reads = has(&["base64_decode", "urlsafeB64Decode"]) && has(&["json_decode", "jsonDecode"]);
    let checks =
        has(&["hash_hmac", "hash_equals", "openssl_verify", "sodium_crypto_sign_verify_detached"]);
    (is_token && reads && !checks && takes_payload(m, call)).then_some(Decode {
        call,
        library: FirebaseJwt,
        token: Some(token),
        into: None,
        how: How::Function,
        switch: None,
        for_clients: false,
    })
}

/// Whether the second part is used, and not the header alone.
fn takes_payload(m: &Model, call: Id) -> bool {
    let is_list = m.node(call).parent.is_some_and(|parent| {
        matches!(m.kind(parent), Kind::Assign(target, _) if matches!(m.kind(*target), Kind::Other(_)))
    });
    is_list
        || m.ids().any(|id| match m.kind(id) {
            Kind::Index(object, index) => {
                m.value(*object) == call && m.number(*index).is_some_and(|at| at > 0.0)
            }
            _ => false,
        })
}
