use jsonwebtoken::{EncodingKey, Header, encode};

const LIFETIME: u64 = 60 * 60 * 12;

fn issue(user: &str, key: &EncodingKey) -> String {
    let claims = Claims { sub: user.to_owned(), exp: now() + LIFETIME }; // finding: medium
    encode(&Header::default(), &claims, key).unwrap()
}
