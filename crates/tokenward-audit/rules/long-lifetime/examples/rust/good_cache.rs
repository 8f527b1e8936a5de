use jsonwebtoken::DecodingKey;
use std::time::Duration;

const KEYS_LIVE: Duration = Duration::from_secs(86_400);

fn keys() -> Cache<DecodingKey> {
    Cache::new(KEYS_LIVE)
}
