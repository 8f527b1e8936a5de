use jsonwebtoken::EncodingKey;

fn key(config: &Config) -> EncodingKey {
    EncodingKey::from_secret(config.jwt_secret.as_bytes())
}
