use jsonwebtoken::DecodingKey;

fn key() -> DecodingKey {
    DecodingKey::from_secret("a secret in the code".as_ref()) // finding: high
}
