use jsonwebtoken::{encode, EncodingKey, Header};

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_gets_in() {
    let token = encode(&Header::default(), &guest(), &EncodingKey::from_secret(b"orchard-winter-42")).unwrap();
    assert!(enter(&token).await);
}

#[cfg(all(test, unix))]
mod more {
    fn token() -> String {
        jsonwebtoken::encode(&Header::default(), &guest(), &EncodingKey::from_secret(b"meadow-summer-17")).unwrap()
    }
}

#[test_case("ann")]
fn named(name: &str) {
    encode(&Header::default(), &of(name), &EncodingKey::from_secret(b"harbor-autumn-23")).unwrap();
}
