use axum::http::HeaderMap;
use jsonwebtoken::*;

fn authorize(headers: &HeaderMap) -> Option<Claims> {
    let token = headers.get("x-jwt")?.to_str().ok()?;
    let mut validation = Validation::default();
    validation.insecure_disable_signature_validation();
    let data = decode::<Claims>(token, &DecodingKey::from_secret(b""), &validation).ok()?; // finding: high
    Some(data.claims)
}
