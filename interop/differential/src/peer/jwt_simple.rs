//! The crate `jwt-simple`, in pure Rust.

use jwt_simple::prelude::*;
use serde_json::{Map, Value};

use super::{Answer, Peer};
use crate::question::{AUDIENCE, Accept, ISSUER, LEEWAY, Question, Time};

pub(super) struct JwtSimple;

type Verdict = Result<JWTClaims<Map<String, Value>>, jwt_simple::Error>;

impl Peer for JwtSimple {
    fn name(&self) -> &'static str {
        "jwt-simple"
    }

    fn finish(&mut self, question: &Question<'_>) -> Answer {
        let claims = verify(question).map_err(|error| error.to_string());
        Answer::from_result(claims.and_then(|claims| {
            let complete = claims.issued_at.is_some()
                && claims.expires_at.is_some()
                && claims.jwt_id.is_some();
            match claims.subject {
                Some(subject) if complete => Ok(Some(subject)),
                _ => Err("a claim is missing".to_owned()),
            }
        }))
    }
}

fn verify(question: &Question<'_>) -> Verdict {
    let jwk = &question.jwk.to_string();
    let token = question.token;
    let options = Some(options(question));
    match question.algorithm.as_str() {
        "HS256" => HS256Key::from_bytes(&question.secret()).verify_token(token, options),
        "HS384" => HS384Key::from_bytes(&question.secret()).verify_token(token, options),
        "HS512" => HS512Key::from_bytes(&question.secret()).verify_token(token, options),
        "RS256" => RS256PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "RS384" => RS384PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "RS512" => RS512PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "PS256" => PS256PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "PS384" => PS384PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "PS512" => PS512PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "ES256" => ES256PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "ES384" => ES384PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "EdDSA" => Ed25519PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "ML-DSA-44" => MLDSA44PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "ML-DSA-65" => MLDSA65PublicKey::from_jwk(jwk)?.verify_token(token, options),
        "ML-DSA-87" => MLDSA87PublicKey::from_jwk(jwk)?.verify_token(token, options),
        other => Err(jwt_simple::Error::msg(format!("no algorithm {other}"))),
    }
}

fn options(question: &Question<'_>) -> VerificationOptions {
    let (Time::Live(now) | Time::Fixed(now)) = question.time;
    VerificationOptions {
        required_signature_type: match question.accept {
            Accept::AccessToken => Some("at+jwt".to_owned()),
            Accept::AnyJwt => None,
        },
        allowed_issuers: Some([ISSUER.to_owned()].into()),
        allowed_audiences: Some([AUDIENCE.to_owned()].into()),
        time_tolerance: Some(Duration::from_secs(LEEWAY)),
        artificial_time: Some(UnixTimeStamp::from_secs(now)),
        ..VerificationOptions::default()
    }
}
