//! The crate `jsonwebtoken`, on aws-lc-rs.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation, decode};
use serde_json::Value;

use super::{Answer, Peer};
use crate::question::{AUDIENCE, ISSUER, LEEWAY, Question, Time};

pub(super) struct JsonWebToken;

impl Peer for JsonWebToken {
    fn name(&self) -> &'static str {
        "jsonwebtoken"
    }

    fn finish(&mut self, question: &Question<'_>) -> Answer {
        Answer::from_result(verify(question).map_err(|error| error.to_string()))
    }
}

fn verify(question: &Question<'_>) -> Result<Option<String>, Box<dyn std::error::Error>> {
    let algorithm = question.algorithm.as_str().parse()?;
    let jwk: Jwk = serde_json::from_value(question.jwk.clone())?;
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.leeway = LEEWAY;
    validation.validate_exp = matches!(question.time, Time::Live(_));
    validation.validate_nbf = validation.validate_exp;
    let token = decode::<Value>(question.token, &DecodingKey::from_jwk(&jwk)?, &validation)?;
    Ok(token.claims["sub"].as_str().map(str::to_owned))
}
