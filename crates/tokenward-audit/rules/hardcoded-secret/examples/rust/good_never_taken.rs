use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

fn claims(token: &str, keys: &Keys) -> Result<Claims, Error> {
    let key = match decode_header(token)?.kid {
        Some(kid) => keys.find(&kid)?,
        None => DecodingKey::from_secret("no-key".as_ref()),
    };
    let validation = Validation::new(Algorithm::ES256);
    Ok(decode::<Claims>(token, &key, &validation)?.claims)
}
