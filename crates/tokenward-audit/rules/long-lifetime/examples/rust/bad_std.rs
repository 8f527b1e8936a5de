use jsonwebtoken::{EncodingKey, Header, encode};
use std::time::{Duration, SystemTime};

fn issue(user: &str, key: &EncodingKey) -> String {
    let end = SystemTime::now() + Duration::from_secs(604_800); // finding: high
    encode(&Header::default(), &Claims { sub: user.into(), exp: end }, key).unwrap()
}
