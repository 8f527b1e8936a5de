use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

fn issue(user: &str, key: &EncodingKey) -> String {
    let claims = Claims {
        sub: user.to_owned(),
        exp: (Utc::now() + Duration::days(7)).timestamp() as usize, // finding: high
    };
    encode(&Header::default(), &claims, key).unwrap()
}
