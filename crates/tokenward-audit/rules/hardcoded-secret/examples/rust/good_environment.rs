use jsonwebtoken::EncodingKey;
use std::env;

fn key() -> EncodingKey {
    EncodingKey::from_secret(env::var("BILLING_JWT_KEY").expect("BILLING_JWT_KEY").as_bytes())
}
