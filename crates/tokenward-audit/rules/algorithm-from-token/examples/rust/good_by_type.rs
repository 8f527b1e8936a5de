use jsonwebtoken::{DecodingKey, Validation, decode, decode_header};

fn read(token: &str, jwk: &Value) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let key = match jwk["kty"].as_str()? {
        "RSA" => DecodingKey::from_rsa_components(jwk["n"].as_str()?, jwk["e"].as_str()?).ok()?,
        _ => return None,
    };
    decode::<Claims>(token, &key, &Validation::new(header.alg)).ok().map(|data| data.claims)
}
