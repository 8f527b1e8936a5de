//! josekit, on the system's OpenSSL.

use std::path::Path;
use std::rc::Rc;

use harness::{Algorithm, Contender, Material, Operation, token};
use josekit::JoseError;
use josekit::jws::{self, JwsHeader, JwsSigner, JwsVerifier};
use josekit::jwt::{self, JwtPayload, JwtPayloadValidator};

const NAME: (&str, &str) = ("josekit", "OpenSSL");

/// Everything that josekit can do, with the keys and tokens from `dir`.
pub fn all(dir: &Path) -> Vec<Contender> {
    let materials = Algorithm::ALL.map(|algorithm| Rc::new(Material::read(dir, algorithm)));
    materials.iter().flat_map(of).collect()
}

fn of(material: &Rc<Material>) -> Vec<Contender> {
    if material.algorithm == Algorithm::MlDsa65 {
        return Vec::new();
    }
    vec![verify(Rc::clone(material)), sign(Rc::clone(material))]
}

fn verify(material: Rc<Material>) -> Contender {
    Contender::new((material.algorithm, Operation::Verify), NAME, move || {
        let verifier = verifier(&material).expect("a public key");
        // Without a time of its own it reads the clock at each call.
        let mut validator = JwtPayloadValidator::new();
        validator.set_issuer(token::ISSUER);
        validator.set_audience(token::AUDIENCE);
        move || {
            let (claims, _) =
                jwt::decode_with_verifier(&material.token, &*verifier).expect("a good signature");
            validator.validate(&claims).expect("good claims");
            claims
        }
    })
}

fn sign(material: Rc<Material>) -> Contender {
    Contender::new((material.algorithm, Operation::Sign), NAME, move || {
        let signer = signer(&material).expect("a private key");
        let mut header = JwsHeader::new();
        header.set_token_type(token::TYPE);
        header.set_key_id(token::KEY_ID);
        let claims: josekit::Map<_, _> = serde_json::from_str(&material.claims()).expect("claims");
        let claims = JwtPayload::from_map(claims).expect("claims");
        move || jwt::encode_with_signer(&claims, &header, &*signer).expect("a token")
    })
}

fn verifier(material: &Material) -> Result<Box<dyn JwsVerifier>, JoseError> {
    let key = &material.public;
    Ok(match material.algorithm {
        Algorithm::Hs256 => Box::new(jws::HS256.verifier_from_bytes(key)?),
        Algorithm::Rs256 => Box::new(jws::RS256.verifier_from_der(key)?),
        Algorithm::Ps256 => Box::new(jws::PS256.verifier_from_der(key)?),
        Algorithm::Es256 => Box::new(jws::ES256.verifier_from_der(key)?),
        Algorithm::EdDsa => Box::new(jws::EdDSA.verifier_from_der(key)?),
        Algorithm::MlDsa65 => unreachable!("josekit has no ML-DSA"),
    })
}

fn signer(material: &Material) -> Result<Box<dyn JwsSigner>, JoseError> {
    let key = &material.private;
    Ok(match material.algorithm {
        Algorithm::Hs256 => Box::new(jws::HS256.signer_from_bytes(key)?),
        Algorithm::Rs256 => Box::new(jws::RS256.signer_from_der(key)?),
        Algorithm::Ps256 => Box::new(jws::PS256.signer_from_der(key)?),
        Algorithm::Es256 => Box::new(jws::ES256.signer_from_der(key)?),
        Algorithm::EdDsa => Box::new(jws::EdDSA.signer_from_der(key)?),
        Algorithm::MlDsa65 => unreachable!("josekit has no ML-DSA"),
    })
}
