use jsonwebtoken::{DecodingKey, Validation, decode};

const SECRET: &str = "change me"; // finding: high

fn read(token: &str) -> Option<Claims> {
    Some(decode::<Claims>(token, &DecodingKey::from_secret(SECRET.as_bytes()), &Validation::default()).ok()?.claims)
}
