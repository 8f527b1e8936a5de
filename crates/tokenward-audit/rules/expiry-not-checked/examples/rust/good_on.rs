use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = true;
    validation.validate_nbf = false;
    Some(decode::<Claims>(token, key, &validation).ok()?.claims)
}
