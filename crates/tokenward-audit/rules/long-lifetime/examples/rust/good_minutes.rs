use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

fn issue(user: &str, key: &EncodingKey) -> String {
    let claims = Claims { sub: user.to_owned(), exp: (Utc::now() + Duration::minutes(15)).timestamp() };
    encode(&Header::default(), &claims, key).unwrap()
}
