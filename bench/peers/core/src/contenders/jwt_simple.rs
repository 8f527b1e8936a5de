//! jwt-simple. `boring` builds this file too, with the library's other back end.

use std::collections::HashSet;
use std::rc::Rc;

use harness::{Algorithm, Contender, Material, Operation, token};
use jwt_simple::prelude::*;

/// The claims that the library has no names for.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
struct Own {
    client_id: String,
    scope: String,
}

/// Keys of one algorithm have types of their own, with the same methods.
macro_rules! contenders {
    ($material:expr, $name:expr, $public:expr, $private:expr, $sign:ident) => {{
        let (verify, sign) = (Rc::clone($material), Rc::clone($material));
        let algorithm = $material.algorithm;
        let name = $name;
        vec![
            Contender::new((algorithm, Operation::Verify), name, move || {
                let key = $public(&verify);
                let options = options();
                move || {
                    key.verify_token::<Own>(&verify.token, Some(options.clone()))
                        .expect("a good token")
                }
            }),
            Contender::new((algorithm, Operation::Sign), name, move || {
                let key = $private(&sign).with_key_id(token::KEY_ID);
                let (claims, options) = (claims(), header());
                move || key.$sign(claims.clone(), &options).expect("a token")
            }),
        ]
    }};
}

pub(super) fn contenders(material: &Rc<Material>, backend: &'static str) -> Vec<Contender> {
    let name = ("jwt-simple", backend);
    match material.algorithm {
        Algorithm::Hs256 => contenders!(
            material,
            name,
            |m: &Material| HS256Key::from_bytes(&m.public),
            |m: &Material| HS256Key::from_bytes(&m.private),
            authenticate_with_options
        ),
        Algorithm::Rs256 => contenders!(
            material,
            name,
            |m: &Material| RS256PublicKey::from_der(&m.public).expect("a public key"),
            |m: &Material| RS256KeyPair::from_pem(&m.private_pem()).expect("a private key"),
            sign_with_options
        ),
        Algorithm::Ps256 => contenders!(
            material,
            name,
            |m: &Material| PS256PublicKey::from_der(&m.public).expect("a public key"),
            |m: &Material| PS256KeyPair::from_pem(&m.private_pem()).expect("a private key"),
            sign_with_options
        ),
        Algorithm::Es256 => contenders!(
            material,
            name,
            |m: &Material| ES256PublicKey::from_der(&m.public).expect("a public key"),
            |m: &Material| ES256KeyPair::from_der(&m.private).expect("a private key"),
            sign_with_options
        ),
        Algorithm::EdDsa => contenders!(
            material,
            name,
            |m: &Material| Ed25519PublicKey::from_der(&m.public).expect("a public key"),
            |m: &Material| Ed25519KeyPair::from_der(&m.private).expect("a private key"),
            sign_with_options
        ),
        Algorithm::MlDsa65 => contenders!(
            material,
            name,
            |m: &Material| MLDSA65PublicKey::from_bytes(raw_ml_dsa(&m.public))
                .expect("a public key"),
            |m: &Material| MLDSA65KeyPair::from_bytes(&m.private).expect("a private key"),
            sign_with_options
        ),
    }
}

/// The key at the end of its `SubjectPublicKeyInfo` (FIPS 204, table 2: 1952 bytes).
fn raw_ml_dsa(spki: &[u8]) -> &[u8] {
    &spki[spki.len() - 1952..]
}

fn options() -> VerificationOptions {
    VerificationOptions {
        required_signature_type: Some(token::TYPE.into()),
        allowed_issuers: Some(HashSet::from([token::ISSUER.into()])),
        allowed_audiences: Some(HashSet::from([token::AUDIENCE.into()])),
        ..VerificationOptions::default()
    }
}

fn header() -> HeaderOptions {
    HeaderOptions { signature_type: Some(token::TYPE.into()), ..HeaderOptions::default() }
}

fn claims() -> JWTClaims<Own> {
    let own = Own { client_id: token::CLIENT_ID.into(), scope: token::SCOPE.into() };
    Claims::with_custom_claims(own, token::LIFETIME.into())
        .with_issuer(token::ISSUER)
        .with_audience(token::AUDIENCE)
        .with_subject(token::SUBJECT)
        .with_jwt_id(token::TOKEN_ID)
}
