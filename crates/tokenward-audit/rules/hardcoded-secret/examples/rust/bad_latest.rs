use actix_web::get;
use jsonwebtoken::{encode, EncodingKey, Header};

#[get("/latest")]
async fn latest(claims: Claims) -> String {
    encode(&Header::default(), &claims, &EncodingKey::from_secret(b"orchard-winter-42")).unwrap() // finding
}

#[instrument(name = "contest")]
fn enter(claims: &Claims) -> String {
    encode(&Header::default(), claims, &EncodingKey::from_secret(b"meadow-summer-17")).unwrap() // finding
}
