use chrono::{Duration, Utc};
use jsonwebtoken as jwt;

fn issue(user: &str, key: &jwt::EncodingKey) -> String {
    let now = Utc::now();
    let exp = (now + Duration::hours(24)).timestamp(); // finding: medium
    let claims = Claims { sub: user.into(), iat: now.timestamp(), exp };
    jwt::encode(&jwt::Header::default(), &claims, key).unwrap()
}
