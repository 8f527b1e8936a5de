use jsonwebtoken::{Algorithm, Validation, decode, decode_header};

fn read(token: &str, keys: &Keys) -> Option<Claims> {
    let header = decode_header(token).ok()?;
    let key = keys.of(&header.kid?)?;
    Some(decode::<Claims>(token, key, &Validation::new(Algorithm::RS256)).ok()?.claims)
}
