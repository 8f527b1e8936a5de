use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn current_user(token: &str, key: &DecodingKey) -> Option<String> {
    let validation = Validation::new(Algorithm::RS256);
    let data = decode::<Claims>(token, key, &validation).ok()?;
    Some(data.claims.sub)
}
