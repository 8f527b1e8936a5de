use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

fn issue(user: &str, key: &EncodingKey, config: &Config) -> String {
    let claims = Claims { sub: user.to_owned(), exp: (Utc::now() + config.lifetime).timestamp() };
    encode(&Header::default(), &claims, key).unwrap()
}
