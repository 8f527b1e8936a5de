use jsonwebtoken::EncodingKey;
use std::env;

fn key() -> EncodingKey {
    let secret = env::var("JWT_SECRET").unwrap_or_else(|_| "development".to_string()); // finding: high
    EncodingKey::from_secret(secret.as_bytes())
}
