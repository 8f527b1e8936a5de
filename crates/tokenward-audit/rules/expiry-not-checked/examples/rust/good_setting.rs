use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey, config: &Config) -> Option<Claims> {
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_exp = config.validate_exp;
    Some(decode::<Claims>(token, key, &validation).ok()?.claims)
}
