use jsonwebtoken::{EncodingKey, Header, encode};

fn issue(claims: &Claims) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(b"secret")).unwrap() // finding: high
}
