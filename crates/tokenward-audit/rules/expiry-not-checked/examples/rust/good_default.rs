use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    Some(decode::<Claims>(token, key, &Validation::new(Algorithm::RS256)).ok()?.claims)
}
