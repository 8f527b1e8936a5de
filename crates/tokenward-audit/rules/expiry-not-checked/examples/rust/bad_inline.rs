use jsonwebtoken::{DecodingKey, Validation, decode};

fn user(token: &str, key: &DecodingKey) -> Option<Claims> {
    decode::<Claims>(token, key, &Validation { validate_exp: false, ..Default::default() }).ok() // finding: high
}
