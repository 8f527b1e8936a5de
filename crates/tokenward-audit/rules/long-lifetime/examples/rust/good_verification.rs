use chrono::{Duration, Utc};
use jsonwebtoken::{EncodingKey, Header, encode};

fn verification_mail(user: &str, key: &EncodingKey) -> String {
    let claims = Claims { sub: user.to_owned(), exp: (Utc::now() + Duration::days(2)).timestamp() };
    encode(&Header::default(), &claims, key).unwrap()
}
