use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};

fn read(token: &str, key: &DecodingKey) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    if header.alg != Algorithm::RS256 {
        return None;
    }
    Some(decode::<Claims>(token, key, &Validation::new(header.alg)).ok()?.claims)
}
