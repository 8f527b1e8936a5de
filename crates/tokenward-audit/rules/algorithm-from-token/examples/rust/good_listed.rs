use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

fn claims(token: &str, key: &DecodingKey) -> Result<Claims, Error> {
    let algorithm = decode_header(token)?.alg;
    if ![Algorithm::RS256, Algorithm::ES256].contains(&algorithm) {
        return Err(Error::Refused);
    }
    Ok(decode::<Claims>(token, key, &Validation::new(algorithm))?.claims)
}
