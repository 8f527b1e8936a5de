//! The crate `josekit`, on OpenSSL.

use std::time::{Duration, UNIX_EPOCH};

use josekit::jwk::Jwk;
use josekit::jws::JwsVerifier;
use josekit::jws::alg::ecdsa::EcdsaJwsAlgorithm;
use josekit::jws::alg::eddsa::EddsaJwsAlgorithm;
use josekit::jws::alg::hmac::HmacJwsAlgorithm;
use josekit::jws::alg::rsassa::RsassaJwsAlgorithm;
use josekit::jws::alg::rsassa_pss::RsassaPssJwsAlgorithm;
use josekit::jwt::{self, JwtPayload, JwtPayloadValidator};

use super::{Answer, Peer};
use crate::question::{AUDIENCE, ISSUER, LEEWAY, Question, Time};

pub(super) struct Josekit;

type Error = Box<dyn std::error::Error>;

impl Peer for Josekit {
    fn name(&self) -> &'static str {
        "josekit"
    }

    fn finish(&mut self, question: &Question<'_>) -> Answer {
        Answer::from_result(verify(question).map_err(|error| error.to_string()))
    }
}

fn verify(question: &Question<'_>) -> Result<Option<String>, Error> {
    let verifier = verifier(question)?;
    let (payload, _) = jwt::decode_with_verifier(question.token, &*verifier)?;
    let required = ["aud", "sub", "jti", "iat", "exp"];
    if let Some(missing) = required.into_iter().find(|name| payload.claim(name).is_none()) {
        return Err(format!("no {missing}").into());
    }
    check_claims(&payload, question)?;
    Ok(payload.subject().map(str::to_owned))
}

/// It has no leeway, but takes the time for each check.
fn check_claims(payload: &JwtPayload, question: &Question<'_>) -> Result<(), Error> {
    let (Time::Live(now) | Time::Fixed(now)) = question.time;
    let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let mut early = JwtPayloadValidator::new();
    early.set_base_time(at(now - LEEWAY));
    early.set_max_issued_time(at(now + LEEWAY));
    early.set_issuer(ISSUER);
    early.set_audience(AUDIENCE);
    let mut late = JwtPayloadValidator::new();
    late.set_base_time(at(now + LEEWAY));
    late.set_max_issued_time(at(now + LEEWAY));

    let mut expiring = payload.clone();
    expiring.set_claim("nbf", None)?;
    early.validate(&expiring)?;
    let mut beginning = payload.clone();
    beginning.set_claim("exp", None)?;
    late.validate(&beginning)?;
    Ok(())
}

fn verifier(question: &Question<'_>) -> Result<Box<dyn JwsVerifier>, Error> {
    let mut jwk = question.jwk.clone();
    if let Some(jwk) = jwk.as_object_mut() {
        // With a name, a verifier wants it in every header, and ours takes a header without.
        jwk.remove("kid");
    }
    let jwk = Jwk::from_bytes(serde_json::to_vec(&jwk)?)?;
    Ok(match question.algorithm.as_str() {
        "HS256" => Box::new(HmacJwsAlgorithm::Hs256.verifier_from_jwk(&jwk)?),
        "HS384" => Box::new(HmacJwsAlgorithm::Hs384.verifier_from_jwk(&jwk)?),
        "HS512" => Box::new(HmacJwsAlgorithm::Hs512.verifier_from_jwk(&jwk)?),
        "RS256" => Box::new(RsassaJwsAlgorithm::Rs256.verifier_from_jwk(&jwk)?),
        "RS384" => Box::new(RsassaJwsAlgorithm::Rs384.verifier_from_jwk(&jwk)?),
        "RS512" => Box::new(RsassaJwsAlgorithm::Rs512.verifier_from_jwk(&jwk)?),
        "PS256" => Box::new(RsassaPssJwsAlgorithm::Ps256.verifier_from_jwk(&jwk)?),
        "PS384" => Box::new(RsassaPssJwsAlgorithm::Ps384.verifier_from_jwk(&jwk)?),
        "PS512" => Box::new(RsassaPssJwsAlgorithm::Ps512.verifier_from_jwk(&jwk)?),
        "ES256" => Box::new(EcdsaJwsAlgorithm::Es256.verifier_from_jwk(&jwk)?),
        "ES384" => Box::new(EcdsaJwsAlgorithm::Es384.verifier_from_jwk(&jwk)?),
        "ES512" => Box::new(EcdsaJwsAlgorithm::Es512.verifier_from_jwk(&jwk)?),
        "EdDSA" => Box::new(EddsaJwsAlgorithm::Eddsa.verifier_from_jwk(&jwk)?),
        other => return Err(format!("no algorithm {other}").into()),
    })
}
