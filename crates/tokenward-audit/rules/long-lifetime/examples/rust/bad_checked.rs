use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

fn issue(user: &str, key: &EncodingKey) -> String {
    let expiration = Utc::now() // finding: high
        .checked_add_signed(Duration::days(30))
        .expect("a time")
        .timestamp();
    let claims = Claims { sub: user.to_owned(), exp: expiration as usize };
    encode(&Header::default(), &claims, key).unwrap()
}
