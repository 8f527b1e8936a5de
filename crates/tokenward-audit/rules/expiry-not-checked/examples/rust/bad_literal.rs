use jsonwebtoken::{DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    let validation = Validation { validate_exp: false, ..Validation::default() };
    Some(decode::<Claims>(token, key, &validation).ok()?.claims) // finding: high
}
