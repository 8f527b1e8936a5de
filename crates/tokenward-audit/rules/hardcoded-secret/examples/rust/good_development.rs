use jsonwebtoken::{EncodingKey, Header, encode};

impl Settings {
    fn dev() -> Self {
        Self { key: EncodingKey::from_secret("known to all".as_bytes()) }
    }
}
