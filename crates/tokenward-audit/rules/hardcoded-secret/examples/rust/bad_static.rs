use jsonwebtoken as jwt;

static KEY: &[u8] = b"my-secret-key"; // finding: high

fn issue(claims: &Claims) -> String {
    jwt::encode(&jwt::Header::default(), claims, &jwt::EncodingKey::from_secret(KEY)).unwrap()
}
