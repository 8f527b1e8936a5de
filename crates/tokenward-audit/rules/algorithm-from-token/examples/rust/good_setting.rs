use jsonwebtoken::{DecodingKey, Validation, decode};

fn read(token: &str, key: &DecodingKey, config: &Config) -> Option<Claims> {
    Some(decode::<Claims>(token, key, &Validation::new(config.alg)).ok()?.claims)
}
