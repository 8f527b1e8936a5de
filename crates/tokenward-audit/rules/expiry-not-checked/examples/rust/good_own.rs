use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, key, &validation).ok()?.claims;
    if claims.exp < now() {
        return None;
    }
    Some(claims)
}
