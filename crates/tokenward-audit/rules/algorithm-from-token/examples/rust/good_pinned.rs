use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn read(token: &str, key: &DecodingKey) -> Option<Claims> {
    Some(decode::<Claims>(token, key, &Validation::new(Algorithm::ES256)).ok()?.claims)
}
