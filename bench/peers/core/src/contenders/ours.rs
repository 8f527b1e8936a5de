//! tokenward.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use harness::{Algorithm, Contender, Material, Operation, token};
use tokenward::{
    AccessLifetime, AccessToken, Audience, CacheSize, CachedVerifier, ClientId, Issuer, IssuerId,
    Jti, KeyId, KeySet, Scope, Scratch, SigningKey, Subject, TokenRequest, UnixTime, Verified,
    Verifier, VerifyingKey, b64,
};
use tokenward_revocation::{Facts, Memo, NewRevocation, Revocation, Seq, View};

/// One line for each way that tokenward has to verify or to sign. `xtask/src/bench/targets.rs` knows
/// the variants by words in their names: `borrowed`, `cached`.
pub(super) fn contenders(material: &Rc<Material>) -> Vec<Contender> {
    [owned, borrowed, cached, issued, issued_in]
        .into_iter()
        .map(|contender| contender(Rc::clone(material)))
        .collect()
}

/// [`Verifier::verify_in`]: the claims are slices of a scratch.
fn borrowed(material: Rc<Material>) -> Contender {
    let what = (material.algorithm, Operation::Verify);
    Contender::new(what, ("tokenward", "borrowed claims"), move || {
        let (verifier, mut scratch) = (verifier(&material), Scratch::default());
        move || {
            let verified = verifier.verify_in(&material.token, now(), &mut scratch);
            black_box(verified.expect("a good token").subject().len())
        }
    })
}

/// [`CachedVerifier::verify_noting`], and whether the token is among 10,000 that are revoked.
fn cached(material: Rc<Material>) -> Contender {
    let what = (material.algorithm, Operation::Verify);
    Contender::new(what, ("tokenward", "cached, with its revocation check"), move || {
        let verifier: CachedVerifier<AccessToken, Memo> =
            CachedVerifier::new(verifier(&material), CacheSize::tokens(10_000));
        let revoked = revocations();
        move || {
            let memo = |claims: &Verified| revoked.memo(&facts(claims));
            let verified = verifier.verify_noting(&material.token, now(), memo);
            let verified = verified.expect("a good token");
            let by = revoked.check_again(&facts(&verified), verified.note());
            assert!(by.is_none(), "a revoked token");
            verified
        }
    })
}

fn facts(claims: &Verified) -> Facts<'_> {
    Facts::of(claims, claims.key_id())
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

/// [`Issuer::issue_in`]: the token is made in a scratch.
fn issued_in(material: Rc<Material>) -> Contender {
    let what = (material.algorithm, Operation::Sign);
    Contender::new(what, ("tokenward", "issue_in"), move || {
        let (issuer, key, request) = (issuer(), signing_key(&material), request());
        let mut scratch = Scratch::default();
        move || {
            let token = issuer.issue_in(&request, &key, now(), &mut scratch);
            black_box(token.expect("a token").len())
        }
    })
}

/// What tokenward calls the algorithm.
const fn ours(algorithm: Algorithm) -> tokenward::Algorithm {
    match algorithm {
        Algorithm::Hs256 => tokenward::Algorithm::Hs256,
        Algorithm::Rs256 => tokenward::Algorithm::Rs256,
        Algorithm::Ps256 => tokenward::Algorithm::Ps256,
        Algorithm::Es256 => tokenward::Algorithm::Es256,
        Algorithm::EdDsa => tokenward::Algorithm::EdDsa,
        Algorithm::MlDsa65 => tokenward::Algorithm::MlDsa65,
    }
}

/// 10,000 tokens that are revoked, none of which is ours.
fn revocations() -> View {
    let view = View::local(Audience::new(token::AUDIENCE).expect("an audience"));
    for number in 1..=10_000 {
        let new = NewRevocation {
            audience: None,
            scope: tokenward_revocation::Scope::Jti(Jti::random()),
            ends_at: now().saturating_add(Duration::from_secs(1_000)),
            at: now(),
            reason: None,
            by: "bench".to_owned(),
        };
        view.insert(&Revocation::committed(Seq::new(number), new));
    }
    view
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
    let algorithm = ours(material.algorithm);
    let key = match material.algorithm {
        Algorithm::Hs256 => VerifyingKey::from_secret(algorithm, &material.public),
        _ => VerifyingKey::from_spki_der(algorithm, &material.public),
    };
    key.expect("a public key").with_key_id(key_id())
}

fn signing_key(material: &Material) -> SigningKey {
    let algorithm = ours(material.algorithm);
    let key = match material.algorithm {
        Algorithm::Hs256 => SigningKey::from_secret(algorithm, &material.private),
        // A seed, which only a JWK holds alone.
        Algorithm::MlDsa65 => {
            let mut jwk = verifying_key(material).to_jwk().expect("a public key");
            jwk.insert("priv".to_owned(), b64::encode(&material.private).into());
            SigningKey::from_jwk(serde_json::Value::from(jwk).to_string().as_bytes())
        }
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
