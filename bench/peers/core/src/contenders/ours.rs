//! tokenward.

use std::rc::Rc;
use std::time::Duration;

use harness::{Algorithm, Contender, Material, Operation, token};
use tokenward::{
    AccessLifetime, Audience, ClientId, Issuer, IssuerId, Jti, KeyId, KeySet, Scope, SigningKey,
    Subject, TokenRequest, UnixTime, Verifier, VerifyingKey,
};

/// One line for each way that tokenward has to verify or to sign. **More ways belong here**; an
/// algorithm that [`ours`] does not translate yet has none. `xtask/src/bench/targets.rs` knows the variants
/// by words in their names: `borrowed`, `cached`, `batch`.
pub(super) fn contenders(material: &Rc<Material>) -> Vec<Contender> {
    if ours(material.algorithm).is_none() {
        return Vec::new();
    }
    vec![owned(Rc::clone(material)), issued(Rc::clone(material))]
}

/// [`Verifier::verify`]: the claims are copied out of the token.
fn owned(material: Rc<Material>) -> Contender {
    let what = (material.algorithm, Operation::Verify);
    Contender::new(what, ("tokenward", "owned claims"), move || {
        let verifier = verifier(&material);
        move || verifier.verify(&material.token, now()).expect("a good token")
    })
}

/// [`Issuer::issue`].
fn issued(material: Rc<Material>) -> Contender {
    let what = (material.algorithm, Operation::Sign);
    Contender::new(what, ("tokenward", "issue"), move || {
        let (issuer, key, request) = (issuer(), signing_key(&material), request());
        move || issuer.issue(request.clone(), &key, now()).expect("a token")
    })
}

/// What tokenward calls the algorithm.
fn ours(algorithm: Algorithm) -> Option<tokenward::Algorithm> {
    match algorithm {
        Algorithm::Hs256 => Some(tokenward::Algorithm::Hs256),
        Algorithm::Rs256 => Some(tokenward::Algorithm::Rs256),
        Algorithm::Es256 => Some(tokenward::Algorithm::Es256),
        Algorithm::EdDsa => Some(tokenward::Algorithm::EdDsa),
        Algorithm::Ps256 | Algorithm::MlDsa65 => None,
    }
}

fn verifier(material: &Material) -> Verifier {
    Verifier::builder()
        .issuer(IssuerId::new(token::ISSUER).expect("an issuer"))
        .audience(Audience::new(token::AUDIENCE).expect("an audience"))
        .keys(KeySet::from_keys([verifying_key(material)]).expect("a key set"))
        .max_lifetime(Duration::from_secs(24 * 60 * 60))
        .build()
}

fn verifying_key(material: &Material) -> VerifyingKey {
    let algorithm = ours(material.algorithm).expect("an algorithm");
    let key = match material.algorithm {
        Algorithm::Hs256 => VerifyingKey::from_secret(algorithm, &material.public),
        _ => VerifyingKey::from_spki_der(algorithm, &material.public),
    };
    key.expect("a public key").with_key_id(key_id())
}

fn signing_key(material: &Material) -> SigningKey {
    let algorithm = ours(material.algorithm).expect("an algorithm");
    let key = match material.algorithm {
        Algorithm::Hs256 => SigningKey::from_secret(algorithm, &material.private),
        _ => SigningKey::from_pkcs8_der(algorithm, &material.private),
    };
    key.expect("a private key").with_key_id(key_id())
}

fn issuer() -> Issuer {
    Issuer::builder()
        .issuer(IssuerId::new(token::ISSUER).expect("an issuer"))
        .audience(Audience::new(token::AUDIENCE).expect("an audience"))
        .lifetime(AccessLifetime::new(AccessLifetime::MAX).expect("a lifetime"))
        .build()
}

fn request() -> TokenRequest {
    TokenRequest::new(
        Subject::new(token::SUBJECT).expect("a subject"),
        ClientId::new(token::CLIENT_ID).expect("a client"),
        Jti::new(token::TOKEN_ID).expect("a name"),
    )
    .scope(Scope::parse(token::SCOPE).expect("a scope"))
}

fn key_id() -> KeyId {
    KeyId::new(token::KEY_ID).expect("a name")
}

/// Read at each call, as the peers do.
fn now() -> UnixTime {
    let millis = token::since_epoch().as_millis();
    UnixTime::from_millis(u64::try_from(millis).expect("a clock of this age"))
}
